"""Where a None came from: a result that was never returned, a method that works in place."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

import libcst as cst

from fixers.codemods.base import Scene
from fixers.codemods.crash import Site
from fixers.codemods.scopes import own_nodes
from fixers.codemods.signatures import called_name
from fixers.codemods.source import Edits, parse
from fixers.codemods.symbols import functions
from fixers.project import is_repairable


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A function that computes a value and does not return it, with the text that does."""

    name: str
    line: int
    texts: Mapping[str, str]


def forgotten_return(scene: Scene, site: Site, value: cst.BaseExpression) -> Forgotten | None:
    """Return the repaired function whose missing `return` made the value None, or None.

    Only when that function returns nothing anywhere and ends by computing a value:
    an assignment to a plain local name, or an expression that is no call.
    """
    call = producer(site, value)
    found = functions(scene.project, called_name(call)) if call is not None else []
    if len(found) != 1 or not is_repairable(found[0].path):
        return None
    node = found[0].node
    if any(isinstance(item, (ast.Return, ast.Yield, ast.YieldFrom, ast.Raise)) for item in own_nodes(node)):
        return None
    source = parse(scene.project.text(found[0].path))
    last = source.statement(node.body[-1].lineno) if source else None
    computed = last.body[-1] if last is not None else None
    if source is None or last is None or computed is None or len(node.body) < 2:
        return None
    edits = Edits(source)
    if isinstance(computed, cst.Expr) and not isinstance(computed.value, (cst.Call, cst.Await, cst.SimpleString)):
        edits.put(computed, cst.Return(computed.value))
    elif isinstance(computed, cst.Assign) and isinstance(computed.targets[0].target, cst.Name):
        returned = cst.parse_statement(f"return {computed.targets[0].target.value}")
        edits.put(last, cst.FlattenSentinel([last, returned]))
    else:
        return None
    return Forgotten(node.name, node.lineno, {found[0].path: edits.text()})


def mutated_in_place(site: Site, value: cst.BaseExpression) -> Edits | None:
    """Return edits that take the list itself where the value is what `sort()` or `reverse()` returned."""
    call = producer(site, value)
    if call is None or not isinstance(call.func, cst.Attribute) or call.func.attr.value not in {"sort", "reverse"}:
        return None
    if call.func.attr.value == "reverse" and call.args:
        return None
    source = site.source
    name = "sorted" if call.func.attr.value == "sort" else "reversed"
    arguments = "".join(f", {source.code(arg).rstrip(', ')}" for arg in call.args)
    text = f"{name}({source.code(call.func.value)}{arguments})"
    return Edits(source).put(call, cst.parse_expression(text if name == "sorted" else f"list({text})"))


def producer(site: Site, value: cst.BaseExpression) -> cst.Call | None:
    """Return the call that made the value: the value itself, or what its name was last assigned in the function."""
    if isinstance(value, cst.Call):
        return value
    function = site.source.enclosing(site.line, cst.FunctionDef)
    if not isinstance(value, cst.Name) or function is None:
        return None
    assigned = [
        node
        for node in site.source.within(function, cst.Assign)
        if any(isinstance(t.target, cst.Name) and t.target.value == value.value for t in node.targets)
    ]
    return assigned[0].value if len(assigned) == 1 and isinstance(assigned[0].value, cst.Call) else None
