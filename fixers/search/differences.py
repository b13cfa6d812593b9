"""The smallest replacements that turn one syntax tree into another."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Replaced:
    """An expression, or a statement in its place."""

    old: ast.expr | ast.stmt
    new: ast.expr | ast.stmt


@dataclass(frozen=True, slots=True)
class Inserted:
    """Statements beside an old one."""

    anchor: ast.stmt
    statements: tuple[ast.stmt, ...]
    after: bool
    """Only where the block ends; else the anchor is the statement that follows."""


Difference = Replaced | Inserted
Replaceable = Callable[[ast.AST, ast.AST], bool]
"""Says of an old node and what stands in its place whether the one can be written where the other stood."""


def same(one: ast.AST, other: ast.AST) -> bool:
    """Say whether two trees mean the same, positions aside."""
    return one is other or ast.dump(one) == ast.dump(other)


def differences(old: ast.AST, new: ast.AST, replaceable: Replaceable) -> list[Difference]:
    """Return what differs, as deep in the tree as `replaceable` nodes allow.

    f-strings are one piece: the positions inside them are wrong before Python 3.12.
    Raises LookupError when not even the outermost node can be replaced.
    """
    return list(_differences(old, new, replaceable))


def _differences(old: ast.AST, new: ast.AST, replaceable: Replaceable) -> Iterator[Difference]:
    if same(old, new):
        return
    inner = None if isinstance(old, ast.JoinedStr) or type(old) is not type(new) else _inside(old, new, replaceable)
    if inner is not None:
        yield from inner
    elif isinstance(old, (ast.expr, ast.stmt)) and isinstance(new, (ast.expr, ast.stmt)) and replaceable(old, new):
        yield Replaced(old, new)
    else:
        raise LookupError(f"the changed {type(old).__name__} has no text of its own")


def _inside(old: ast.AST, new: ast.AST, replaceable: Replaceable) -> list[Difference] | None:
    """Return the differences of the children, None if `old` itself must go."""
    found: list[Difference] = []
    for name in old._fields:
        before, after = getattr(old, name, None), getattr(new, name, None)
        if isinstance(before, ast.AST) and isinstance(after, ast.AST):
            part = _child(before, after, replaceable)
        elif isinstance(before, list) and isinstance(after, list):
            part = _children(before, after, replaceable)
        else:
            part = [] if before == after and type(before) is type(after) else None
        if part is None:
            return None
        found += part
    return found


def _child(before: ast.AST, after: ast.AST, replaceable: Replaceable) -> list[Difference] | None:
    try:
        return list(_differences(before, after, replaceable))
    except LookupError:
        return None


def _children(before: list[ast.AST], after: list[ast.AST], replaceable: Replaceable) -> list[Difference] | None:
    if len(before) == len(after):
        found: list[Difference] = []
        for one, other in zip(before, after, strict=True):
            if isinstance(one, ast.AST) and isinstance(other, ast.AST):
                part = _child(one, other, replaceable)
            else:
                # Names of `global`, and the missing keys of `{**a}`.
                part = [] if one == other else None
            if part is None:
                return None
            found += part
        return found
    if len(before) < len(after) and before and all(isinstance(item, ast.stmt) for item in before):
        return _insertion(before, after)
    return None


def _insertion(before: list[ast.AST], after: list[ast.AST]) -> list[Difference] | None:
    start = 0
    while start < len(before) and same(before[start], after[start]):
        start += 1
    count = len(after) - len(before)
    if not all(same(one, other) for one, other in zip(before[start:], after[start + count :], strict=True)):
        return None
    new = tuple(item for item in after[start : start + count] if isinstance(item, ast.stmt))
    anchor = before[start] if start < len(before) else before[-1]
    return [Inserted(anchor, new, after=start == len(before))] if isinstance(anchor, ast.stmt) else None
