"""What looks wrong in a function by itself: the marks that a slip often leaves behind."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from fixers.localize.syntax import Function, own_nodes

Finding = tuple[int, str]
"""A line and what is wrong there, in words; line 0 for the function as a whole."""


def findings_in(function: Function) -> tuple[Finding, ...]:
    """Return what looks wrong in a function."""
    return () if _is_abstract(function) else tuple(finding for look in LOOKS for finding in look(function))


def unread_parameters(function: Function) -> Iterator[Finding]:
    """Find parameters that nothing reads: often the name that was mistaken for another."""
    arguments = [a.arg for a in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
    mentioned = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}
    if mentioned & {"locals", "vars"}:
        return
    for name in arguments:
        if name not in mentioned and name not in {"self", "cls"} and not name.startswith("_"):
            yield 0, f"its parameter {name} is never read"


def unread_variables(function: Function) -> Iterator[Finding]:
    """Find variables that are assigned, or go through what a loop is over, and are never read."""
    names = [n for n in ast.walk(function) if isinstance(n, ast.Name)]
    read = {n.id for n in names if not isinstance(n.ctx, ast.Store)}
    outer = {n for node in ast.walk(function) if isinstance(node, ast.Global | ast.Nonlocal) for n in node.names}
    if read & {"locals", "vars", "eval", "exec"}:
        return
    for node in own_nodes(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]):
                pass
            case ast.For(target=ast.Name(id=name), iter=iterated) if not _counts(iterated):
                pass
            case _:
                continue
        if name not in read and name not in outer and not name.startswith("_"):
            yield node.lineno, f"the variable {name} is never read"


def compared_with_itself(function: Function) -> Iterator[Finding]:
    """Find comparisons and operations whose two sides are the same."""
    for node in own_nodes(function):
        pair: tuple[ast.expr, ast.expr] | None = None
        if not isinstance(node, ast.expr):
            continue
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            pair = node.left, node.comparators[0]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div | ast.FloorDiv | ast.Mod):
            pair = node.left, node.right
        elif isinstance(node, ast.BoolOp) and len(node.values) == 2:
            pair = node.values[0], node.values[1]
        if pair and not isinstance(pair[0], ast.Constant) and ast.dump(pair[0]) == ast.dump(pair[1]):
            yield node.lineno, f"`{_short(node)}` has the same on both sides"


def same_branches(function: Function) -> Iterator[Finding]:
    """Find an `if` whose two branches are the same, and a chain that tests one condition twice."""
    for node in own_nodes(function):
        if isinstance(node, ast.If):
            if node.orelse and _dump(node.body) == _dump(node.orelse):
                yield node.lineno, "both branches of the `if` do the same"
            following = node.orelse
            while len(following) == 1 and isinstance(following[0], ast.If):
                if ast.dump(following[0].test) == ast.dump(node.test):
                    yield following[0].lineno, f"`{_short(node.test)}` was tested before"
                following = following[0].orelse
        elif isinstance(node, ast.IfExp) and ast.dump(node.body) == ast.dump(node.orelse):
            yield node.lineno, "both branches of the conditional are the same"


def passed_twice(function: Function) -> Iterator[Finding]:
    """Find calls that pass one variable for two parameters."""
    for node in own_nodes(function):
        if isinstance(node, ast.Call):
            values = [*node.args, *(keyword.value for keyword in node.keywords)]
            names = [value.id for value in values if isinstance(value, ast.Name)]
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                yield node.lineno, f"{twice[0]} is passed twice to `{_short(node.func)}`"


def without_effect(function: Function) -> Iterator[Finding]:
    """Find statements that compute something and drop it, and assignments of a variable to itself."""
    for node in own_nodes(function):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Compare | ast.BinOp | ast.Name | ast.Attribute):
            yield node.lineno, f"`{_short(node.value)}` has no effect"
        elif isinstance(node, ast.Assign) and ast.unparse(node.value) in map(ast.unparse, node.targets):
            yield node.lineno, f"`{_short(node.value)}` is assigned to itself"


LOOKS: tuple[Callable[[Function], Iterator[Finding]], ...] = (
    unread_parameters,
    unread_variables,
    compared_with_itself,
    same_branches,
    passed_twice,
    without_effect,
)


def _is_abstract(function: Function) -> bool:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return not body or (len(body) == 1 and isinstance(body[0], ast.Raise | ast.Pass | ast.Expr))


def _counts(iterated: ast.expr) -> bool:
    """Say whether a loop only does something so many times."""
    return isinstance(iterated, ast.Call) and isinstance(iterated.func, ast.Name) and iterated.func.id == "range"


def _dump(body: list[ast.stmt]) -> list[str]:
    return [ast.dump(node) for node in body]


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 40 else f"{text[:39]}…"
