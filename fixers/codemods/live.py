"""What an expression on a crashing line was, as far as its text or the crashed frame tells."""

from __future__ import annotations

import ast
from contextlib import suppress

import libcst as cst

from fixers.codemods.base import Scene
from fixers.codemods.crash import Site

_RESULTS = {
    "str": "str", "repr": "str", "format": "str", "input": "str", "int": "int", "len": "int",
    "float": "float", "list": "list", "sorted": "list", "tuple": "tuple", "set": "set", "dict": "dict",
    "bytes": "bytes", "range": "range", "map": "map", "filter": "filter", "zip": "zip", "bool": "bool",
}  # fmt: skip
_CONSTANTS = {"None": "NoneType", "True": "bool", "False": "bool"}
_METHODS = {
    "format": "str", "join": "str", "strip": "str", "lower": "str", "upper": "str", "title": "str", "replace": "str",
    "isoformat": "str", "strftime": "str", "encode": "bytes", "decode": "str", "split": "list", "splitlines": "list",
    "keys": "dict_keys", "values": "dict_values", "items": "dict_items",
}  # fmt: skip
_DISPLAYS: tuple[tuple[type[cst.CSTNode], str], ...] = (
    (cst.FormattedString, "str"),
    (cst.Integer, "int"),
    (cst.Float, "float"),
    (cst.List, "list"),
    (cst.ListComp, "list"),
    (cst.Tuple, "tuple"),
    (cst.Set, "set"),
    (cst.SetComp, "set"),
    (cst.Dict, "dict"),
    (cst.DictComp, "dict"),
    (cst.GeneratorExp, "generator"),
)


def kind_of(scene: Scene, site: Site, node: cst.BaseExpression) -> str:
    """Return the name of the type that an expression had, without its module; empty when unknown."""
    if isinstance(node, (cst.Name, cst.Attribute)):
        return _of_variable(scene, site, node)
    if isinstance(node, (cst.SimpleString, cst.ConcatenatedString)):
        return "bytes" if isinstance(node.evaluated_value, bytes) else "str"
    if isinstance(node, cst.Call):
        return _of_call(node)
    if isinstance(node, cst.BinaryOperation):
        return _of_operation(scene, site, node)
    return next((kind for display, kind in _DISPLAYS if isinstance(node, display)), "")


def types_of(scene: Scene, site: Site, node: cst.BaseExpression) -> tuple[str, ...]:
    """Return the type of a variable in the crashed frame, then those of its first items; empty when unknown."""
    return scene.values.get(_key("types", site, node), ())


def size_of(scene: Scene, site: Site, node: cst.BaseExpression) -> int | None:
    """Return how many items a variable of the crashed frame held."""
    found = scene.values.get(_key("size", site, node), ())
    return int(found[0]) if found and found[0].isdecimal() else None


def keys_of(scene: Scene, site: Site, node: cst.BaseExpression) -> tuple[str, ...] | None:
    """Return the keys of a mapping in the crashed frame, those that look like names; None when unknown.

    For the variable of a comprehension, those of the first mapping that it goes through.
    """
    found = scene.values.get(_key("keys", site, node))
    loop = site.source.parents.get(node)
    while found is None and isinstance(node, cst.Name) and loop is not None:
        parts = loop.for_in if isinstance(loop, cst.BaseComp) else None
        if parts is not None and isinstance(parts.target, cst.Name) and parts.target.value == node.value:
            first = cst.Subscript(parts.iter, [cst.SubscriptElement(cst.Index(cst.Integer("0")))])
            return scene.values.get(_key("keys", site, first))
        loop = site.source.parents.get(loop)
    return found


def _of_variable(scene: Scene, site: Site, node: cst.Name | cst.Attribute) -> str:
    if isinstance(node, cst.Name) and node.value in _CONSTANTS:
        return _CONSTANTS[node.value]
    known = types_of(scene, site, node)
    return known[0].rpartition(".")[2] if known else ""


def _of_call(node: cst.Call) -> str:
    if isinstance(node.func, cst.Name):
        return _RESULTS.get(node.func.value, "")
    return _METHODS.get(node.func.attr.value, "") if isinstance(node.func, cst.Attribute) else ""


def _of_operation(scene: Scene, site: Site, node: cst.BinaryOperation) -> str:
    left, right = kind_of(scene, site, node.left), kind_of(scene, site, node.right)
    if isinstance(node.operator, cst.Modulo) and left == "str":
        return "str"
    sides = {left, right} - {""}
    return sides.pop() if len(sides) == 1 and isinstance(node.operator, cst.Add) else ""


def _key(kind: str, site: Site, node: cst.BaseExpression) -> str:
    text = site.source.code(node)
    with suppress(SyntaxError):
        text = ast.unparse(ast.parse(text.strip(), mode="eval"))
    return f"{kind}:{site.path}:{site.line}:{text}"
