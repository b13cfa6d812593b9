"""How a command ends when it could not do its work: an exit code, a sentence, and for programs a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import click

from fixers.model import Reason
from fixers.runner.sandbox import SandboxError
from tasks.errors import EnvironmentFailed, GoldseamError

USAGE, ENVIRONMENT, INTERNAL, INTERRUPTED = 2, 3, 4, 130


@dataclass(frozen=True, slots=True)
class Ending:
    """What the user is told, and the exit code."""

    code: int
    sentence: str
    tail: str = ""
    """The last lines of a tool that failed."""
    status: Literal["declined", "error"] = "error"
    reason: Reason | None = None
    unforeseen: bool = False
    """Whether it is a fault of ours, whose traceback belongs in a report."""


def ending_of(error: BaseException) -> Ending:
    """Return how the command ends after an exception that nobody caught."""
    match error:
        case click.ClickException():
            return Ending(USAGE, error.format_message())
        case click.Abort() | KeyboardInterrupt():
            return Ending(INTERRUPTED, "Interrupted; nothing was changed.")
        case EnvironmentFailed() | SandboxError():
            return Ending(
                ENVIRONMENT,
                str(error),
                tail=getattr(error, "tail", "").rstrip(),
                status="declined",
                reason=Reason.ENVIRONMENT_FAILED,
            )
        case GoldseamError():
            return Ending(USAGE, str(error))
        case OSError():
            return Ending(INTERNAL, str(error))
    return Ending(INTERNAL, f"This is a fault of Goldseam: {type(error).__name__}: {error}", unforeseen=True)


def document(verb: str, ending: Ending) -> str:
    """Return the JSON document that a verb prints in place of its usual one."""
    # Imported here: the documents need the whole engine, and most commands end well.
    from app.schemas import FixReport, VerifyReport  # noqa: PLC0415

    sentence = f"{ending.sentence}\n{ending.tail}" if ending.tail else ending.sentence
    if verb == "verify":
        return VerifyReport(holds=False, gates=(), differences=(), error=sentence).model_dump_json(indent=2)
    return FixReport.without_attempt(ending.status, ending.reason, sentence).model_dump_json(indent=2)
