"""Arguments, indices and keys of a type that is not taken there."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from fixers.codemods.base import Scene
from fixers.codemods.crash import Site
from fixers.codemods.live import kind_of, types_of
from fixers.codemods.operand_types import Repair, converted
from fixers.codemods.signatures import called_name
from fixers.codemods.source import Edits

_CONVERTING = frozenset({"int", "float", "str", "len"})


def whole_numbers(scene: Scene, site: Site, have: str) -> Iterator[Repair]:
    """Convert the one argument or index on the line that is no whole number."""
    source = site.source
    calls = [call for call in source.at(site.line, cst.Call) if called_name(call) not in _CONVERTING]
    nodes: list[cst.BaseExpression] = [arg.value for call in calls for arg in call.args]
    for subscript in source.at(site.line, cst.Subscript):
        nodes += [part.slice.value for part in subscript.slice if isinstance(part.slice, cst.Index)]
    known = [node for node in nodes if kind_of(scene, site, node) == have]
    for node in known if len(known) == 1 else ():
        yield from converted(site, node, have, "int")


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
