"""Two operands, or the items of a join, whose types do not go together: which one to convert."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from fixers.codemods.base import Scene
from fixers.codemods.conversions import NUMBERS, conversions
from fixers.codemods.crash import Site
from fixers.codemods.live import kind_of
from fixers.codemods.source import Edits
from fixers.model import Tier

_SIGNS: dict[str, type[cst.BaseBinaryOp]] = {
    "+": cst.Add, "-": cst.Subtract, "*": cst.Multiply, "/": cst.Divide, "//": cst.FloorDivide, "%": cst.Modulo,
    "|": cst.BitOr, "&": cst.BitAnd, "^": cst.BitXor,
}  # fmt: skip
_ORDERS: dict[str, type[cst.BaseCompOp]] = {
    "<": cst.LessThan, "<=": cst.LessThanEqual, ">": cst.GreaterThan, ">=": cst.GreaterThanEqual,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pair:
    """Two operands that do not go together, as the message has them."""

    left: str
    right: str
    sign: str = "+"


@dataclass(frozen=True, slots=True)
class Repair:
    """One way to make types fit, with how sure it is and why in words."""

    prior: float
    edits: Edits
    what: str
    tier: Tier = Tier.B


def operands(scene: Scene, site: Site, pair: Pair) -> Iterator[Repair]:
    """Convert either side of an operation; for certain the one that is joined to a literal text."""
    sign = _SIGNS.get(pair.sign)
    sides: list[tuple[cst.BaseExpression | None, cst.BaseExpression, bool]] = [
        (node.left, node.right, _has_literal_text(node.left) or _has_literal_text(node.right))
        for node in site.source.at(site.line, cst.BinaryOperation)
        if sign is not None and isinstance(node.operator, sign)
    ]
    sides += [(None, node.value, _has_literal_text(node.value)) for node in site.source.at(site.line, cst.AugAssign)]
    fitting = [
        (left, right, text)
        for left, right, text in sides
        if (left is None or kind_of(scene, site, left) in {"", pair.left})
        and kind_of(scene, site, right) in {"", pair.right}
    ]
    for left, right, text in fitting if len(fitting) == 1 else ():
        yield from converted(site, right, pair.right, pair.left, certain=text)
        if left is not None:
            yield from converted(site, left, pair.left, pair.right, certain=text)


def compared(scene: Scene, site: Site, pair: Pair) -> Iterator[Repair]:
    """Make a number of the text that is compared with one."""
    found = [
        (node.left, target.comparator)
        for node in site.source.at(site.line, cst.Comparison)
        for target in node.comparisons[:1]
        if isinstance(target.operator, _ORDERS[pair.sign])
        and kind_of(scene, site, node.left) in {"", pair.left}
        and kind_of(scene, site, target.comparator) in {"", pair.right}
    ]
    for left, right in found if len(found) == 1 else ():
        sides = [(left, pair.left, pair.right), (right, pair.right, pair.left)]
        for node, have, want in sides:
            if have == "str" and want in NUMBERS:
                yield from converted(site, node, have, want)


def joined(scene: Scene, site: Site, kind: str) -> Iterator[Repair]:
    """Make texts of the items that are joined to one."""
    calls = [
        call
        for call in site.source.at(site.line, cst.Call)
        if isinstance(call.func, cst.Attribute) and call.func.attr.value == "join" and len(call.args) == 1
    ]
    if len(calls) != 1 or not list(conversions("x", kind, "str")):
        return
    argument = calls[0].args[0].value
    tier, prior = (Tier.A, 0.85) if kind in NUMBERS else (Tier.B, 0.6)
    what = f"The items are of type {kind}, and only texts can be joined."
    if isinstance(argument, (cst.GeneratorExp, cst.ListComp)):
        if kind_of(scene, site, argument.elt) in {"", kind}:
            _, new = next(conversions(site.source.code(argument.elt), kind, "str"))
            yield Repair(prior, Edits(site.source).put(argument.elt, cst.parse_expression(new)), what, tier)
    elif kind != "bytes" and kind_of(scene, site, argument) not in {"map", "str"}:
        new = f"map(str, {site.source.code(argument)})"
        yield Repair(prior, Edits(site.source).put(argument, cst.parse_expression(new)), what, tier)


def converted(site: Site, node: cst.BaseExpression, have: str, want: str, *, certain: bool = False) -> Iterator[Repair]:
    """Convert one expression; `certain` when the other side is a literal text, so that text it must be."""
    written = site.source.code(node)
    if isinstance(node, (cst.BinaryOperation, cst.Lambda, cst.IfExp, cst.BooleanOperation, cst.Await)):
        written = f"({written})" if want in {"bytes", "str"} and have in {"str", "bytes"} else written
    if certain and want != "str" and have == "str":
        return  # a literal text is no number
    for prior, new in conversions(written, have, want):
        sure = certain and want == "str" and have in NUMBERS
        edits = Edits(site.source).put(node, cst.parse_expression(new))
        what = f"`{site.source.code(node)}` is of type {have} where {want} is needed."
        yield Repair(0.85 if sure else prior, edits, what, Tier.A if sure else Tier.B)


def _has_literal_text(node: cst.BaseExpression) -> bool:
    """Say whether an operand is, or is joined from, a literal text that is no number."""
    if isinstance(node, cst.BinaryOperation):
        return isinstance(node.operator, cst.Add) and (_has_literal_text(node.left) or _has_literal_text(node.right))
    if isinstance(node, cst.FormattedString):
        return True
    value = node.evaluated_value if isinstance(node, cst.SimpleString) else None
    return isinstance(value, str) and not value.strip().isdecimal()
