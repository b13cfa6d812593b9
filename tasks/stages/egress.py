"""Nothing leaves with a secret in it: the writer that the publish stage gets looks at each call before it is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, cast

import structlog

from fixers.model import Declined, Reason
from tasks.github.protocol import Reader, Writer
from tasks.ledger.chain import append
from tasks.ledger.entry import Note
from tasks.report.outgoing import EgressBlocked, Outgoing
from tasks.stages.ending import end, unproposed
from tasks.stages.turn import Turn
from tasks.store.states import State

_READS = frozenset(name for name in vars(Reader) if not name.startswith("_"))

log = structlog.get_logger()


def guarded(writer: Writer, outgoing: Outgoing) -> Writer:
    """Return a writer that raises EgressBlocked instead of sending a secret.

    It knows which calls only read; every other one is looked at, one that is new to it as well.
    """
    return cast("Writer", _Guarded(writer, outgoing))


def blocked(turn: Turn, leak: EgressBlocked) -> State:
    """End an attempt whose texts would have carried a secret out; says so in the ledger and nowhere outside."""
    declined = Declined(
        Reason.REFUSED_BY_POLICY,
        str(leak),
        "Look for it in the logs and sources of the red run; whatever was printed there should be replaced.",
    )
    note = Note(
        kind="decision",
        action="egress",
        result="deny",
        why=str(leak),
        actor=turn.actor,
        attempt=turn.attempt.id,
        repository_id=turn.attempt.repository_id,
        target={"base": turn.attempt.base, "head_sha": turn.attempt.head_sha},
    )
    return end(turn, unproposed(turn, "declined", declined), also=lambda session: append(session, note))


class _Guarded:
    def __init__(self, writer: Writer, outgoing: Outgoing) -> None:
        self._writer, self._outgoing = writer, outgoing

    def commit(self, branch: str, expected_head: str, message: str, files: Mapping[str, bytes], **more: Any) -> Any:
        """Commit whole files; what a file held before is no leak of ours."""
        place = "a commit"
        with _told(place):
            self._outgoing.check(place, branch, message, list(files), more)
            try:
                self._outgoing.check_files(place, {}, files)
            except EgressBlocked:
                before = {path: self._writer.file_at(path, expected_head) for path in files}
                self._outgoing.check_files(place, before, files)
        return self._writer.commit(branch, expected_head, message, files, **more)

    def __getattr__(self, name: str) -> Any:
        found: Callable[..., Any] = getattr(self._writer, name)
        if name in _READS:
            return found

        @wraps(found)
        def looked_at(*args: Any, **named: Any) -> Any:
            with _told(name):
                self._outgoing.check(f"`{name}`", args, named)
            return found(*args, **named)

        return looked_at


class _told:  # noqa: N801 - used like a function
    """Say in our own log that something was blocked: somebody should look."""

    def __init__(self, place: str) -> None:
        self.place = place

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, EgressBlocked):
            log.error("egress_blocked", place=self.place, kinds=error.kinds)
