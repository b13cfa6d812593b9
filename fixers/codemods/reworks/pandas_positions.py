"""Items of a pandas series by position, which `[]` takes as labels since pandas 3."""

from __future__ import annotations

import libcst as cst

from fixers.codemods.workfile import Workfile


def positions(work: Workfile) -> None:
    """Read by `.iloc` what the failing line reads by a whole number, when it does so once."""
    failing = work.source.at(work.line, cst.Subscript) if work.line else []
    numbered = [node for node in failing if _number(node) and not _is_positional(node.value)]
    if len(numbered) == 1:
        node = numbered[0]
        work.edits.put(node.value, cst.Attribute(node.value, cst.Name("iloc")))


def _number(node: cst.Subscript) -> bool:
    index = node.slice[0].slice if len(node.slice) == 1 else None
    value = index.value if isinstance(index, cst.Index) else None
    if isinstance(value, cst.UnaryOperation) and isinstance(value.operator, cst.Minus):
        value = value.expression
    return isinstance(value, cst.Integer)


def _is_positional(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Attribute) and node.attr.value in {"iloc", "loc", "iat", "at", "shape", "values"}
