"""What a failure parser is: a reader of one tool's output, line by line.

A parser keeps little, never looks back and never raises. Its examples stand in
its class and are its tests: raw output, and the failures it must become.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from fixers.failures.places import Places
from fixers.model import Failure, FailureKind, Frame, Raised

MAX_FAILURES = 500
"""Kept of one log; further ones are counted."""
MAX_EXCERPT = 8_000
MAX_MESSAGE = 4_000
MAX_FRAMES = 100


@dataclass(frozen=True, slots=True)
class Example:
    """Raw output as the tool printed it, and what it must become (excerpts aside)."""

    name: str
    raw: str
    failures: tuple[Failure, ...]


class Ration:
    """Keeps failures whole until together they weigh too much, then only what a fingerprint needs."""

    def __init__(self, limit: int = 4 << 20) -> None:
        self._left = limit

    def take(self, failure: Failure) -> Failure:
        """Return the failure, or a short form of it."""
        causes = [raised.frames for raised in failure.causes]
        frames = [frame for one in (failure.frames, *causes) for frame in one]
        weight = len(failure.excerpt) + len(failure.message) + sum(len(raised.message) for raised in failure.causes)
        # A frame is an object of half a kilobyte before its texts.
        weight += sum(500 + len(frame.path) + len(frame.source) for frame in frames) + 2_000
        if weight > self._left:
            inside = tuple(frame for frame in failure.frames if frame.in_project)[-3:]
            short = {"excerpt": failure.excerpt[:200], "message": failure.message[:300], "causes": (), "frames": inside}
            return failure.model_copy(update=short)
        self._left -= weight
        return failure


class Found:
    """A list of failures that stops growing and counts what it turned away."""

    def __init__(self) -> None:
        self.failures: list[Failure] = []
        self.dropped = 0
        self._ration = Ration()

    def add(self, failure: Failure) -> None:
        """Keep the failure, or count it when the list is full."""
        if len(self.failures) < MAX_FAILURES:
            self.failures.append(self._ration.take(failure))
        else:
            self.dropped += 1

    def extend(self, other: Found) -> None:
        """Keep what the other kept, as far as there is room."""
        self.dropped += other.dropped
        for failure in other.failures:
            self.add(failure)


class Parser(ABC):
    """Reads the output of one step; one instance a step."""

    TOOL: ClassVar[str]
    EXAMPLES: ClassVar[tuple[Example, ...]]

    def __init__(self, places: Places) -> None:
        self.places = places
        self.found = Found()

    @abstractmethod
    def feed(self, line: str) -> bool:
        """Take the next line, without its newline; True when it belongs to this tool's report and to no other."""

    @abstractmethod
    def close(self) -> None:
        """Take note that the output has ended; `found` is complete afterwards."""


def excerpt_of(lines: list[str]) -> str:
    """Return the lines as one text of at most `MAX_EXCERPT` characters: its head, and more of its tail."""
    text = "\n".join(lines).strip("\n")
    if len(text) <= MAX_EXCERPT:
        return text
    head = MAX_EXCERPT // 4
    mark = "\n[...]\n"
    return text[:head] + mark + text[-(MAX_EXCERPT - head - len(mark)) :]


def frame(places: Places, path: str, line: str, function: str, source: str = "") -> Frame:
    """Build a frame from what a report printed."""
    located, in_project = places.locate(path[:1_000])
    # Ten digits are more than any file has lines, and `int` refuses texts of thousands of them.
    number = int(line) if len(line) < 10 else 0
    return Frame(path=located, line=number, function=function[:200], in_project=in_project, source=source.strip()[:500])


def failure_from(
    chain: tuple[Raised, ...], *, kind: FailureKind, tool: str, test_ids: tuple[str, ...] = (), excerpt: str = ""
) -> Failure:
    """Make a failure of a chain whose last member is the exception that ended it."""
    last = chain[-1] if chain else Raised(type="", message="")
    return Failure(
        kind=kind,
        test_ids=test_ids,
        exception=last.type,
        message=last.message[:MAX_MESSAGE],
        frames=last.frames,
        causes=chain[:-1],
        tool=tool,
        excerpt=excerpt,
    )
