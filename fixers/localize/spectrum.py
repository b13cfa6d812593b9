"""The spectrum: which statements failing and passing tests ran, and how suspicious that makes them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
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
    by_group: tuple[int, ...] = ()
    """Failing tests that ran it, by group; empty when there is one group."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value that only failing tests brought to a function which passing tests run as well."""

    path: str
    function: str
    name: str
    kind: str
    """`None`, `int < 0`, `empty str`, or the name of a type."""
    at_start: bool
    """Seen as an argument, and not as a local before a return."""
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Statement counts of one run, and which functions each test reached."""

    statements: tuple[Statement, ...]
    failing: int
    passing: int
    reached: Mapping[str, frozenset[tuple[str, str]]]
    """Test id to the (path, function) pairs it ran."""
    kinds: tuple[Kind, ...] = ()
    failing_by_group: tuple[int, ...] = ()

    def tests_reaching(self, path: str, function: str) -> tuple[str, ...]:
        """Return the tests that ran a function (or a function inside it), in run order."""
        inner = function + "."
        return tuple(
            test
            for test, functions in self.reached.items()
            if any(p == path and (f == function or f.startswith(inner)) for p, f in functions)
        )

    def is_blind(self, test: str) -> bool:
        """Say whether a test ran without a function of the project: what it looks at runs in another process."""
        return test in self.reached and not any(is_repairable(path) for path, _ in self.reached[test])

    def of_groups(self, numbers: Collection[int]) -> Spectrum:
        """Return the spectrum as if only the failing tests of some groups had failed, and the rest not been run."""
        if len(self.failing_by_group) <= 1:
            return self
        statements = tuple(replace(s, failed=sum(s.by_group[n] for n in numbers)) for s in self.statements)
        kinds = tuple(k for k in self.kinds if set(k.groups) & set(numbers))
        failing = max(sum(self.failing_by_group[n] for n in numbers), 1)
        return replace(self, statements=statements, kinds=kinds, failing=failing)


def read_spectrum(event: Mapping[str, Any], failing: Sequence[str]) -> Spectrum:
    """Build a spectrum from our probes' report; statements that no fixer may edit are left out."""
    groups: list[dict[int, int]] = [dict(map(tuple, pairs)) for pairs in event.get("groups", ())]
    statements = tuple(
        Statement(
            path, line, end, function, failed, passed, bool(at_import), tuple(group.get(n, 0) for group in groups)
        )
        for n, (path, line, end, function, failed, passed, at_import) in enumerate(event.get("rows", ()))
        if is_repairable(path)
    )
    names: list[tuple[str, str]] = [(path, function) for path, function in event.get("functions", ())]
    reached = {test: frozenset(names[n] for n in numbers) for test, numbers in event.get("reached", {}).items()}
    kinds = tuple(
        Kind(names[f][0], names[f][1], name, kind, not when, tuple(numbers))
        for f, when, name, kind, numbers in event.get("kinds", ())
        if is_repairable(names[f][0])
    )
    wanted = frozenset(failing)
    count = sum(1 for test in reached if test in wanted)
    by_group = tuple(event.get("failing", ())) if groups else ()
    return Spectrum(statements, max(count, 1), len(reached) - count, reached, kinds, by_group)


def joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Add up the reports of two runs over different tests of one tree and the same groups.

    What kinds of value are new in failing tests is taken from `other` where it says anything:
    only a run that holds both sorts of test can tell.
    """
    rows: dict[tuple[str, int, str], list[Any]] = {}
    groups: list[dict[tuple[str, int, str], int]] = []
    for event in (one, other):
        keys = [(row[0], row[1], row[3]) for row in event.get("rows", ())]
        for key, row in zip(keys, event.get("rows", ()), strict=True):
            old = rows.setdefault(key, [*row[:4], 0, 0, 0])
            rows[key] = [*row[:4], old[4] + row[4], old[5] + row[5], old[6] | row[6]]
        for number, pairs in enumerate(event.get("groups", ())):
            if number == len(groups):
                groups.append({})
            for n, count in pairs:
                groups[number][keys[n]] = groups[number].get(keys[n], 0) + count
    places = {key: n for n, key in enumerate(rows)}
    functions = sorted({(path, name) for event in (one, other) for path, name in event.get("functions", ())})
    numbers = {function: n for n, function in enumerate(functions)}

    def renumbered(event: Mapping[str, Any], n: int) -> int:
        path, name = event["functions"][n]
        return numbers[path, name]

    reached = {
        test: sorted(renumbered(event, n) for n in found)
        for event in (one, other)
        for test, found in event.get("reached", {}).items()
    }
    told = other if other.get("kinds") else one
    return {
        **one,
        "rows": list(rows.values()),
        "failing": [a + b for a, b in zip(one.get("failing", ()), other.get("failing", ()), strict=True)],
        "groups": [[[places[key], count] for key, count in group.items()] for group in groups],
        "functions": functions,
        "reached": reached,
        "kinds": [[renumbered(told, f), *rest] for f, *rest in told.get("kinds", ())],
    }


def ochiai(statement: Statement, failing: int) -> float:
    """Return failed / sqrt(failing * (failed + passed)), between 0 and 1 (Ochiai 1957; Abreu et al. 2007)."""
    if statement.failed == 0:
        return 0.0
    return statement.failed / math.sqrt(failing * (statement.failed + statement.passed))
