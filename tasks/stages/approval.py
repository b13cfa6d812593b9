"""The check run that says whether a person approved the patch of a pull request; a branch rule may require it."""

from __future__ import annotations

from fixers.evidence import Trace
from fixers.patch import digest
from tasks.conversation.grammar import CALL
from tasks.github.protocol import CheckOutput, Conclusion, Writer
from tasks.policy.decide import Action
from tasks.report.neutral import prose
from tasks.stages.effect import Hand, Made

APPROVAL = "Goldseam approval"


def ask_approval(hand: Hand, writer: Writer, head_sha: str, trace: Trace) -> None:
    """Let the check wait at the head of our pull request for somebody to approve this very patch."""
    word = digest(trace.patch).removeprefix("sha256:")[:8]
    said = f"Nobody has approved this patch yet. To approve it, comment `{CALL} approve {word}` on the pull request."
    _say(hand, writer, head_sha, "action_required", CheckOutput("Waits for an approval", said), kind="approval-asked")


def approve(hand: Hand, writer: Writer, head_sha: str, login: str, *, alone: bool) -> None:
    """Let it pass at this head: a person approved. `alone` says whether nobody has pushed on top of our commit."""
    more = (
        "" if alone else " Others have pushed to this branch since; of what they changed Goldseam has proven nothing."
    )
    output = CheckOutput("Approved", f"{prose('@' + login)} approved this patch.{more}")
    _say(hand, writer, head_sha, "success", output, kind="approval")


def _say(hand: Hand, writer: Writer, head_sha: str, conclusion: Conclusion, output: CheckOutput, *, kind: str) -> None:
    def do() -> Made:
        made = writer.create_check(
            name=APPROVAL,
            head_sha=head_sha,
            conclusion=conclusion,
            output=output,
            external_id=f"goldseam-approval:{hand.turn.attempt.id}",
        )
        return Made(str(made))

    # No look-up: `create_check` itself finds the one of ours with the same external id.
    hand.make(Action.REPORT, kind=kind, target=head_sha, look=lambda: None, do=do)
