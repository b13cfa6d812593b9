"""Arguments, indices and keys of a type that is not taken there."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from fixers.codemods.base import Scene
from fixers.codemods.crash import Site
from fixers.codemods.live import kind_of, types_of
from fixers.codemods.operand_types import Repair, converted
from fixers.codemods.source import Edits


def whole_numbers(scene: Scene, site: Site, have: str) -> Iterator[Repair]:
    """Divide without a remainder where a whole number is needed; convert where nothing is divided."""
    source = site.source
    nodes: list[cst.BaseExpression] = [arg.value for call in source.at(site.line, cst.Call) for arg in call.args]
    for subscript in source.at(site.line, cst.Subscript):
        nodes += [part.slice.value for part in subscript.slice if isinstance(part.slice, cst.Index)]
    known = [node for node in nodes if kind_of(scene, site, node) == have]
    divided = [
        node for node in nodes if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Divide)
    ]
    if have == "float":
        makers = [maker for node in nodes if isinstance(node, cst.Name) and (maker := _division(site, node))]
        for division in [*divided, *makers][:1]:
            edits = Edits(source).put(division.operator, cst.FloorDivide())
            yield Repair(0.7, edits, "`/` gives a float, and a whole number is needed here.")
            return
    for node in known if len(known) == 1 else ():
        yield from converted(site, node, have, "int")


def _division(site: Site, name: cst.Name) -> cst.BinaryOperation | None:
    """Return the division whose result a variable of the function holds, when it is assigned once."""
    function = site.source.enclosing(site.line, cst.FunctionDef)
    assigned = [
        node.value
        for node in site.source.within(function, cst.Assign)
        if any(isinstance(t.target, cst.Name) and t.target.value == name.value for t in node.targets)
    ]
    made = assigned[0] if len(assigned) == 1 else None
    return made if isinstance(made, cst.BinaryOperation) and isinstance(made.operator, cst.Divide) else None


def hashed(scene: Scene, site: Site, have: str) -> Iterator[Repair]:
    """Make the key hashable that was looked up, stored or added."""
    source = site.source
    want = {"list": "tuple", "set": "frozenset"}.get(have, "")
    nodes: list[cst.BaseExpression] = []
    for call in source.at(site.line, cst.Call):
        if isinstance(call.func, cst.Attribute) and call.func.attr.value in {"add", "get", "setdefault", "pop"}:
            nodes += [arg.value for arg in call.args[:1]]
    for subscript in source.at(site.line, cst.Subscript):
        nodes += [part.slice.value for part in subscript.slice if isinstance(part.slice, cst.Index)]
    for asked in source.at(site.line, cst.Comparison):
        nodes += [asked.left for target in asked.comparisons[:1] if isinstance(target.operator, (cst.In, cst.NotIn))]
    found = {source.code(node): node for node in nodes if kind_of(scene, site, node) == have}
    plain = all("list" not in types_of(scene, site, node)[1:] for node in found.values())
    for node in found.values() if want and len(found) == 1 and plain else ():
        same = [other for other in nodes if source.code(other) == source.code(node)]
        edits = Edits(source)
        for other in same:
            edits.put(other, cst.parse_expression(f"{want}({source.code(node)})"))
        yield Repair(0.6, edits, f"A {have} cannot be a key; `{want}` of it can.")


def arguments(scene: Scene, site: Site, have: str, want: str) -> Iterator[Repair]:
    """Convert the one argument on the line that has the type complained of."""
    calls = site.source.at(site.line, cst.Call)
    nodes = [arg.value for call in calls for arg in call.args if not arg.star]
    known = {site.source.code(node): node for node in nodes if kind_of(scene, site, node) == have}
    if not known and len(nodes) == 1 and not kind_of(scene, site, nodes[0]):
        known = {"": nodes[0]}
    for node in known.values() if len(known) == 1 else ():
        yield from converted(site, node, have, want)
