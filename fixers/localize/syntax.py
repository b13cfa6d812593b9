"""Statements and functions of a module, with the names of what encloses them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixers.project import Project

Function = ast.FunctionDef | ast.AsyncFunctionDef


def tree_of(project: Project, path: str) -> ast.Module:
    """Return a file's tree; an empty one when only the target's interpreter, newer than ours, can read it."""
    try:
        return project.tree(path)
    except (KeyError, SyntaxError):
        return ast.Module(body=[], type_ignores=[])


def statements_of(tree: ast.Module) -> Iterator[tuple[ast.stmt, str]]:
    """Yield every statement with the qualified name of what encloses it, in source order."""

    def walk(node: ast.AST, names: str) -> Iterator[tuple[ast.stmt, str]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                yield child, names
            inner = names
            if isinstance(child, Function | ast.ClassDef):
                inner = f"{names}.{child.name}" if names else child.name
            yield from walk(child, inner)

    return walk(tree, "")


def functions_of(tree: ast.Module) -> dict[str, Function]:
    """Return the functions of a module by qualified name; of several with one name the last, which is in force."""
    return {
        f"{names}.{node.name}" if names else node.name: node
        for node, names in statements_of(tree)
        if isinstance(node, Function)
    }


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """Yield the nodes of a function's body that are not inside another function or class."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Function | ast.ClassDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def identifiers(node: ast.AST) -> set[str]:
    """Return the names and attributes that a node mentions."""
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return names | {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}


def called_names(node: ast.AST) -> set[str]:
    """Return the last names of what a node calls: `f` of `f()` and of `x.f()`."""
    calls = (n.func for n in ast.walk(node) if isinstance(n, ast.Call))
    return {f.attr if isinstance(f, ast.Attribute) else f.id for f in calls if isinstance(f, ast.Attribute | ast.Name)}
