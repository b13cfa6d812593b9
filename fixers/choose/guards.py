"""Which of two repairs puts the same guard at two places, where only the earlier one is meant.

A guard that raises belongs before what it guards. Further down in the same block it tests the
same, and differs only in what was done by then, which no test asked for and nobody wants.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from fixers.hunt import Plausible
from fixers.search.mutation import Mutation
from fixers.search.template import Insert

_LEAVES = (ast.Return, ast.Raise, ast.Break, ast.Continue, ast.Yield, ast.YieldFrom, ast.Await)


def comes_later(one: Plausible, other: Plausible) -> bool:
    """Say whether `one` is the guard of `other`, further down, with nothing between that changes what it tests."""
    late, early = _guard(one), _guard(other)
    if late is None or early is None or ast.dump(late.statement) != ast.dump(early.statement):
        return False
    between = _between(other, early, late) if one.place == other.place else None
    return bool(between) and not any(_matters(node, early.statement) for node in between or ())


def _guard(plausible: Plausible) -> Insert | None:
    """Return the insertion of an `if` that raises, None where a repair is none."""
    made = plausible.origin.made if isinstance(plausible.origin, Mutation) else None
    if made is None or not isinstance(made[1].change, Insert):
        return None
    statement = made[1].change.statement
    raises = isinstance(statement, ast.If) and not statement.orelse and isinstance(statement.body[-1], ast.Raise)
    return made[1].change if raises else None


def _between(other: Plausible, early: Insert, late: Insert) -> Sequence[ast.stmt] | None:
    """Return the statements of one block from the earlier to the later place; None where they are of two blocks."""
    made = other.origin.made if isinstance(other.origin, Mutation) else None
    owner = made[0].view.parents[early.anchor] if made else None
    for _, block in ast.iter_fields(owner) if owner else ():
        if isinstance(block, list) and early.anchor in block and late.anchor in block:
            return block[block.index(early.anchor) + early.after : block.index(late.anchor) + late.after]
    return None


def _matters(statement: ast.stmt, guard: ast.stmt) -> bool:
    """Say whether a statement may leave the block, or binds or changes what a guard reads."""
    read = {node.id for node in ast.walk(guard) if isinstance(node, ast.Name)}
    return any(isinstance(node, _LEAVES) or bool(set(_changed(node)) & read) for node in ast.walk(statement))


def _changed(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
            yield from (inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if name not in {"self", "cls"}:
            yield name  # a method may change what it is called on
