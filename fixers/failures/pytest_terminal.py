"""pytest's terminal report: sections under headings, the short summary, and the two put together."""

from __future__ import annotations

import re
from collections import deque
from typing import ClassVar

from fixers.failures.base import Example, Parser, excerpt_of, failure_from
from fixers.failures.examples import pytest_terminal
from fixers.failures.places import Places
from fixers.failures.pytest_body import read_body
from fixers.failures.pytest_session import Section, Session
from fixers.model import FailureKind, Raised

_RULE = re.compile(r"^=+ (.+?) =+$")
_FINAL = re.compile(
    r"^(?:=+ )?(\d+ [a-z]+(?: [a-z]+)?(?:, \d+ [a-z]+(?: [a-z]+)?)*|no tests ran)"
    r" in [\d.]+s(?: \([\d:, day]+\))?(?: =+)?$"
)
_HEADING = re.compile(r"^(_+) (\S.*?) (_+)$")
_GAP = re.compile(r"^(?:_ ){3,}_?\s*$")
_ONE_LINE = re.compile(r"^((?:[A-Za-z]:)?[^\s:][^:]{0,500}):(\d+): (\S.*)$")
_PROGRESS = re.compile(r"^\[gw\d+\] \[ *\d+%\] ")
_PERCENT = re.compile(r" *\[ *(?:\d+%|\d+/\d+)\]$")
_CONFTEST = re.compile(r"^ImportError while loading conftest '([^']+)'\.$")
_USAGE = re.compile(r"^ERROR: ((?:not found|file or directory not found|usage): .*)$")
_PHASE = re.compile(r"^ERROR (at setup of|at teardown of|collecting) (.+)$")
_PHASES = {
    "at setup of": FailureKind.SETUP,
    "at teardown of": FailureKind.TEARDOWN,
    "collecting": FailureKind.COLLECTION,
}
_HEAD_LINES, _TAIL_LINES, _LINE = 300, 700, 2_000


class _Lines:
    """The lines of one section: all of a short one, head and tail of a long one."""

    def __init__(self) -> None:
        self._head: list[str] = []
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)

    def add(self, line: str) -> None:
        (self._head if len(self._head) < _HEAD_LINES else self._tail).append(line[:_LINE])

    def all(self) -> list[str]:
        return [*self._head, *self._tail]


