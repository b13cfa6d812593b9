"""Whether a repair only goes round what failed, with no test left that runs it.

A guard that leaves before the failing line, or a value in the place of the call that raised, is right
where passing tests still run that line. Where none does, it is as wrong as before, and nobody asks it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import pairwise

from fixers.localize.spectrum import Spectrum, Statement
from fixers.model import Candidate, Failure, Frame
from fixers.project import is_repairable
from fixers.search.mutation import Mutation
from fixers.search.template import Replace
from fixers.search.templates.guard import LostExit, LostSiblingGuard

_LEAVING = frozenset({LostExit.NAME, LostSiblingGuard.NAME})
_ASSERTION = "AssertionError"


def raising_frames(failures: Sequence[Failure]) -> tuple[tuple[Frame, ...], ...]:
    """Return for each failure that is no assertion the frames of the code under repair, the raising one last."""
    raised = (f for f in failures if f.exception.rpartition(".")[2] != _ASSERTION)
    chains = (tuple(g for g in failure.frames if g.in_project and is_repairable(g.path)) for failure in raised)
    return tuple(dict.fromkeys(chain for chain in chains if chain))


def skipped(
    spectrum: Spectrum | None, raising: Sequence[Sequence[Frame]], origin: Candidate | Mutation
) -> tuple[str, ...]:
    """Say in words which failing line a repair goes round, that no passing test runs."""
    if spectrum is None or not isinstance(origin, Mutation):
        return ()
    return next(((words,) for words in _said(spectrum, raising, origin)), ())


def _said(spectrum: Spectrum, raising: Sequence[Sequence[Frame]], origin: Mutation) -> Iterator[str]:
    dropped = _calls_dropped(origin)
    for chain in raising:
        last = chain[-1]
        statement = _statement(spectrum, last)
        if statement is None or statement.passed:
            continue
        in_place = (last.path, statement.function) == (origin.path, origin.function) and last.line >= origin.line
        if origin.template in _LEAVING and in_place:
            yield f"it leaves before line {last.line}, which failed, and no passing test runs that line"
        for outer, inner in pairwise(chain):
            name = inner.function.rpartition(".")[2]
            if outer.path == origin.path and name in dropped:
                yield f"it no longer calls `{name}`, in which line {last.line} failed, and no passing test runs that"


def _statement(spectrum: Spectrum, frame: Frame) -> Statement | None:
    found = (s for s in spectrum.statements if s.path == frame.path and s.line <= frame.line <= s.end_line)
    return max(found, key=lambda s: s.line, default=None)


def _calls_dropped(origin: Mutation) -> set[str]:
    """Return the names of what an edit no longer calls at its place."""
    change = origin.made[1].change if origin.made else None
    pairs = change.pairs.items() if isinstance(change, Replace) else ()
    return {name for old, new in pairs for name in _called(old) - _called(new)}


def _called(node: ast.AST) -> set[str]:
    functions = [call.func for call in ast.walk(node) if isinstance(call, ast.Call)]
    return {
        f.attr if isinstance(f, ast.Attribute) else f.id for f in functions if isinstance(f, (ast.Attribute, ast.Name))
    }
