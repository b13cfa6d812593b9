"""A conversation with a running job: lines in by standard input, lines out by the report descriptor."""

from __future__ import annotations

import contextlib
import os
import select
import threading
import time
from collections.abc import Iterator

from tasks.sandbox.finish import not_started
from tasks.sandbox.job import STARTED, Job, readable
from tasks.sandbox.streams import Tail, drain, pump

_TAIL = 8 << 10
_CHUNK = 1 << 16
_TICK = 0.2


class Talk:
    """The `Conversation` of a job. One thread speaks; another, ours, drains output and keeps the limits."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._stderr = Tail(_TAIL)
        self._unread = bytearray()
        self._keeper = threading.Thread(target=self._keep, name="goldseam-sandbox", daemon=True)

    @contextlib.contextmanager
    def opened(self) -> Iterator[Talk]:
        """Wait until the command itself runs, and end it on leaving. SandboxError when it is not reached."""
        self._keeper.start()
        try:
            if self._read(STARTED, time.monotonic() + self._job.limits.wall_seconds) is None:
                self._job.kill()
                self._keeper.join()
                raise not_started(self.stderr_tail())
            yield self
        finally:
            self._job.kill()
            self._keeper.join()

    @property
    def alive(self) -> bool:
        """Whether the command still runs."""
        return self._job.alive

    def send(self, line: bytes) -> None:
        """Write one line; BrokenPipeError when the command is gone or closed its input."""
        rest = memoryview(line + b"\n")
        while rest:
            try:
                rest = rest[os.write(self._job.stdin.fileno(), rest) :]
            except BlockingIOError:
                self._wait_for_room()

    def receive(self, seconds: float) -> bytes | None:
        """Return the next line, or None when none came in time, the command ended, or the line passed the cap."""
        return self._read(b"\n", time.monotonic() + seconds)

    def stderr_tail(self) -> bytes:
        """Return the last few kilobytes of standard error."""
        return bytes(self._stderr.kept)

    def _read(self, end: bytes, deadline: float) -> bytes | None:
        searched = 0
        while (at := self._unread.find(end, searched)) < 0:
            searched = len(self._unread)
            if searched > self._job.limits.report_bytes:
                self._job.kill()
                return None
            if not readable(self._job.report, deadline - time.monotonic()):
                return None
            data = os.read(self._job.report, _CHUNK)
            if not data:
                # The descriptor closes a moment before the command counts as ended; let `alive` agree.
                readable(self._job.exited, min(_TICK, deadline - time.monotonic()))
                return None
            self._unread += data
        line = bytes(self._unread[:at])
        del self._unread[: at + len(end)]
        return line

    def _wait_for_room(self) -> None:
        if not self._job.alive:
            raise BrokenPipeError("The command ended before it read the whole line.")
        select.select([], [self._job.stdin], [], _TICK)

    def _keep(self) -> None:
        sinks = {self._job.stdout.fileno(): Tail(0), self._job.stderr.fileno(): self._stderr}
        pump(self._job, sinks, None)
        self._job.kill()
        drain(sinks)
