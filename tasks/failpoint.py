"""Places where a test may kill, hold or fail a process of Goldseam: the crash points of its life.

`GOLDSEAM_FAILPOINT=K7:kill9` arms one of them in every process that has the variable;
`K7:hang:3` acts at the third passage of a process. It acts once in all processes that share
`GOLDSEAM_FAILPOINT_MARK`, a file that must not exist: whoever reaches the point makes it,
with its process id inside. A variable without `GOLDSEAM_TEST=1` beside it ends the program.
Not armed, a point costs one comparison.
"""

from __future__ import annotations

import itertools
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal

from tasks.errors import BadInput, Retryable

VARIABLE, MARK, TEST = "GOLDSEAM_FAILPOINT", "GOLDSEAM_FAILPOINT_MARK", "GOLDSEAM_TEST"
HANG_SECONDS = 60.0
"""A process that hangs goes on after this, or as soon as the mark is emptied."""
_POLL_SECONDS = 0.02

Action = Literal["kill9", "hang", "raise"]


class K(StrEnum):
    """The crash points, in the order in which an attempt passes them."""

    RECEIVED = "K1"
    """A delivery is written and not committed."""
    STORED = "K2"
    """It is stored and a worker was woken; the sender has no answer yet."""
    UNSENT = "K3"
    """It is stored; no worker was woken yet."""
    LEASED = "K4"
    """A worker has the lease of an attempt and has done nothing."""
    LOG = "K5"
    """A part of a log is downloaded."""
    LOCALIZED = "K6"
    """The suspects are known and not stored."""
    REPAIRED = "K7"
    """Candidates are stored, with the move to the next stage."""
    SANDBOX = "K8"
    """A command runs in the sandbox."""
    VERIFIED = "K9"
    """The trace is stored, with the move to the next stage."""
    INTENDED = "K10"
    """The intent of an effect is stored; nothing was asked of GitHub."""
    COMMITTED = "K11"
    """GitHub has the commit; its answer has been read by nobody."""
    BRANCHED = "K12"
    """The branch carries the commit, and the store knows; there is no pull request."""
    OPENED = "K13"
    """GitHub has the pull request; its answer has been read by nobody."""
    CHECKED = "K14"
    """GitHub has the check run; its answer has been read by nobody."""
    CONCLUDED = "K15"
    """The outcome of an effect is stored."""
    APPENDED = "K16"
    """An entry of the ledger is written and not committed."""


def failpoint(point: K) -> None:
    """Do here what a test asked for; nothing otherwise."""
    armed = _armed()
    if armed is not None and armed.point is point:
        armed.pass_by()


def refuse_outside_tests() -> None:
    """Raise BadInput when a point is armed in what is no test, or armed wrongly; for the start of a process."""
    _armed()


@dataclass(frozen=True, slots=True)
class _Armed:
    point: K
    action: Action
    passage: int
    mark: Path | None
    passages: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def pass_by(self) -> None:
        if next(self.passages) < self.passage or not self._first():
            return
        if self.action == "kill9":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.action == "raise":
            raise Retryable(f"The failpoint {self.point} was reached.")
        over = time.monotonic() + HANG_SECONDS
        while time.monotonic() < over and not self._released():
            time.sleep(_POLL_SECONDS)

    def _first(self) -> bool:
        if self.mark is None:
            return True
        try:
            with self.mark.open("x") as file:
                file.write(str(os.getpid()))
        except FileExistsError:
            return False
        return True

    def _released(self) -> bool:
        return self.mark is not None and not self.mark.stat().st_size


@cache
def _armed() -> _Armed | None:
    text = os.environ.get(VARIABLE, "")
    if not text:
        return None
    if os.environ.get(TEST) != "1":
        raise BadInput(f"{VARIABLE} is set, which breaks a server on purpose; it is for tests with {TEST}=1 only.")
    actions: dict[str, Action] = {"kill9": "kill9", "hang": "hang", "raise": "raise"}
    mark = os.environ.get(MARK)
    try:
        name, action, *more = text.split(":")
        return _Armed(K(name), actions[action], int(more[0]) if more else 1, Path(mark) if mark else None)
    except (ValueError, KeyError):
        raise BadInput(f"{VARIABLE} is {text!r}; it is like K7:kill9, K7:hang or K7:raise:2.") from None
