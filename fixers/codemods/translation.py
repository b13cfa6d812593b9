"""Errors that a module translates in one place and lets through in another."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.codemods.crash import Site
from fixers.codemods.source import Edits, Source


def as_elsewhere(site: Site, raised: str, expected: str) -> str | None:
    """Wrap the failing statement in the handler that the module has around the same expression elsewhere.

    The same look-up or call, the same error caught, the expected one raised from names that both functions have;
    None where there is no such handler, or where they differ.
    """
    source = site.source
    line, function = source.statement(site.line), source.enclosing(site.line, cst.FunctionDef)
    if line is None or function is None or source.up(line, cst.Try) is not None:
        return None
    risky = {source.code(node) for node in _risky(source, line, raised)}
    known = _names_of(source, function)
    found = [
        handler
        for guarded in source.all(cst.Try)
        if risky & {source.code(node) for part in guarded.body.body for node in _risky(source, part, raised)}
        for handler in guarded.handlers
        if _translates(handler, raised, expected) and _free(source, handler) <= known
    ]
    if not found or len({source.code(handler).strip() for handler in found}) != 1:
        return None
    body = cst.IndentedBlock([line.with_changes(leading_lines=[])])
    wrapped = cst.Try(body=body, handlers=[found[0].with_changes(leading_lines=[])], leading_lines=line.leading_lines)
    return Edits(source).put(line, wrapped).text()


def _risky(source: Source, node: cst.CSTNode, raised: str) -> Iterator[cst.CSTNode]:
    yield from source.within(node, cst.Subscript)
    if raised not in {"KeyError", "IndexError"}:
        yield from source.within(node, cst.Call)


def _translates(handler: cst.ExceptHandler, raised: str, expected: str) -> bool:
    """Say whether a handler catches one error and does nothing but raise the other."""
    statement = handler.body.body[0] if len(handler.body.body) == 1 else None
    inner = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else None
    if handler.type is None or not isinstance(inner, cst.Raise) or inner.exc is None:
        return False
    value = inner.exc.func if isinstance(inner.exc, cst.Call) else inner.exc
    return _name(handler.type) == raised and _name(value) == expected


def _name(node: cst.CSTNode) -> str:
    return (get_full_name_for_node(node) or "").rpartition(".")[2]


def _names_of(source: Source, function: cst.FunctionDef) -> set[str]:
    """Return the parameters of a function."""
    return {param.name.value for param in source.within(function.params, cst.Param)}


def _free(source: Source, handler: cst.ExceptHandler) -> set[str]:
    """Return the variables that a handler reads, its own and what no function binds left out."""
    named = handler.name.name if handler.name is not None else None
    own = {named.value} if isinstance(named, cst.Name) else set()
    raised = source.within(handler.body, cst.Raise)[0]
    value = raised.exc
    read = {
        name.value
        for arg in (value.args if isinstance(value, cst.Call) else ())
        for name in source.within(arg.value, cst.Name)
    }
    return {name for name in read - own if not hasattr(builtins, name)}
