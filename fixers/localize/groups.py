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
"""Of the highest suspicion in the less clear of two groups, from which a statement explains both."""
_RAN_BY = 2
"""One test in so many of each group has to run it."""
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
    """Return the numbers of the groups, those together that one statement explains; in order of the first.

    A statement explains two groups when half the tests of each ran it, and it is nearly as suspicious of
    both together as the most suspicious statement of one of them is of that one alone.
    """
    if len(spectrum.failing_by_group) != len(groups):
        return (tuple(range(len(groups))),)
    sets: list[tuple[int, ...]] = []
    for number in range(len(groups)):
        mine: tuple[int, ...] = (number,)
        for other in list(sets):
            if _is_one_fault(spectrum, mine, other):
                sets.remove(other)
                mine = tuple(sorted((*other, *mine)))
        sets.append(mine)
    return tuple(sorted(sets))


def documents_of(spectrum: Spectrum | None, groups: Sequence[Group]) -> tuple[FailureGroup, ...]:
    """Return the groups for the trace, joined where one statement explains several."""
    sets = join_groups(spectrum, groups) if spectrum is not None else tuple((n,) for n in range(len(groups)))
    return tuple(
        FailureGroup(signature=groups[numbers[0]].signature, tests=tuple(t for n in numbers for t in groups[n].tests))
        for numbers in sets
        if numbers
    )


def _is_one_fault(spectrum: Spectrum, one: Sequence[int], other: Sequence[int]) -> bool:
    best, best_of_one, best_of_other = 0.0, 0.0, 0.0
    size, other_size = (sum(spectrum.failing_by_group[n] for n in numbers) for numbers in (one, other))
    for s in spectrum.statements:
        failed, other_failed = sum(s.by_group[n] for n in one), sum(s.by_group[n] for n in other)
        if failed:
            best_of_one = max(best_of_one, failed / math.sqrt(size * (failed + s.passed)))
        if other_failed:
            best_of_other = max(best_of_other, other_failed / math.sqrt(other_size * (other_failed + s.passed)))
        if failed and other_failed and failed * _RAN_BY >= size and other_failed * _RAN_BY >= other_size:
            both = failed + other_failed
            best = max(best, both / math.sqrt((size + other_size) * (both + s.passed)))
    return best > 0 and best >= _EXPLAINS * min(best_of_one, best_of_other)


def _order(group: Group) -> tuple[bool, int, str]:
    return not group.signature, -len(group.tests), group.signature
