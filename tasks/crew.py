"""A worker's threads: each does one piece of work after another, sleeps when there is none, and stops when told.

A ring wakes them; so does the clock, because a ring may be lost. What there is to do stands in SQL.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

POLL_SECONDS = 2.0
"""How long work waits at most when nobody rings: the whole cost of a Redis that is away."""
_AFTER_ERROR_SECONDS = 5.0

log = structlog.get_logger()

Step = Callable[[], bool]
"""Does one piece of work; False when there was none."""


@dataclass(slots=True)
class Alarm:
    """Wakes whoever sleeps; a ring between looking and sleeping is not lost."""

    _rings: int = 0
    _condition: threading.Condition = field(default_factory=threading.Condition)

    def ring(self) -> None:
        """Wake everybody."""
        with self._condition:
            self._rings += 1
            self._condition.notify_all()

    def rings(self) -> int:
        """Return how often it rang: read it before looking for work, and give it to `sleep`."""
        with self._condition:
            return self._rings

    def sleep(self, seen: int, seconds: float) -> None:
        """Sleep until it rings, or did since `seen`, or the time is over."""
        with self._condition:
            self._condition.wait_for(lambda: self._rings != seen, seconds)


@dataclass(frozen=True, slots=True)
class Lane:
    """One kind of work and how many threads do it; a slow piece in one lane holds up no other."""

    name: str
    step: Step
    threads: int = 1


@dataclass(slots=True)
class Crew:
    """The threads of all lanes."""

    lanes: Sequence[Lane]
    alarm: Alarm
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Start every thread."""
        for lane in self.lanes:
            for number in range(lane.threads):
                # Daemons: one that is stuck in a sandbox must not keep the process from its end.
                thread = threading.Thread(target=self._work, args=(lane,), name=f"{lane.name}-{number}", daemon=True)
                thread.start()
                self._threads.append(thread)

    def stop(self, seconds: float) -> bool:
        """Begin nothing more and wait for what is under way; False when something still is after `seconds`."""
        self._over.set()
        self.alarm.ring()
        latest = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, latest - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self, lane: Lane) -> None:
        while not self._over.is_set():
            seen = self.alarm.rings()
            try:
                found = lane.step()
            except Exception:  # a thread that dies would leave its lane unserved, unseen; a database may be away
                log.exception("lane_failed", lane=lane.name)
                self._over.wait(_AFTER_ERROR_SECONDS)
                continue
            if not found and not self._over.is_set():
                self.alarm.sleep(seen, POLL_SECONDS)