class PytestParser(Parser):
    """pytest, with any `--tb` style, with and without xdist, `-q`, `-v` and the short summary."""

    TOOL: ClassVar[str] = "pytest"
    EXAMPLES: ClassVar[tuple[Example, ...]] = pytest_terminal.EXAMPLES

    def __init__(self, places: Places) -> None:
        super().__init__(places)
        self._session = Session()
        self._area = ""
        """The part of the report we are in: ERRORS, FAILURES, summary, other; empty before the first rule."""
        self._width = 0
        self._ruled = False
        """Whether the session began with a rule; then it ends with one, as it does not with `-q`."""
        self._heading = ""
        self._lines = _Lines()

    def feed(self, line: str) -> bool:
        """Take a line; True inside the report proper, False among the progress lines before it."""
        if line.startswith("=") or line[-1:] == "s":
            rule = self._rule(line)
            if rule:
                return True
        if self._area in {"ERRORS", "FAILURES"}:
            self._report(line)
        elif self._area == "summary":
            self._summary(line)
        elif self._area == "conftest":
            self._lines.add(line)
        else:
            return self._outside(line)
        return True

    def close(self) -> None:
        """Finish the session, complete or not."""
        self._finish()

    def _rule(self, line: str) -> bool:
        found = _RULE.match(line)
        # All rules of a session are as wide as its first one. Narrower ones are what a test printed.
        if found and len(line) < self._width:
            return False
        if _FINAL.match(line) and (found or not self._ruled):
            self._session.count(line)
            self._finish()
            return True
        return found is not None and self._titled(found[1], len(line))

    def _titled(self, title: str, width: int) -> bool:
        if title == "test session starts":
            self._finish()
            self._ruled = True
        elif title in {"ERRORS", "FAILURES"}:
            self._enter(title)
        elif title == "short test summary info":
            self._enter("summary")
        elif self._area and width == self._width:
            self._enter("other")
        else:
            return False
        self._width = width
        return True

    def _enter(self, area: str) -> None:
        self._end_section()
        self._area = area

    def _outside(self, line: str) -> bool:
        if line.startswith("rootdir: "):
            self.places.root = line[9:].partition(", ")[0].rstrip("/") + "/"
            return True
        conftest = _CONFTEST.match(line)
        if conftest:
            self._enter("conftest")
            self._heading = conftest[1]
            return True
        usage = _USAGE.match(line)
        if usage:
            chain = (Raised(type="UsageError", message=usage[1]),)
            self.found.add(failure_from(chain, kind=FailureKind.COLLECTION, tool=self.TOOL, excerpt=line))
            return True
        if "::" in line and ("FAILED" in line or "ERROR" in line):
            self._progress(line)
        return False

    def _progress(self, line: str) -> None:
        """Note `tests/a.py::test_x FAILED [ 10%]`, or xdist's `[gw0] [ 10%] FAILED tests/a.py::test_x`."""
        text = _PROGRESS.sub("", line[:_LINE]).rstrip()
        for word in ("FAILED", "ERROR"):
            if text.startswith(word + " "):
                self._session.saw(word, text[len(word) + 1 :])
                return
        at = text.rfind(" [")
        if at >= 0 and _PERCENT.match(text[at:]):
            text = text[:at].rstrip()
        for word in ("FAILED", "ERROR"):
            if text.endswith(" " + word):
                self._session.saw(word, text[: -len(word) - 1].rstrip())

    def _report(self, line: str) -> None:
        heading = _HEADING.match(line) if line.startswith("_") and not _GAP.match(line) else None
        if heading and self._is_heading(heading, line):
            self._end_section()
            self._heading = heading[2]
        elif self._heading:
            self._lines.add(line)
        else:
            self._one_line(line)

    def _is_heading(self, heading: re.Match[str], line: str) -> bool:
        """Tell a heading, which is as wide as the rules, from one that a test printed."""
        return len(line) == self._width or (len(line) > self._width and len(heading[1]) == len(heading[3]) == 1)

    def _one_line(self, line: str) -> None:
        """`--tb=line` prints no headings: each failure is its place and its message."""
        place = _ONE_LINE.match(line)
        if place:
            self._session.one_line(self.places, place[1], place[2], place[3])

    def _summary(self, line: str) -> None:
        word = next((word for word in ("FAILED ", "ERROR ", "SUBFAIL") if line.startswith(word)), "")
        if word in {"FAILED ", "ERROR "}:
            self._session.summarize(word.strip(), "", line[len(word) :].lstrip())
        elif word:
            # `SUBFAILED[part] (i=1) tests/a.py::test_x - message`: the id begins before the first `::`.
            rest = line[len(word) :].removeprefix("ED")
            start = rest.rfind(" ", 0, max(rest.find("::"), 0)) + 1
            self._session.summarize("SUBFAILED", rest[:start].strip(), rest[start:])
        elif " SUBFAIL " in line:
            described, _, rest = line.partition(" SUBFAIL ")
            self._session.summarize("SUBFAILED", described.strip(), rest)
        else:
            self._session.continues(line)

    def _end_section(self) -> None:
        if self._area == "conftest":
            self._conftest()
        elif self._heading:
            self._session.section(self._section())
        self._heading = ""
        self._lines = _Lines()

    def _section(self) -> Section:
        phase = _PHASE.match(self._heading) if self._area == "ERRORS" else None
        lines = self._lines.all()
        kind = _PHASES[phase[1]] if phase else FailureKind.TEST
        return Section(
            name=phase[2] if phase else self._heading,
            error=self._area == "ERRORS",
            failure=failure_from(read_body(lines, self.places), kind=kind, tool=self.TOOL, excerpt=excerpt_of(lines)),
            first_line=next((line for line in lines if line.strip()), ""),
        )

    def _conftest(self) -> None:
        lines = self._lines.all()
        chain = read_body(lines, self.places) or (Raised(type="ImportError", message=""),)
        path, in_project = self.places.locate(self._heading)
        ids = (path,) if in_project else ()
        self.found.add(
            failure_from(chain, kind=FailureKind.COLLECTION, tool=self.TOOL, test_ids=ids, excerpt=excerpt_of(lines))
        )

    def _finish(self) -> None:
        self._end_section()
        for failure in self._session.failures(self.places):
            self.found.add(failure)
        self.found.dropped += self._session.dropped
        self._session = Session()
        self._area, self._width, self._ruled = "", 0, False
