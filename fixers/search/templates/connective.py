"""Wrong `and`, `or` and `not`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixers.model import Tier
from fixers.search.ingredients import Ingredients
from fixers.search.site import Site
from fixers.search.syntax import COMPREHENSIONS, copied, is_load, negated
from fixers.search.template import Edit, Example, Template, replace


class WrongConnective(Template):
    """Exchange `and` and `or`, add or drop `not`, drop an operand or a condition of a comprehension."""

    NAME = "wrong-connective"
    NUMBER = 47
    TIER = Tier.B
    PRIOR = 0.5
    SUMMARY = "the condition may be put together wrongly"
    BY_SLOT = True
    VALID = ("def f(a):\n    return a + 1\n",)
    INVALID = (
        Example("def f(a, b):\n    return a and b\n", "def f(a, b):\n    return a or b\n"),
        Example("def f(a, b):\n    return a and b\n", "def f(a, b):\n    return b\n"),
        Example("def f(a, b, c):\n    return a or b or c\n", "def f(a, b, c):\n    return a or b and c\n"),
        Example("def f(a, b, c):\n    return a or b and c\n", "def f(a, b, c):\n    return a or b or c\n"),
        Example("def f(a, b, c):\n    return a or b and c\n", "def f(a, b, c):\n    return (a or b) and c\n"),
        Example("def f(a, b, c):\n    return a and b and c\n", "def f(a, b, c):\n    return a and (b or c)\n"),
        Example("def f(a):\n    if a:\n        g()\n", "def f(a):\n    if not a:\n        g()\n"),
        Example("def f(a):\n    if not a:\n        g()\n", "def f(a):\n    if a:\n        g()\n"),
        Example("def f(a):\n    return [x for x in a if x]\n", "def f(a):\n    return [x for x in a if not x]\n"),
        Example("def f(a):\n    return [x for x in a if x]\n", "def f(a):\n    return [x for x in a]\n"),
        Example("def f(a, b):\n    return a if b else 0\n", "def f(a, b):\n    return 0 if b else a\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:  # noqa: ARG002 - needs none
        """Yield connectives, then negations where a truth value is read, then dropped operands."""
        for slot in site.slots:
            match slot:
                case ast.BoolOp(op=op, values=values):
                    yield replace(slot, copied(slot, op=_other(op)))
                    yield from _one_joint(slot)
                    yield from _regrouped(slot, site)
                    for index in range(len(values)):
                        rest = [*values[:index], *values[index + 1 :]]
                        yield replace(slot, copied(slot, values=rest) if len(rest) > 1 else rest[0], 0.5)
                case ast.UnaryOp(op=ast.Not(), operand=operand):
                    yield replace(slot, operand)
                case ast.IfExp(body=body, orelse=orelse):
                    yield replace(slot, copied(slot, body=orelse, orelse=body), 0.7)
                    yield replace(slot, body, 0.4)
                    yield replace(slot, orelse, 0.4)
            if isinstance(slot, COMPREHENSIONS):
                yield from _unfiltered(slot)
            weight = _truth(slot, site)
            # A negated comparison is a neighbouring operator, which is another template's.
            if weight and is_load(slot) and not (isinstance(slot, ast.Compare) and len(slot.ops) == 1):
                yield replace(slot, negated(slot), weight)


def _other(operator: ast.boolop) -> ast.boolop:
    return ast.Or() if isinstance(operator, ast.And) else ast.And()


def _one_joint(slot: ast.BoolOp) -> Iterator[Edit]:
    """Yield the other connective at one place of three or more: as it binds, and with its neighbours in parentheses."""
    values = slot.values
    for at in range(1, len(values)) if len(values) > 2 else ():
        pair = ast.BoolOp(op=_other(slot.op), values=values[at - 1 : at + 1])
        yield replace(slot, copied(slot, values=[*values[: at - 1], pair, *values[at + 1 :]]), 0.7)
        sides = [part[0] if len(part) == 1 else copied(slot, values=part) for part in (values[:at], values[at:])]
        yield replace(slot, ast.BoolOp(op=_other(slot.op), values=sides), 0.5)


def _regrouped(slot: ast.BoolOp, site: Site) -> Iterator[Edit]:
    """Yield `a or b or c` and `(a or b) and c` for the inner part of `a or b and c`."""
    outer = site.view.parents[slot]
    if not isinstance(outer, ast.BoolOp):
        return
    at = next(index for index, value in enumerate(outer.values) if value is slot)
    before, after = outer.values[:at], outer.values[at + 1 :]
    yield replace(outer, copied(outer, values=[*before, *slot.values, *after]), 0.8)
    if before:
        first = copied(outer, values=[*before, slot.values[0]])
        yield replace(outer, _beside_rest(copied(slot, values=[first, *slot.values[1:]]), outer, after), 0.5)
    if after:
        last = copied(outer, values=[slot.values[-1], *after])
        inner = copied(slot, values=[*slot.values[:-1], last])
        yield replace(outer, copied(outer, values=[*before, inner]) if before else inner, 0.5)


def _beside_rest(inner: ast.BoolOp, outer: ast.BoolOp, after: list[ast.expr]) -> ast.BoolOp:
    return copied(outer, values=[inner, *after]) if after else inner


def _truth(slot: ast.expr, site: Site) -> float:  # noqa: PLR0911 - one row of a table each
    """Say how likely the slot is read as a truth value."""
    parent = site.view.parents[slot]
    match parent:
        case ast.If(test=test) | ast.While(test=test) | ast.Assert(test=test) | ast.IfExp(test=test) if test is slot:
            return 1.0
        case ast.BoolOp():
            return 0.9
        case ast.comprehension(ifs=ifs) if slot in ifs:
            return 0.9
        case ast.Return() if isinstance(slot, (ast.Call, ast.BoolOp, ast.Name, ast.Attribute, ast.Compare)):
            return 0.6
        case ast.Call(args=args) if slot in args and isinstance(slot, (ast.Call, ast.Name)):
            return 0.15
        case ast.Assign() | ast.keyword() if isinstance(slot, (ast.Call, ast.Name, ast.BoolOp)):
            return 0.3
    return 0.0


def _unfiltered(slot: ast.expr) -> Iterator[Edit]:
    generators: list[ast.comprehension] = slot.generators  # type: ignore[attr-defined]
    for number, part in enumerate(generators):
        for index in range(len(part.ifs)):
            other = copied(part, ifs=[*part.ifs[:index], *part.ifs[index + 1 :]])
            yield replace(slot, copied(slot, generators=[*generators[:number], other, *generators[number + 1 :]]), 0.5)
