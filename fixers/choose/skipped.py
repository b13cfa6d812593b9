"""Whether a repair only goes round what failed, with no test left that runs it.

A guard that leaves before the failing line is right where passing tests still run that line. Where
none does, the line is as wrong as before, and nobody asks it any more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from fixers.localize.spectrum import Spectrum
from fixers.model import Candidate, Failure
from fixers.project import is_repairable
from fixers.search.mutation import Mutation
from fixers.search.templates.guard import LostExit, LostSiblingGuard

_LEAVING = frozenset({LostExit.NAME, LostSiblingGuard.NAME})
_ASSERTION = "AssertionError"


def raising_lines(failures: Sequence[Failure]) -> frozenset[tuple[str, int]]:
    """Return path and line of the innermost code under repair in each failure that is no assertion."""
    return frozenset(_raising(failures))


def skipped(
    spectrum: Spectrum | None, raising: Collection[tuple[str, int]], origin: Candidate | Mutation
) -> tuple[str, ...]:
    """Say in words which failing line a repair leaves before, that no passing test runs."""
    if not isinstance(origin, Mutation) or origin.template not in _LEAVING or spectrum is None:
        return ()
    behind = sorted(line for path, line in raising if path == origin.path and line >= origin.line)
    for statement in spectrum.statements:
        own = statement.path == origin.path and statement.function == origin.function and not statement.passed
        line = next((n for n in behind if statement.line <= n <= statement.end_line), 0) if own else 0
        if line:
            return (f"it leaves before line {line}, which failed, and no passing test runs that line",)
    return ()


def _raising(failures: Sequence[Failure]) -> Iterator[tuple[str, int]]:
    for failure in failures:
        if failure.exception.rpartition(".")[2] != _ASSERTION:
            inside = [frame for frame in failure.frames if frame.in_project and is_repairable(frame.path)]
            yield from ((frame.path, frame.line) for frame in inside[-1:])
