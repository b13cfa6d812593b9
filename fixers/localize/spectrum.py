"""The spectrum: which statements failing and passing tests ran, and how suspicious that makes them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fixers.project import is_repairable


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of the project and the tests that ran it."""

    path: str
    line: int
    end_line: int
    function: str
    failed: int
    """Failing tests that ran it."""
    passed: int
    at_import: bool
    """Ran while modules were imported, before any test."""


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Statement counts of one run, and which functions each test reached."""

    statements: tuple[Statement, ...]
    failing: int
    passing: int
    reached: Mapping[str, frozenset[tuple[str, str]]]
    """Test id to the (path, function) pairs it ran."""

    def tests_reaching(self, path: str, function: str) -> tuple[str, ...]:
        """Return the tests that ran a function (or a function inside it), in run order."""
        inner = function + "."
        return tuple(
            test
            for test, functions in self.reached.items()
            if any(p == path and (f == function or f.startswith(inner)) for p, f in functions)
        )


def read_spectrum(event: Mapping[str, Any], failing: Sequence[str]) -> Spectrum:
    """Build a spectrum from our probes' report; statements that no fixer may edit are left out."""
    statements = tuple(
        Statement(path, line, end, function, failed, passed, bool(at_import))
        for path, line, end, function, failed, passed, at_import in event.get("rows", ())
        if is_repairable(path)
    )
    names = [(path, function) for path, function in event.get("functions", ())]
    reached = {test: frozenset(names[n] for n in numbers) for test, numbers in event.get("reached", {}).items()}
    wanted = frozenset(failing)
    count = sum(1 for test in reached if test in wanted)
    return Spectrum(statements, failing=max(count, 1), passing=len(reached) - count, reached=reached)


def ochiai(statement: Statement, failing: int) -> float:
    """Return failed / sqrt(failing * (failed + passed)), between 0 and 1 (Ochiai 1957; Abreu et al. 2007)."""
    if statement.failed == 0:
        return 0.0
    return statement.failed / math.sqrt(failing * (statement.failed + statement.passed))
