"""How a worker asks the broker."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from tasks.broker.known import Stage
from tasks.broker.wire import (
    ANSWER,
    LONGEST_LINE,
    Answer,
    DoneRequest,
    InstallationAnswer,
    InstallationRequest,
    Line,
    RefusedAnswer,
    TokenAnswer,
    TokenRequest,
)
from tasks.errors import GoldseamError, Refused, Retryable, Waiting
from tasks.github.errors import GitHubUnavailable, NotFound, RateLimited

_SECONDS = 90.0
"""The broker may be waiting for GitHub, which it asks with a limit of its own."""


class BrokerAway(Waiting):
    """Raised when the broker does not answer: it is being started, or a person has to look. No attempt's fault."""

    retry_after = 5.0


class NotHeld(Retryable):
    """Raised when the broker finds the attempt held by nobody: its lease ran out while the worker slept."""


@dataclass(frozen=True, slots=True)
class BrokerClient:
    """The door of one stage, as its worker sees it."""

    socket: Path
    stage: Stage

    @contextmanager
    def token(self, attempt: str, repository: str) -> Iterator[str]:
        """Lend the token of an attempt; it is worthless after the context.

        Left by `Waiting` it stays at the broker for the next turn: to drop it would be
        one more request of an installation that may make none.

        Refused when the attempt works on another repository, NotHeld when nobody holds it now,
        Retryable when the broker cannot be reached.
        """
        asked = TokenRequest(attempt=attempt, repository=repository, stage=self.stage)
        answer = self._ask(asked)
        if not isinstance(answer, TokenAnswer):
            raise _unexpected(answer)
        done = True
        try:
            yield answer.token.get_secret_value()
        except Waiting:
            done = False
            raise
        finally:
            if done:
                self._done(attempt, repository)

    def _done(self, attempt: str, repository: str) -> None:
        with suppress(GoldseamError):  # it runs out by itself; the stage's own outcome matters more
            self._ask(DoneRequest(attempt=attempt, repository=repository, stage=self.stage))

    def installation(self, repository: str) -> int:
        """Return the id of the App's installation on a repository; NotFound when there is none."""
        answer = self._ask(InstallationRequest(repository=repository))
        if not isinstance(answer, InstallationAnswer):
            raise _unexpected(answer)
        return answer.installation_id

    def _ask(self, request: Line) -> Answer:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(_SECONDS)
                connection.connect(str(self.socket))
                connection.sendall(request.model_dump_json().encode() + b"\n")
                with connection.makefile("rb") as stream:
                    line = stream.readline(LONGEST_LINE)
        except OSError as error:
            why = error.strerror or str(error)
            raise BrokerAway(f"The broker at {self.socket} does not answer: {why}.") from None
        if not line:
            raise Retryable(f"The broker closed {self.socket} before it answered.")
        try:
            answer = ANSWER.validate_json(line)
        except ValidationError:
            raise Retryable("The broker's answer cannot be read; are both of one version?") from None
        if isinstance(answer, RefusedAnswer):
            raise _error(answer)
        return answer


def _error(answer: RefusedAnswer) -> GoldseamError:
    match answer.why:
        case "unavailable":
            named = answer.retry_after is not None
            return (RateLimited if named else GitHubUnavailable)(answer.sentence, answer.retry_after)
        case "unheld":
            return NotHeld(answer.sentence)
        case "not_found":
            return NotFound(answer.sentence)
        case _:
            return Refused(answer.sentence)


def _unexpected(answer: Answer) -> GoldseamError:
    return Retryable(f"The broker answered {answer.answer} to another question; are both of one version?")
