"""Variables that only what was rewritten away had read."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator

import libcst as cst

from fixers.codemods.source import Edits, parse

_HARMLESS = frozenset({"asyncio.get_event_loop", "asyncio.get_running_loop", "dict", "list", "set", "object"})
"""Calls that do nothing but return something."""


def without_idle(before: str, after: str) -> str:
    """Return a new text without the assignments whose variable was read before and is read no more.

    Only local variables, assigned once from something that does nothing else.
    """
    source = parse(after)
    try:
        was = _reads(ast.parse(before))
        now = _reads(ast.parse(after))
    except SyntaxError:
        return after
    if source is None:
        return after
    edits = Edits(source)
    for function in source.all(cst.FunctionDef):
        idle = was.get(function.name.value, set()) - now.get(function.name.value, set())
        for line in source.within(function.body, cst.SimpleStatementLine) if idle else ():
            names = list(_assigned(line))
            if names and set(names) <= idle and _once(source.code(function), names[0]):
                block = source.parents[line]
                alone = isinstance(block, cst.IndentedBlock) and len(block.body) == 1
                edits.put(line, cst.parse_statement("pass") if alone else cst.RemoveFromParent())
    return edits.text() if edits.changes else after


def _reads(tree: ast.Module) -> dict[str, set[str]]:
    """Return what is read in the functions of each name, in those inside them too."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Store)}
            found.setdefault(node.name, set()).update(names)
    return found


def _assigned(line: cst.SimpleStatementLine) -> Iterator[str]:
    """Yield the variable that a statement assigns, where that is all it does."""
    inner = line.body[0]
    if len(line.body) == 1 and isinstance(inner, cst.Assign) and len(inner.targets) == 1 and _is_harmless(inner.value):
        target = inner.targets[0].target
        if isinstance(target, cst.Name):
            yield target.value


def _is_harmless(value: cst.BaseExpression) -> bool:
    if isinstance(value, (cst.Name, cst.SimpleString, cst.BaseNumber)):
        return True
    if isinstance(value, cst.Attribute):
        return _is_harmless(value.value)
    written = cst.Module([]).code_for_node(value.func) if isinstance(value, cst.Call) and not value.args else ""
    return written in _HARMLESS


def _once(code: str, name: str) -> bool:
    """Say whether a function binds a name once."""
    tree = ast.parse(_dedented(code))
    bound = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)]
    return len(bound) == 1


def _dedented(code: str) -> str:
    return textwrap.dedent(code).strip() + "\n"
