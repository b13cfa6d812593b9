"""Wrong numbers."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixers.model import Tier
from fixers.search.ingredients import Ingredients
from fixers.search.site import Site
from fixers.search.syntax import copied, is_load, literal, number_of
from fixers.search.template import Edit, Example, Template, fading, replace

_VALUES = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.BinOp)
_USUAL = (0, 1, -1, 2, 10, 100, 1000, 60, 24, 7, 12, 8, 16, 255, 256, 1024, 3600, 0.5)


class OffByOne(Template):
    """Add or take one: literals, indexes, slice and range bounds, compared and returned values."""

    NAME = "off-by-one"
    NUMBER = 42
    TIER = Tier.B
    PRIOR = 0.5
    SUMMARY = "the value may be off by one"
    BY_SLOT = True
    VALID = ("def f(a):\n    pass\n", "def f():\n    return 'a'\n")
    INVALID = (
        Example("def f(a):\n    return a[0]\n", "def f(a):\n    return a[1]\n"),
        Example("def f(a):\n    return a[0]\n", "def f(a):\n    return a[-1]\n"),
        Example("def f(a, i):\n    return a[i]\n", "def f(a, i):\n    return a[i + 1]\n"),
        Example("def f(a, i):\n    return a[:i]\n", "def f(a, i):\n    return a[:i - 1]\n"),
        Example("def f(a, i):\n    return a[i:]\n", "def f(a, i):\n    return a[:]\n"),
        Example("def f(n):\n    return n + 1\n", "def f(n):\n    return n\n"),
        Example("def f(n):\n    return list(range(n))\n", "def f(n):\n    return list(range(1, n))\n"),
        Example("def f(n):\n    return list(range(n))\n", "def f(n):\n    return list(range(1, n + 1))\n"),
        Example("def f(n):\n    return list(range(n))\n", "def f(n):\n    return list(range(n - 1, -1, -1))\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield neighbours of literals, `+ 1` and `- 1` taken away, then added where bounds are likeliest."""
        for slot in site.slots:
            value = number_of(slot)
            if value is not None and number_of(site.view.parents[slot]) is None:
                yield replace(slot, literal(value + 1))
                yield replace(slot, literal(value - 1))
            elif (
                isinstance(slot, ast.BinOp)
                and isinstance(slot.op, (ast.Add, ast.Sub))
                and number_of(slot.right) is not None
            ):
                yield replace(slot, slot.left, 0.8)
                other = ast.Sub() if isinstance(slot.op, ast.Add) else ast.Add()
                yield replace(slot, copied(slot, op=other), 0.7)
            elif isinstance(slot, ast.Slice):
                yield from _slice_bounds(slot)
            elif isinstance(slot, ast.Call) and isinstance(slot.func, ast.Name) and slot.func.id == "range":
                yield from _range_bounds(slot)
            weight = _likelihood(slot, site)
            if weight and isinstance(slot, _VALUES) and is_load(slot) and _may_be_number(slot, site, ingredients):
                yield replace(slot, _plus(slot, 1), weight)
                yield replace(slot, _plus(slot, -1), weight)


class WrongNumber(Template):
    """Use another number: of the function, of the failing tests, of the module, or a usual one."""

    NAME = "wrong-number"
    NUMBER = 43
    TIER = Tier.B
    PRIOR = 0.35
    SUMMARY = "another number may be meant"
    BY_SLOT = True
    VALID = ("def f(a):\n    return a\n", "def f():\n    return True\n")
    INVALID = (
        Example("def f(a):\n    g(7)\n    return a * 3\n", "def f(a):\n    g(7)\n    return a * 7\n"),
        Example("def f(a):\n    return a * 3\n", "def f(a):\n    return a * 365\n", test_literals=(365,)),
        Example("def f(a):\n    return a * 3\n", "def f(a):\n    return a * -3\n"),
        Example("def f(a):\n    return a * 100\n", "def f(a):\n    return a * 1000\n"),
        Example("def f(a=3):\n    return a\n", "def f(a=0):\n    return a\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield ingredients in order, then the value's own multiples."""
        for slot in site.slots:
            value = number_of(slot)
            if value is None or number_of(site.view.parents[slot]) is not None:
                continue
            near = [
                -value,
                value * 10,
                value / 10 if isinstance(value, float) or value % 10 else value // 10,
                value * 2,
            ]
            pool = [*ingredients.numbers(site), *_USUAL, *near, None]
            for rank, other in enumerate({repr(item): item for item in pool}.values()):
                if repr(other) != repr(value):
                    yield replace(slot, literal(other), fading(rank, 0.05))


def _likelihood(slot: ast.expr, site: Site) -> float:  # noqa: PLR0911 - one row of a table each
    """Say how often a value in this place is off by one; 0 where it is no value."""
    parent = site.view.parents[slot]
    match parent:
        case ast.Subscript(slice=index) if index is slot:
            return 1.0
        case ast.Slice() | ast.Compare():
            return 0.9
        case ast.Call(func=ast.Name(id="range")) if slot in parent.args:
            return 0.9
        case ast.Call() if slot in parent.args:
            return 0.5
        case ast.Return() | ast.Assign() | ast.AugAssign() | ast.AnnAssign() | ast.keyword() | ast.NamedExpr():
            return 0.5
        case ast.BinOp():
            return 0.6
        case ast.IfExp() | ast.Tuple() | ast.List():
            return 0.4
    return 0.0


def _may_be_number(slot: ast.expr, site: Site, ingredients: Ingredients) -> bool:
    return ingredients.is_value(slot) and ingredients.value_kind(slot, site) in {"number", None}


def _plus(slot: ast.expr, step: int) -> ast.expr:
    return ast.BinOp(left=slot, op=ast.Add() if step > 0 else ast.Sub(), right=ast.Constant(value=1))


def _slice_bounds(slot: ast.Slice) -> Iterator[Edit]:
    for field, missing in (("lower", (1,)), ("upper", (-1,)), ("step", (-1, 2))):
        if getattr(slot, field) is not None:
            yield replace(slot, copied(slot, **{field: None}), 0.7)
        else:
            yield from (replace(slot, copied(slot, **{field: literal(value)}), 0.6) for value in missing)


def _range_bounds(slot: ast.Call) -> Iterator[Edit]:
    one = ast.Constant(value=1)
    if len(slot.args) == 1:
        (stop,) = slot.args
        last = _plus(stop, -1)
        for args in (
            [one, stop],
            [one, _plus(stop, 1)],
            [ast.Constant(value=0), last],
            [last, literal(-1), literal(-1)],
        ):
            yield replace(slot, copied(slot, args=args), 0.8)
    elif len(slot.args) > 1:
        yield replace(slot, copied(slot, args=slot.args[1:2]), 0.4)
