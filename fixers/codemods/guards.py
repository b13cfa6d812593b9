"""Places where the author already caters for a name being absent."""

from __future__ import annotations

import ast

import libcst as cst

from fixers.codemods.source import Source

_CATCHING = ("ImportError", "ModuleNotFoundError", "AttributeError", "Exception")
_VERSION_TESTS = ("version_info", "PY2", "PY3", "hexversion", "hasattr(")


def guarded(source: Source, node: cst.CSTNode) -> bool:
    """Say whether a `try` or a version test around `node` deals with the missing name."""
    current: cst.CSTNode | None = node
    while current is not None:
        if isinstance(current, cst.Try) and any(_catches(source, handler) for handler in current.handlers):
            return True
        if isinstance(current, (cst.If, cst.IfExp)) and _tests_version(source, current):
            return True
        current = source.parents.get(current)
    return False


def rebound(tree: ast.Module, name: str) -> bool:
    """Say whether an imported name is bound a second time: by another import, an assignment, a parameter."""
    imported = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            imported += name in {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            imported += name in {alias.asname for alias in node.names if alias.asname}
        elif (isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)) or (
            isinstance(node, ast.arg) and node.arg == name
        ):
            return True
    return imported > 1


def _catches(source: Source, handler: cst.ExceptHandler) -> bool:
    return handler.type is None or any(name in source.code(handler.type) for name in _CATCHING)


def _tests_version(source: Source, statement: cst.If | cst.IfExp) -> bool:
    test = source.code(statement.test)
    return any(word in test for word in _VERSION_TESTS)
