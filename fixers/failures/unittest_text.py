"""The report of `python -m unittest`, 3.8 to 3.13: sections between double rules, one traceback each."""

from __future__ import annotations

import re
from typing import ClassVar

from fixers.failures.base import Example, Parser, excerpt_of, failure_from
from fixers.failures.examples import unittest_text
from fixers.failures.node_ids import file_of_module
from fixers.failures.places import Places
from fixers.failures.python_traceback import TracebackReader
from fixers.model import FailureKind, Raised

_DOUBLE, _SINGLE = "=" * 70, "-" * 70
_TITLE = re.compile(r"^(FAIL|ERROR|UNEXPECTED SUCCESS): (\S{1,500})(?: \(([\w.<>]{1,500})\))?( .{0,2000})?$")
_RAN = re.compile(r"^Ran \d+ tests? in ")
_CAPTURED = ("Stdout:", "Stderr:")
_FIXTURES = {
    "setUpClass": FailureKind.SETUP,
    "setUpModule": FailureKind.SETUP,
    "tearDownClass": FailureKind.TEARDOWN,
    "tearDownModule": FailureKind.TEARDOWN,
}
_MAX_LINES = 1_000


class UnittestParser(Parser):
    """unittest, Django's runner included; sub-tests, class and module fixtures, modules that do not import."""

    TOOL: ClassVar[str] = "unittest"
    EXAMPLES: ClassVar[tuple[Example, ...]] = unittest_text.EXAMPLES

    def __init__(self, places: Places) -> None:
        super().__init__(places)
        self._after_rule = False
        self._title: re.Match[str] | None = None
        self._lines: list[str] | None = None

    def feed(self, line: str) -> bool:
        """Take a line; True from a section's title to the next rule."""
        if line == _DOUBLE:
            self._end()
            self._after_rule = True
            return True
        if self._after_rule:
            self._after_rule = False
            self._title = _TITLE.match(line)
            self._lines = None
            return self._title is not None
        if self._title is None:
            return False
        return self._inside(line)

    def close(self) -> None:
        """Finish the last section."""
        self._end()

    def _inside(self, line: str) -> bool:
        # A docstring may stand between the title and the single rule.
        if self._lines is None:
            if line == _SINGLE:
                self._lines = []
            return True
        if line == _SINGLE or _RAN.match(line):
            self._end()
            return True
        if len(self._lines) < _MAX_LINES:
            self._lines.append(line)
        return True

    def _end(self) -> None:
        title, lines = self._title, self._lines
        self._title = self._lines = None
        if title is None or lines is None:
            return
        chain = self._chain(lines) if lines else (Raised(type="", message=title[1].lower()),)
        kind, test_id = self._who(title[2], title[3] or "", chain)
        self.found.add(
            failure_from(
                chain, kind=kind, tool=self.TOOL, test_ids=(test_id,) if test_id else (), excerpt=excerpt_of(lines)
            )
        )

    def _chain(self, lines: list[str]) -> tuple[Raised, ...]:
        reader = TracebackReader(self.places, delimited=True)
        for line in lines:
            if line in _CAPTURED:
                break
            reader.feed(line)
        reader.close()
        if reader.chains:
            return reader.chains[-1][0]
        return (Raised(type="", message=next((line for line in lines if line.strip()), "")),)

    def _who(self, name: str, owner: str, chain: tuple[Raised, ...]) -> tuple[FailureKind, str]:
        """Say what failed: `test_x (mod.Class)` before 3.11, `test_x (mod.Class.test_x)` since."""
        if "_FailedTest" in owner:
            module = owner.partition("_FailedTest.")[2] or name
            return FailureKind.COLLECTION, self._file(module, chain)[0]
        if name in _FIXTURES:
            path, classes = self._file(owner, chain)
            return _FIXTURES[name], "::".join([path, *classes]) if path else ""
        where = owner.removesuffix("." + name)
        path, classes = self._file(where, chain)
        return FailureKind.TEST, "::".join([path, *classes, name]) if path else ""

    def _file(self, module: str, chain: tuple[Raised, ...]) -> tuple[str, list[str]]:
        """Find the file of `tests.test_a.T` among the frames first: they know its path for sure."""
        parts = module.removeprefix("__main__.").split(".")
        for raised in reversed(chain):
            for frame in raised.frames:
                dotted = frame.path.removesuffix(".py").replace("/", ".")
                for end in range(len(parts), 0, -1):
                    if frame.in_project and f".{dotted}".endswith("." + ".".join(parts[:end])):
                        return frame.path, parts[end:]
        return file_of_module(module, self.places.files) if module else ("", [])
