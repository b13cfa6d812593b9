"""Relationships that loader options and joins were given as texts, which SQLAlchemy 2 wants as attributes."""

from __future__ import annotations

import ast

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.codemods.symbols import classes
from fixers.codemods.workfile import Workfile

_LOADERS = frozenset({
    "contains_eager", "defaultload", "defer", "immediateload", "joinedload", "lazyload", "load_only", "noload",
    "raiseload", "selectinload", "subqueryload", "undefer",
})  # fmt: skip
_JOINS = frozenset({"join", "outerjoin"})


def attributes(work: Workfile) -> None:
    """Write `joinedload("lines")` and `.join("lines")` in a query of `Order` with `Order.lines`.

    Only where the class that is queried is known, and the project's class of that name has the attribute.
    """
    for call in work.source.all(cst.Call):
        arg = call.args[0] if call.args else None
        text = arg.value if arg is not None and arg.keyword is None and not arg.star else None
        if arg is None or not isinstance(text, cst.SimpleString):
            continue
        name = _called(call)
        if name not in _LOADERS | _JOINS or (name in _JOINS and len(call.args) != 1):
            continue
        owner = _queried(work, call)
        new = _path(work, owner, str(text.evaluated_value), name) if owner else []
        if len(new) == 1:
            work.edits.put(text, cst.parse_expression(new[0]))
        elif new:
            first, *rest = new
            chained = f"{work.source.code(call.func)}({first})" + "".join(f".{name}({part})" for part in rest)
            work.edits.put(call, cst.parse_expression(chained))


def _called(call: cst.Call) -> str:
    return (get_full_name_for_node(call.func) or "").rpartition(".")[2] or (
        call.func.attr.value if isinstance(call.func, cst.Attribute) else ""
    )


def _queried(work: Workfile, call: cst.Call) -> str:
    """Return the class whose attribute is meant: of the query around an option, or before it in the chain."""
    if isinstance(call.func, cst.Attribute) and isinstance(call.func.value, cst.Call):
        inner = call.func.value
        if _called(inner) in _LOADERS and _called(call) in _LOADERS:
            return ""  # the class at the end of another path
        if _called(call) in _JOINS:
            return _root(work, inner)
    node: cst.CSTNode = call
    while (outer := work.source.up(node, cst.Call)) is not None:
        if isinstance(outer.func, cst.Attribute) and outer.func.attr.value == "options":
            return _root(work, outer.func.value)
        node = outer
    return _root(work, call.func.value) if isinstance(call.func, cst.Attribute) and _called(call) in _JOINS else ""


def _root(work: Workfile, chain: cst.CSTNode) -> str:
    """Return what the `query(X)` or `select(X)` at the beginning of a chain is about."""
    while isinstance(chain, (cst.Call, cst.Attribute)):
        if isinstance(chain, cst.Call):
            if _called(chain) in {"query", "select"} and chain.args:
                first = chain.args[0].value
                while isinstance(first, cst.Attribute) and isinstance(first.value, (cst.Name, cst.Attribute)):
                    if classes(work.project, first.attr.value):
                        break
                    first = first.value
                return work.source.code(first) if isinstance(first, (cst.Name, cst.Attribute)) else ""
            chain = chain.func
        else:
            chain = chain.value
    if isinstance(chain, cst.Name):
        return _assigned(work, chain)
    return ""


def _assigned(work: Workfile, name: cst.Name) -> str:
    """Follow a variable of the same function to the one query that it was first set to."""
    function = work.source.up(name, cst.FunctionDef)
    values = [
        line.value
        for line in work.source.within(function, cst.Assign)
        if any(isinstance(t.target, cst.Name) and t.target.value == name.value for t in line.targets)
        and not any(inner.value == name.value for inner in work.source.within(line.value, cst.Name))
    ]
    return _root(work, values[0]) if len(values) == 1 and not isinstance(values[0], cst.Name) else ""


def _path(work: Workfile, owner: str, text: str, loader: str) -> list[str]:
    """Return the attributes that a dotted text names, one for each step; none when one of them is not known."""
    parts = text.split(".")
    if loader in _JOINS and len(parts) > 1:
        return []
    written, name = [], owner.rpartition(".")[2]
    spelled = owner
    for number, part in enumerate(parts):
        if not part.isidentifier() or not _has(work, name, part):
            return []
        written.append(f"{spelled}.{part}")
        if number + 1 < len(parts):
            name = _target(work, name, part)
            home = classes(work.project, name) if name else []
            path = home[0][0] if len(home) == 1 else ""
            here = (
                name if path == work.path else work.spelled(f"{work.project.module_name(path)}.{name}") if path else ""
            )
            if not here:
                return []
            spelled = here
    return written


def _imported(work: Workfile, path: str, name: str) -> str:
    return (work.spelled(f"{work.project.module_name(path)}.{name}") if path else None) or ""


def _has(work: Workfile, owner: str, attribute: str) -> bool:
    found = classes(work.project, owner)
    return len(found) == 1 and _definition(found[0][1], attribute) is not None


def _definition(node: ast.ClassDef, attribute: str) -> ast.Assign | ast.AnnAssign | None:
    for line in node.body:
        if isinstance(line, ast.Assign) and any(_is_named(target, attribute) for target in line.targets):
            return line
        if isinstance(line, ast.AnnAssign) and _is_named(line.target, attribute):
            return line
    return None


def _is_named(target: ast.expr, name: str) -> bool:
    return isinstance(target, ast.Name) and target.id == name


def _target(work: Workfile, owner: str, attribute: str) -> str:
    """Return the class that a relationship leads to, as its call or its annotation says."""
    found = classes(work.project, owner)
    line = _definition(found[0][1], attribute) if len(found) == 1 else None
    value = line.value if line is not None else None
    if isinstance(value, ast.Call) and value.args:
        first = value.args[0]
        named = first.value if isinstance(first, ast.Constant) else ast.unparse(first)
        return str(named).rpartition(".")[2]
    return ""
