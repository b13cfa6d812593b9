"""Collections of shapes, which Shapely 2 goes through by their parts only."""

from __future__ import annotations

import libcst as cst

from fixers.codemods.workfile import Workfile

_GATHERING = frozenset({"all", "any", "enumerate", "list", "max", "min", "set", "sorted", "sum", "tuple", "zip"})


def parts(work: Workfile) -> None:
    """Go through `x.geoms` where the failing line goes through `x`."""
    asked = [loop.iter for loop in work.source.at(work.line, cst.For)]
    asked += [loop.iter for loop in work.source.at(work.line, cst.CompFor)]
    for call in work.source.at(work.line, cst.Call):
        if isinstance(call.func, cst.Name) and call.func.value in _GATHERING:
            asked += [arg.value for arg in call.args[:1]]
    for node in asked:
        plain = isinstance(node, (cst.Name, cst.Attribute, cst.Call, cst.Subscript))
        gathered = isinstance(node, cst.Call) and work.source.code(node.func) in _GATHERING
        if plain and not gathered and not work.source.code(node).endswith(".geoms"):
            work.edits.put(node, cst.Attribute(node, cst.Name("geoms")))
