"""Which names a line can see."""

from __future__ import annotations

import ast
from collections.abc import Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef
Scope = Function | ast.ClassDef

_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def enclosing(tree: ast.Module, line: int) -> list[Scope]:
    """Return the functions and classes around a line, outermost first."""
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    return sorted(around, key=lambda node: node.lineno)


def function_at(tree: ast.Module, line: int) -> Function | None:
    """Return the innermost function around a line."""
    functions = [node for node in enclosing(tree, line) if not isinstance(node, ast.ClassDef)]
    return functions[-1] if functions else None


def class_at(tree: ast.Module, line: int) -> ast.ClassDef | None:
    """Return the innermost class around a line."""
    classes = [node for node in enclosing(tree, line) if isinstance(node, ast.ClassDef)]
    return classes[-1] if classes else None


def parameters(function: Function | ast.Lambda) -> list[str]:
    """Return all parameter names, `*args` and `**kwargs` included."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [arg.arg for arg in (*every, arguments.vararg, arguments.kwarg) if arg is not None]


def bound(scope: ast.Module | Scope) -> set[str]:
    """Return the names that the body of a scope binds, without those of scopes inside it."""
    names = set() if isinstance(scope, (ast.Module, ast.ClassDef)) else set(parameters(scope))
    for node in own_nodes(scope):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            names.add(node.name)
    return names


def visible(tree: ast.Module, line: int) -> set[str]:
    """Return the names a line can see, builtins left out. A class body is seen only from itself."""
    around = enclosing(tree, line)
    names = bound(tree)
    for scope in around:
        if not isinstance(scope, ast.ClassDef) or scope is around[-1]:
            names |= bound(scope)
    return names


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a scope's body, nested functions and classes as one node each."""
    pending: list[ast.AST] = (
        list(scope.body) if isinstance(scope, (ast.Module, *_NESTED[:3])) else list(ast.iter_child_nodes(scope))
    )
    while pending:
        node = pending.pop(0)
        yield node
        if not isinstance(node, _NESTED):
            pending[:0] = ast.iter_child_nodes(node)


def expects_none(function: ast.AST, name: str) -> bool:
    """Say whether a function asks if one of its names is None."""
    return any(
        isinstance(node, ast.Compare)
        and isinstance(node.left, ast.Name)
        and node.left.id == name
        and isinstance(node.ops[0], ast.Is)
        and isinstance(node.comparators[0], ast.Constant)
        and node.comparators[0].value is None
        for node in ast.walk(function)
    )
