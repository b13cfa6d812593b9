"""Two edits of one module as one: what each does alone gets the failing tests further, not through.

After VarFix (Wong et al., 2021) and Hercules (Saha et al., 2019): edits that mend a part
are the ones worth combining; all pairs would be far too many.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations

from fixers.model import Tier
from fixers.project import Project
from fixers.search.mutation import Mutation, Swap
from fixers.search.syntax import FUNCTIONS, FunctionNode, copied

WIDTH = 20
"""Partial repairs that are combined with each other, the likeliest ones."""
NAME = "two-edits"


def pairs(project: Project, partial_repairs: Sequence[Mutation]) -> Iterator[Mutation]:
    """Yield each pair of the likeliest partial repairs of one module that can be made together, likeliest first."""
    best = sorted(partial_repairs, key=lambda mutation: -mutation.prior)[:WIDTH]
    for one, other in sorted(combinations(best, 2), key=lambda pair: -pair[0].prior * pair[1].prior):
        both = combined(project, one, other)
        if both is not None:
            yield both


def combined(project: Project, one: Mutation, other: Mutation) -> Mutation | None:
    """Return one mutation that makes both edits; None for edits of two modules, and where one undoes the other."""
    if one.path != other.path or not one.changed or not other.changed or one.changed.keys() & other.changed.keys():
        return None
    changed = {**one.changed, **other.changed}
    module = project.tree(one.path)
    swap = _swap(module, one.swap, other.swap, changed)
    if swap is not None and not _compiles(swap.source):
        return None
    return Mutation(
        path=one.path,
        line=one.line,
        function=one.function,
        template=NAME,
        tier=Tier.C,
        prior=one.prior * other.prior,
        said=f"{one.summary} {other.summary}",
        swap=swap,
        tree=partial(_module, module, changed),
        changed=changed,
        steps=(one.tree,),
    )


def _swap(module: ast.Module, one: Swap | None, other: Swap | None, changed: Mapping[ast.AST, ast.AST]) -> Swap | None:
    """Return the swap of the function that both edit; None where a swap cannot make both edits."""
    if one is None or other is None or one.line != other.line or one.default or other.default:
        return None
    found = (node for node in ast.walk(module) if isinstance(node, FUNCTIONS) and node.lineno == one.line)
    function: FunctionNode = next(found)
    # An insertion at the top of a function replaces the function itself.
    new = _applied(function, changed)
    assert isinstance(new, FUNCTIONS)  # noqa: S101 - only statements and expressions change
    return Swap(one.qualname, one.line, ast.unparse(copied(new, decorator_list=[])))


def _applied(node: ast.AST, changed: Mapping[ast.AST, ast.AST]) -> ast.AST:
    """Return the tree with every change made, those inside what another one brings among them."""
    if node in changed:
        return _applied(changed[node], {old: new for old, new in changed.items() if old is not node})
    changes: dict[str, object] = {}
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            changes[name] = _applied(value, changed)
        elif isinstance(value, list):
            changes[name] = [_applied(item, changed) if isinstance(item, ast.AST) else item for item in value]
    return copied(node, **changes)


def _module(module: ast.Module, changed: Mapping[ast.AST, ast.AST]) -> ast.Module:
    new = _applied(module, changed)
    assert isinstance(new, ast.Module)  # noqa: S101 - as above
    return new


def _compiles(source: str) -> bool:
    try:
        compile(source, "<pair>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True
