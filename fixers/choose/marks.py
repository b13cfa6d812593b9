"""What looked wrong in the code by itself, and no longer does after a repair.

A slip often leaves a mark beside the failing test: a variable that nothing reads any more,
two branches that are the same. In code that is right such marks are rare (in the 6,696
functions of thirty published packages: five unread variables, seven statements without
effect, one comparison with itself, one pair of same branches, 41 calls that pass one
thing twice). So where several repairs pass every test, one that mends a mark explains
more than those that leave it.

An import that nothing reads is no such mark: every seventeenth module has one, and one of the
functions behind it may always do what a test wants.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from fixers.hunt import Plausible
from fixers.localize.findings import (
    Finding,
    compared_with_itself,
    passed_twice,
    same_branches,
    unread_parameters,
    unread_variables,
    without_effect,
)
from fixers.localize.syntax import Function, functions_of, tree_of
from fixers.project import Project
from fixers.search.syntax import copied

Look = Callable[[Function], Iterator[Finding]]
LOOKS: tuple[Look, ...] = (
    unread_variables,
    compared_with_itself,
    same_branches,
    without_effect,
    passed_twice,
    unread_parameters,
)
_RARE = 0.01
"""Share of the project's functions that may bear the same mark beside, before it says nothing here."""
_TOLD_BY = 50
"""Functions that a project has at least before unread parameters are called rare in it: many a call-back has one."""


def mended(project: Project, plausible: Plausible) -> tuple[str, ...]:
    """Say in words which marks of the edited function a repair mends; empty where it leaves one, or makes a new one."""
    swap, path = plausible.swap, plausible.origin.path
    if swap is None or swap.default is not None:
        return ()
    old = next((f for f in functions_of(tree_of(project, path)).values() if f.lineno == swap.line), None)
    new = ast.parse(swap.source).body[0]
    if old is None or not isinstance(new, Function):
        return ()
    old = copied(old, decorator_list=[])
    said: list[str] = []
    for look in LOOKS:
        before, after = ({words for _, words in look(function)} for function in (old, new))
        if after - before:
            return ()
        if before - after and _is_rare(project, look):
            said += sorted(before - after)
    return tuple(said)


def _is_rare(project: Project, look: Look) -> bool:
    functions = [f for path in project.repairable() for f in functions_of(tree_of(project, path)).values()]
    if look is unread_parameters and len(functions) < _TOLD_BY:
        return False
    return sum(any(True for _ in look(f)) for f in functions) - 1 <= _RARE * len(functions)
