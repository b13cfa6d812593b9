"""Which classes of a project are pydantic models, and which names surely hold instances of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.codemods.symbols import classes
from fixers.codemods.workfile import Workfile

_BASES = re.compile(r"^pydantic(_settings)?(\.\w+)*\.(BaseModel|BaseSettings|GenericModel|RootModel)$")
_DEPTH = 8
_METHODS = {"json": "model_dump_json", "copy": "model_copy"}


def sure_methods(work: Workfile) -> None:
    """Rename `json()` and `copy()`, which other things have too, where what they are called on is surely a model."""
    for call in work.source.all(cst.Call):
        func = call.func
        if isinstance(func, cst.Attribute) and func.attr.value in _METHODS and _is_instance(work, func.value, _DEPTH):
            work.edits.put(func.attr, cst.Name(_METHODS[func.attr.value]))


def models(work: Workfile) -> Iterator[cst.ClassDef]:
    """Yield the classes of a file that are pydantic models, as far as their bases can be followed."""
    for node in work.source.all(cst.ClassDef):
        if any(_is_model(work, base.value, _DEPTH) for base in node.bases):
            yield node


def _is_model(work: Workfile, base: cst.BaseExpression, depth: int) -> bool:
    node = base.value if isinstance(base, cst.Subscript) else base
    real = work.real(node)
    if _BASES.match(real):
        return True
    name = (real or get_full_name_for_node(node) or "").rpartition(".")[2]
    found = classes(work.project, name) if name and depth else []
    if len(found) != 1:
        return False
    parents = [cst.parse_expression(ast.unparse(parent)) for parent in found[0][1].bases]
    other = work.beside(found[0][0])
    return other is not None and any(_is_model(other, parent, depth - 1) for parent in parents)


def _is_instance(work: Workfile, node: cst.BaseExpression, depth: int) -> bool:
    """Say whether an expression is a call of a model's class, or a name that got its one value so."""
    if not depth:
        return False
    if isinstance(node, cst.Call):
        func = node.func
        method = func.attr.value if isinstance(func, cst.Attribute) else ""
        if isinstance(func, cst.Attribute) and method in {"copy", "model_copy"}:
            return _is_instance(work, func.value, depth - 1)
        if isinstance(func, cst.Attribute) and method in {"construct", "model_validate", "parse_obj"}:
            return _is_model(work, func.value, _DEPTH)
        return _is_model(work, func, _DEPTH)
    return isinstance(node, cst.Name) and _holds_instance(work, node, depth)


def _holds_instance(work: Workfile, name: cst.Name, depth: int) -> bool:
    function = work.source.up(name, cst.FunctionDef)
    if name.value == "self":
        owner = work.source.up(name, cst.ClassDef)
        return owner is not None and any(owner is model for model in models(work))
    for param in work.source.within(function.params if function else None, cst.Param):
        if param.name.value == name.value:
            return param.annotation is not None and _is_model(work, param.annotation.annotation, _DEPTH)
    given = [
        line.value
        for line in work.source.within(function, cst.Assign)
        if any(isinstance(t.target, cst.Name) and t.target.value == name.value for t in line.targets)
    ]
    return len(given) == 1 and _is_instance(work, given[0], depth - 1)
