"""Reading what a command writes, all pipes at once and never more than was allowed."""

from __future__ import annotations

import contextlib
import os
import selectors
import time
from collections.abc import Mapping
from functools import partial
from typing import Protocol

from fixers.runner.sandbox import Ended
from tasks.sandbox.job import Job

_CHUNK = 1 << 18
_TICK = 0.2
"""Seconds between two looks at the limits that the kernel does not keep for us."""
_DRAIN_SECONDS = 1.0


class Sink(Protocol):
    """Takes bytes, keeps what it may."""

    def add(self, data: bytes) -> None:
        """Take some more bytes."""


class Room:
    """How many bytes may still be kept, shared by the streams that count together."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.overrun = False

    def take(self, wanted: int) -> int:
        """Return how many of the wanted bytes fit."""
        granted = min(wanted, self.left)
        self.left -= granted
        self.overrun = self.overrun or granted < wanted
        return granted


class Head:
    """Keeps the first bytes, as many as its room has; the rest is dropped."""

    def __init__(self, room: Room) -> None:
        self.kept = bytearray()
        self._room = room

    def add(self, data: bytes) -> None:
        """Keep what fits."""
        self.kept += data[: self._room.take(len(data))]


class Tail:
    """Keeps the last bytes."""

    def __init__(self, size: int) -> None:
        self.kept = bytearray()
        self._size = size

    def add(self, data: bytes) -> None:
        """Keep the newest, drop the oldest."""
        self.kept += data
        del self.kept[: -self._size]


def pump(job: Job, sinks: Mapping[int, Sink], stdin: bytes | None) -> Ended | None:
    """Move bytes until the command ends or passes a limit, which is then returned.

    `sinks` are by descriptor. `stdin` is written and then closed; None leaves
    standard input to the caller.
    """
    with selectors.DefaultSelector() as selector:
        for descriptor, sink in sinks.items():
            selector.register(descriptor, selectors.EVENT_READ, partial(_pull, descriptor, sink))
        selector.register(job.exited, selectors.EVENT_READ)
        if stdin is not None:
            selector.register(job.stdin, selectors.EVENT_WRITE, _Input(job, stdin).push)
        look = 0.0
        while True:
            # Not at every turn: the look opens a kernel file, and a flood of output turns fast.
            if time.monotonic() >= look:
                if exceeded := job.exceeded():
                    return exceeded
                look = time.monotonic() + _TICK
            for key, _ in selector.select(_TICK):
                if key.fd == job.exited:
                    return None
                if not key.data():
                    selector.unregister(key.fileobj)
                    if key.fileobj is job.stdin:
                        job.stdin.close()


def drain(sinks: Mapping[int, Sink]) -> None:
    """Take what still stands in the pipes of a command that has ended."""
    deadline = time.monotonic() + _DRAIN_SECONDS
    for descriptor, sink in sinks.items():
        with contextlib.suppress(BlockingIOError):
            while time.monotonic() < deadline and _pull(descriptor, sink):
                pass


class _Input:
    """What is still to be written to standard input."""

    def __init__(self, job: Job, content: bytes) -> None:
        self._descriptor = job.stdin.fileno()
        self._rest = memoryview(content)

    def push(self) -> bool:
        """Write what the pipe takes; False when all is written or nobody reads any more."""
        try:
            self._rest = self._rest[os.write(self._descriptor, self._rest[:_CHUNK]) :]
        except BlockingIOError:
            return True
        except BrokenPipeError:
            return False
        return bool(self._rest)


def _pull(descriptor: int, sink: Sink) -> bool:
    """Read once; False at the end of the stream."""
    data = os.read(descriptor, _CHUNK)
    sink.add(data)
    return bool(data)
