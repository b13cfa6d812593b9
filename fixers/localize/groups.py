"""Groups of failing tests: those that fail alike, and those whose failures one place may explain.

Failures that have nothing to do with each other blur the picture of each other. So
they are first told apart by signature, which splits too much rather than too little,
and then joined where the statements that explain one group explain another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from fixers.evidence import FailureGroup
from fixers.failures.signature import shape
from fixers.localize.spectrum import Spectrum
from fixers.model import Failure
from fixers.project import is_repairable

MOST = 12
"""Groups that are counted apart; what is left shares the last one."""
_EXPLAINS = 0.8
"""Of the highest suspicion in a group, from which a statement explains the group."""
_SHOWN = 90


@dataclass(frozen=True, slots=True)
class Group:
    """Failing tests with one signature."""

    signature: str
    """For a reader: exception, message without the values of one run, and the function that raised."""
    tests: tuple[str, ...]


def group_failures(failures: Sequence[Failure], failing: Sequence[str]) -> tuple[Group, ...]:
    """Sort the failing tests by signature, the largest group first; a test without a known failure is in the last."""
    found: dict[str, list[str]] = {}
    wanted, placed = frozenset(failing), set()
    for failure in failures:
        for test in failure.test_ids:
            if test in wanted and test not in placed:
                placed.add(test)
                found.setdefault(signature_of(failure), []).append(test)
    left = [test for test in failing if test not in placed]
    if left:
        found.setdefault("", []).extend(left)
    groups = sorted((Group(name, tuple(tests)) for name, tests in found.items()), key=_order)
    if len(groups) <= MOST:
        return tuple(groups)
    rest = tuple(test for group in groups[MOST - 1 :] for test in group.tests)
    return (*groups[: MOST - 1], Group(f"{len(groups) - MOST + 1} further signatures", rest))


def signature_of(failure: Failure) -> str:
    """Return exception, message template and the innermost function of the project that fixers may edit.

    Where a failure has no such frame, as an assertion in a test has not, the test's own function stands there.
    """
    inside = [frame for frame in failure.frames if frame.in_project]
    place = next((f for f in reversed(inside) if is_repairable(f.path)), inside[-1] if inside else None)
    said = shape(failure.exception, failure.message)[:_SHOWN]
    return f"{said} in {place.function}" if place else said


def join_groups(spectrum: Spectrum, groups: Sequence[Group]) -> tuple[tuple[int, ...], ...]:
    """Return the numbers of the groups, those together whose tests one statement explains; in order of the first.

    A statement explains a group when all its tests ran it and it is nearly as suspicious as any.
    """
    if len(spectrum.failing_by_group) != len(groups):
        return (tuple(range(len(groups))),)
    explaining = [_explaining(spectrum, n) for n in range(len(groups))]
    together: list[tuple[list[int], set[tuple[str, int]]]] = []
    for number, places in enumerate(explaining):
        alike = [pair for pair in together if pair[1] & places]
        numbers = sorted(n for pair in alike for n in pair[0])
        shared = set(places).union(*(pair[1] for pair in alike))
        together = [pair for pair in together if pair not in alike]
        together.append(([*numbers, number], shared))
    return tuple(sorted(tuple(numbers) for numbers, _ in together))


def documents_of(spectrum: Spectrum | None, groups: Sequence[Group]) -> tuple[FailureGroup, ...]:
    """Return the groups for the trace, joined where one statement explains several."""
    sets = join_groups(spectrum, groups) if spectrum is not None else tuple((n,) for n in range(len(groups)))
    return tuple(
        FailureGroup(signature=groups[numbers[0]].signature, tests=tuple(t for n in numbers for t in groups[n].tests))
        for numbers in sets
        if numbers
    )


def _explaining(spectrum: Spectrum, number: int) -> set[tuple[str, int]]:
    failing = spectrum.failing_by_group[number]
    ran = [(s, s.by_group[number]) for s in spectrum.statements if s.by_group[number]]
    scores = {(s.path, s.line): failed / math.sqrt(failing * (failed + s.passed)) for s, failed in ran}
    least = _EXPLAINS * max(scores.values(), default=1.0)
    return {(s.path, s.line) for s, failed in ran if failed == failing and scores[s.path, s.line] >= least}


def _order(group: Group) -> tuple[bool, int, str]:
    return not group.signature, -len(group.tests), group.signature
