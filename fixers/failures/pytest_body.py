"""The text that pytest prints about one failed test, in any `--tb` style, read into a chain of exceptions.

The terminal and the JUnit file carry the same text, so both parsers read it here.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fixers.failures.base import MAX_FRAMES, MAX_MESSAGE, frame
from fixers.failures.places import Places
from fixers.failures.python_traceback import HEADER, LINKS, TracebackReader, exception_line
from fixers.model import Frame, Raised

_CAPTURED = re.compile(r"^-+ (?:Captured [\w ]{3,40}|live log \w+) -+$")
_WORKER = re.compile(r"^\[gw\d+\] \S+ -- Python ")
_SHORT = re.compile(r"^((?:[A-Za-z]:)?[^\s:][^:]{0,500}):(\d+): in (\S{1,200})$")
_PLACE = re.compile(r"^((?:[A-Za-z]:)?[^\s:][^:]{0,500}):(\d+): ?([^\W\d][\w.]{0,200})?$")
_DEFINITION = re.compile(r"^(\s*)(?:async\s{1,4})?(?:def|class)\s{1,4}(\w{1,200})")
_SYNTAX = re.compile(r'^\s*File "([^"]*)", line (\d+)$')
_FIXTURE = re.compile(r"^fixture '.*' not found$")


def split_captured(lines: Sequence[str]) -> list[str]:
    """Return the report without the output that was captured while the test ran."""
    kept: list[str] = []
    for line in lines:
        if _CAPTURED.match(line):
            break
        kept.append(line)
    return kept


def read_body(lines: Sequence[str], places: Places) -> tuple[Raised, ...]:
    """Return the chain of exceptions, the one that ended the test last; empty when none is named."""
    report = split_captured(lines)
    if any(line.endswith(HEADER) and not line.startswith("E ") for line in report):
        return _native(report, places)
    chain = []
    for segment in _segments(report):
        raised = _Segment(places).read(segment)
        if raised is not None:
            chain.append(raised)
    return tuple(chain)


def split_message(message: str) -> tuple[str, str]:
    """Split `KeyError: 'x'` into type and message; a bare `assert …` is an AssertionError."""
    first, newline, rest = message.partition("\n")
    named = exception_line(first)
    if named and (newline or ": " in first or first[:1].isupper()):
        return named[0], (named[1] + newline + rest).strip("\n")
    if first.startswith("assert "):
        return "AssertionError", message
    return "", message


def _native(report: list[str], places: Places) -> tuple[Raised, ...]:
    reader = TracebackReader(places, delimited=True)
    for line in report:
        reader.feed(line)
    reader.close()
    return reader.chains[-1][0] if reader.chains else ()


def _segments(lines: list[str]) -> Iterator[list[str]]:
    segment: list[str] = []
    for line in lines:
        if line in LINKS:
            yield segment
            segment = []
        elif not _WORKER.match(line):
            segment.append(line)
    yield segment


@dataclass(slots=True)
class _Entry:
    """What is known of the frame that is being printed."""

    name: str = ""
    name_indent: int = 0
    source: str = ""
    source_indent: int = 0

    def function(self) -> str:
        """Name the function of a long entry: it begins with its own `def`, save at module level."""
        if self.name and self.source_indent > self.name_indent:
            return self.name
        return "<module>" if self.name else ""


@dataclass(slots=True)
class _Segment:
    """Reads the entries of one exception, long and short ones mixed (`--tb=auto` mixes them)."""

    places: Places
    frames: list[Frame] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    entry: _Entry = field(default_factory=_Entry)
    ended_with: str = ""
    awaits_source: bool = False

    def read(self, lines: list[str]) -> Raised | None:
        """Return the exception, or None when no `E` line and no place names one."""
        for line in lines:
            self._line(line)
        if not self.errors and not self.ended_with:
            return None
        kind, message = self._exception()
        if len(self.frames) > MAX_FRAMES:
            self.frames = self.frames[: MAX_FRAMES // 2] + self.frames[-MAX_FRAMES // 2 :]
        return Raised(type=kind, message=message[:MAX_MESSAGE], frames=tuple(self.frames))

    def _line(self, line: str) -> None:
        if line.startswith("E ") or line == "E":
            self.errors.append(line[1:])
        elif line.startswith(">"):
            self._failing(line)
        elif self.awaits_source and line.startswith("    "):
            self.awaits_source = False
            self.frames[-1] = self.frames[-1].model_copy(update={"source": line.strip()[:500]})
        elif line[:1].isspace() or not line:
            self._definition(line)
        else:
            self._place(line)

    def _failing(self, line: str) -> None:
        if not self.entry.source:
            text = line[1:]
            self.entry.source = text.strip()
            self.entry.source_indent = len(line) - len(text.lstrip())

    def _definition(self, line: str) -> None:
        found = None if self.entry.name or self.entry.source else _DEFINITION.match(line)
        if found:
            self.entry.name, self.entry.name_indent = found[2], len(found[1])

    def _place(self, line: str) -> None:
        short = _SHORT.match(line)
        if short:
            self._add(frame(self.places, short[1], short[2], short[3]))
            self.awaits_source = True
            return
        place = _PLACE.match(line)
        if place:
            self._add(frame(self.places, place[1], place[2], self.entry.function(), self.entry.source))
            self.ended_with = place[3] or ""
            self.awaits_source = False
            return
        # JUnit files strip the leading blanks of the first line, so a `def` may stand at the margin.
        self._definition(line)

    def _add(self, added: Frame) -> None:
        self.frames.append(added)
        self.entry = _Entry()
        if len(self.frames) > 4 * MAX_FRAMES:
            del self.frames[MAX_FRAMES : 3 * MAX_FRAMES]

    def _exception(self) -> tuple[str, str]:
        text = textwrap.dedent("\n".join(self.errors)).strip("\n")
        first = text.partition("\n")[0]
        syntax = _SYNTAX.match(first)
        if syntax:
            return self._syntax_error(syntax, text)
        if _FIXTURE.match(first):
            return "FixtureLookupError", first
        kind, message = split_message(text)
        if not self.ended_with:
            return kind, message
        # The place says the bare name; the `E` line may qualify it, or be an assertion's message that looks typed.
        if kind.rpartition(".")[2] == self.ended_with.rpartition(".")[2]:
            return kind, message
        return self.ended_with, text

    def _syntax_error(self, place: re.Match[str], text: str) -> tuple[str, str]:
        lines = text.split("\n")
        source = lines[1] if len(lines) > 1 else ""
        self._add(frame(self.places, place[1], place[2], "<module>", source))
        for line in lines[1:]:
            named = exception_line(line)
            if named:
                return named
        return "SyntaxError", lines[-1]
