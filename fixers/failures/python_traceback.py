"""Python tracebacks: chains, groups with their drawing, syntax errors, 3.8 to 3.13 and later."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from fixers.failures.base import MAX_FRAMES, Example, Found, Parser, excerpt_of, failure_from, frame
from fixers.failures.examples import python_traceback
from fixers.failures.places import Places
from fixers.model import Failure, FailureKind, Frame, Raised

HEADER = "Traceback (most recent call last):"
LINKS = (
    "The above exception was the direct cause of the following exception:",
    "During handling of the above exception, another exception occurred:",
)
_FRAME = re.compile(r'^ {2,4}File "([^"]*)", line (\d+)(?:, in (.*))?$')
_EXCEPTION = re.compile(r"^([^\W\d][\w.]*(?:<locals>\.[\w.]+)*)(?:: ?(.*))?$")
_MARKERS = re.compile(r"^[\s~^]+$")
_MARGIN = re.compile(r"^( *)(\||\+(?:-\+)?(?=-{4})|\+(?= Exception Group))(.*)$")
_PATIENCE = 25
"""Lines of a message that may stand between an exception and the link to the next one."""


def exception_line(line: str) -> tuple[str, str] | None:
    """Split `pkg.NoRate: no rate` into type and message; None when the line cannot be an exception."""
    match = _EXCEPTION.match(line)
    if not match or match[1] in {"assert", "file", "E"}:
        return None
    return match[1], match[2] or ""


@dataclass(slots=True)
class _Open:
    """An exception whose frames are still being printed."""

    depth: int
    frames: list[Frame] = field(default_factory=list)
    syntax: bool = False


class TracebackReader:
    """Puts chains together from lines; each chain is a tuple whose last member ended the program.

    Members of a group and earlier exceptions of a chain come before it, the
    deepest first. `delimited` texts hold nothing but one report, so lines after
    an exception are its message; in a log they are somebody else's output.
    """

    def __init__(self, places: Places, *, delimited: bool = False) -> None:
        self._places = places
        self._delimited = delimited
        self._prefix = ""
        self._raised: list[tuple[int, Raised]] = []
        self._open: _Open | None = None
        self._tail: list[str] | None = None
        self._in_group = False
        self._lines: list[str] = []
        self.chains: list[tuple[tuple[Raised, ...], str]] = []
        """Finished chains, each with its excerpt."""

    def feed(self, line: str) -> bool:
        """Take a line; True when it is part of a traceback."""
        at = line.find(HEADER)
        if at >= 0:
            return self._header(line, at)
        if not self._raised and not self._open:
            return False
        taken = self._take(self._without_prefix(line))
        if taken and len(self._lines) < 2_000:
            self._lines.append(line)
        return taken

    def close(self) -> None:
        """Finish whatever is still open."""
        if self._raised:
            final = max(range(len(self._raised)), key=lambda i: (-self._raised[i][0], i))
            others = [pair for i, pair in enumerate(self._raised) if i != final]
            others.sort(key=lambda pair: -pair[0])
            last = self._raised[final][1]
            if self._delimited and self._tail and not self._in_group:
                last = last.model_copy(update={"message": "\n".join([last.message, *self._tail]).rstrip()})
            chain = (*(raised for _, raised in others), last)
            self.chains.append((chain[-MAX_FRAMES:], excerpt_of(self._lines)))
        self._raised, self._open, self._tail, self._lines = [], None, None, []
        self._in_group, self._prefix = False, ""

    def _header(self, line: str, at: int) -> bool:
        before = line[:at].removesuffix("Exception Group ")
        group = before != line[:at]
        drawn = before.strip(" ") in {"|", "+"} and (group or self._in_group)
        # Without a link, what stood before was an exception that has ended.
        if self._tail is not None and not (drawn and self._in_group):
            # Between two reports a blank line ends the message of the first one.
            self._tail = self._tail[: self._tail.index("")] if "" in self._tail else self._tail
            self.close()
        if not drawn:
            self._prefix = before
        self._in_group = self._in_group or group
        self._open = _Open(depth=_depth(len(before) - 2) if drawn else 0)
        self._tail = None
        self._lines.append(line)
        return True

    def _without_prefix(self, line: str) -> str:
        if not self._prefix:
            return line
        if line.startswith(self._prefix):
            return line[len(self._prefix) :]
        # A logger puts its prefix before the first line only.
        if line.rstrip() == self._prefix.rstrip():
            return ""
        if line.startswith("  File ") and self._open and not self._open.frames:
            self._prefix = ""
        return line

    def _take(self, line: str) -> bool:
        depth = 0
        if self._in_group:
            margin = _MARGIN.match(line)
            if margin:
                depth = _depth(len(margin[1]))
                if margin[2] != "|":
                    return self._member(depth, margin[3])
                line = margin[3].removeprefix(" ")
        if self._open is not None:
            return self._inside(line, depth)
        return self._after(line)

    def _member(self, depth: int, rule: str) -> bool:
        """Open the next member of a group, or close the group after its last one."""
        if rule.strip("-"):
            self._open, self._tail = _Open(depth=depth), None
        else:
            self._open, self._tail = None, []
            self._in_group = depth > 1
        return True

    def _inside(self, line: str, depth: int) -> bool:
        current = self._open
        assert current is not None  # noqa: S101 - the caller looked
        found = _FRAME.match(line)
        if found:
            self._add_frame(current, found)
            return True
        if not line.strip() and not current.frames:
            return True
        if line.startswith(" ") or not line.strip():
            self._source(current, line)
            return True
        named = exception_line(line)
        if named is None or (not current.frames and not self._in_group):
            self._open = None
            self.close()
            return False
        kept = current.frames
        if len(kept) > MAX_FRAMES:
            kept = kept[: MAX_FRAMES // 2] + kept[-MAX_FRAMES // 2 :]
        # A hostile chain may be endless; its newest end is the part that counts.
        del self._raised[:-MAX_FRAMES]
        self._raised.append((max(current.depth, depth), Raised(type=named[0], message=named[1], frames=tuple(kept))))
        self._open, self._tail = None, []
        return True

    def _add_frame(self, current: _Open, found: re.Match[str]) -> None:
        # A place without a function is where a syntax error stands.
        current.frames.append(frame(self._places, found[1], found[2], (found[3] or "<module>")[:200]))
        if len(current.frames) > 4 * MAX_FRAMES:
            del current.frames[MAX_FRAMES : 3 * MAX_FRAMES]

    def _source(self, current: _Open, line: str) -> None:
        if (
            current.frames
            and not current.frames[-1].source
            and not _MARKERS.match(line)
            and "[Previous line" not in line
        ):
            current.frames[-1] = current.frames[-1].model_copy(update={"source": line.strip()[:500]})

    def _after(self, line: str) -> bool:
        """Between an exception and what follows it: a message that goes on, a link, or other output."""
        tail = self._tail
        if tail is None:
            return not line.strip()
        if line.strip() in LINKS:
            self._link(tail)
            return True
        tail.append(line)
        if len(tail) > (400 if self._delimited else _PATIENCE):
            self.close()
            return False
        return self._delimited or self._in_group or not line.strip() or line.startswith(" ")

    def _link(self, tail: list[str]) -> None:
        depth, raised = self._raised[-1]
        message = "\n".join([raised.message, *tail]).rstrip()
        self._raised[-1] = (depth, raised.model_copy(update={"message": message}))
        self._tail = None


def _depth(indent: int) -> int:
    # A group at the top is drawn with two spaces, its members with four.
    return max(0, indent // 2 - 1)


class TracebackParser(Parser):
    """Crashes outside any test: scripts, threads, loggers."""

    TOOL: ClassVar[str] = "python"
    EXAMPLES: ClassVar[tuple[Example, ...]] = python_traceback.EXAMPLES

    def __init__(self, places: Places) -> None:
        super().__init__(places)
        self._reader = TracebackReader(places)

    def feed(self, line: str) -> bool:
        """Take a line; True while inside a traceback."""
        taken = self._reader.feed(line.removeprefix("INTERNALERROR> "))
        if self._reader.chains:
            self._collect()
        return taken

    def close(self) -> None:
        """Finish the last traceback."""
        self._reader.close()
        self._collect()

    def _collect(self) -> None:
        for failure in crashes(self._reader):
            self.found.add(failure)
        self._reader.chains.clear()


def crashes(reader: TracebackReader) -> list[Failure]:
    """Make a failure of each finished chain."""
    return [
        failure_from(chain, kind=FailureKind.CRASH, tool="python", excerpt=excerpt) for chain, excerpt in reader.chains
    ]


def read_chains(lines: Iterable[str], places: Places) -> Found:
    """Read every traceback of a text that holds nothing else of interest."""
    reader = TracebackReader(places, delimited=True)
    for line in lines:
        reader.feed(line)
    reader.close()
    found = Found()
    for failure in crashes(reader):
        found.add(failure)
    return found
