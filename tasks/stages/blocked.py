"""Where GitHub does not let us open a pull request: one issue says so, once, and the patch is in the check run."""

from __future__ import annotations

import structlog

from tasks.github.errors import NotFound, PermissionMissing, Rejected
from tasks.github.protocol import Writer
from tasks.policy.decide import Action
from tasks.report.neutral import prose
from tasks.stages.effect import Hand, Made, NotNow

MARKER = "<!-- goldseam:cannot-propose -->"
_TITLE = "Goldseam cannot open pull requests here"
_ADVICE = (
    "The patch is in the check run named Goldseam at the red commit. To let me propose it, look at what the App may "
    "do here, and at the rules for branches whose names begin with `goldseam/`. Close this issue when it is settled; "
    "I open another only if it happens again."
)

log = structlog.get_logger()


def say_blocked(hand: Hand, writer: Writer, sentence: str) -> None:
    """Open the issue, or find the one that is open; where there are no issues either, the check run has to do."""

    def look() -> Made | None:
        number = writer.find_issue(MARKER)
        return None if number is None else Made(str(number))

    def do() -> Made:
        return Made(str(writer.open_issue(_TITLE, _body(sentence), hand.policy.repository.labels)))

    try:
        hand.make(Action.ISSUE, kind="issue", target=MARKER, look=look, do=do)
    except (Rejected, NotFound, PermissionMissing) as error:
        log.warning("issue_refused", repository=hand.turn.attempt.repository, why=str(error))
    except NotNow as refused:
        if refused.decision.clause.startswith("stop:"):
            raise


def _body(sentence: str) -> str:
    return "\n".join(
        (
            "I have a proven repair and may not propose it:",
            "",
            f"> {prose(sentence)}",
            "",
            _ADVICE,
            "",
            MARKER,
        )
    )
