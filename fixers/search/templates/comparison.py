"""Wrong comparison operators, and truth values in the place of a comparison with None."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixers.model import Tier
from fixers.search.conditional import is_tested
from fixers.search.ingredients import Ingredients
from fixers.search.site import Site
from fixers.search.syntax import copied, negated
from fixers.search.template import Edit, Example, Template, fading, replace

# The likeliest slip first: a boundary, then a direction, then a negation.
_NEIGHBOURS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt, ast.GtE, ast.NotEq, ast.Eq),
    ast.LtE: (ast.Lt, ast.GtE, ast.Gt, ast.Eq, ast.NotEq),
    ast.Gt: (ast.GtE, ast.Lt, ast.LtE, ast.NotEq, ast.Eq),
    ast.GtE: (ast.Gt, ast.LtE, ast.Lt, ast.Eq, ast.NotEq),
    ast.Eq: (ast.NotEq, ast.GtE, ast.LtE, ast.Is, ast.In, ast.Gt, ast.Lt),
    ast.NotEq: (ast.Eq, ast.Lt, ast.Gt, ast.IsNot, ast.NotIn, ast.GtE, ast.LtE),
    ast.Is: (ast.IsNot, ast.Eq),
    ast.IsNot: (ast.Is, ast.NotEq),
    ast.In: (ast.NotIn, ast.Eq, ast.Is),
    ast.NotIn: (ast.In, ast.NotEq, ast.IsNot),
}
_READ = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)


class WrongComparison(Template):
    """Compare by a neighbouring operator: `<` and `<=`, `==` and `!=`, `is` and `==`, `in` and `not in`."""

    NAME = "wrong-comparison"
    NUMBER = 46
    TIER = Tier.B
    PRIOR = 0.55
    SUMMARY = "the comparison may be the wrong one"
    BY_SLOT = True
    VALID = ("def f(a):\n    return a\n",)
    INVALID = (
        Example("def f(a):\n    return a < 1\n", "def f(a):\n    return a <= 1\n"),
        Example("def f(a):\n    return a is None\n", "def f(a):\n    return a is not None\n"),
        Example("def f(a, b):\n    return a == b\n", "def f(a, b):\n    return a in b\n"),
        Example("def f(a):\n    if a.b:\n        g()\n", "def f(a):\n    if a.b is not None:\n        g()\n"),
        Example("def f(a):\n    if not a:\n        g()\n", "def f(a):\n    if a is None:\n        g()\n"),
        Example("def f(a):\n    return a is None and g()\n", "def f(a):\n    return not a and g()\n"),
        Example("def f(a, b):\n    return a or b\n", "def f(a, b):\n    return a if a is not None else b\n"),
        Example("def f(a, b):\n    return 0 < a < b\n", "def f(a, b):\n    return 0 < a <= b\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:  # noqa: ARG002 - needs none
        """Yield neighbours of each operator, and the two ways to ask whether there is a value."""
        for slot in site.slots:
            yield from _as_none(slot, site)
            if isinstance(slot, ast.Compare):
                for index, operator in enumerate(slot.ops):
                    for rank, other in enumerate(_NEIGHBOURS[type(operator)]):
                        ops = [*slot.ops[:index], other(), *slot.ops[index + 1 :]]
                        yield replace(slot, copied(slot, ops=ops), fading(rank, 0.4))


def _as_none(slot: ast.expr, site: Site) -> Iterator[Edit]:
    """Yield `x is not None` for `x` where its truth is asked, and the other way round."""
    match slot:
        case ast.BoolOp(op=ast.Or(), values=[one, other]) if isinstance(one, _READ) and not is_tested(slot, site):
            yield replace(slot, ast.IfExp(test=_there(one, ast.IsNot()), body=one, orelse=other), 0.6)
        case ast.UnaryOp(op=ast.Not(), operand=operand) if isinstance(operand, _READ):
            yield replace(slot, _there(operand, ast.Is()), 0.6)
        case ast.Compare(left=left, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            yield replace(slot, left, 0.5)
        case ast.Compare(left=left, ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            yield replace(slot, negated(left), 0.5)
        case ast.Name() | ast.Attribute() | ast.Call() | ast.Subscript():
            if is_tested(slot, site) and not isinstance(site.view.parents[slot], ast.UnaryOp):
                yield replace(slot, _there(slot, ast.IsNot()), 0.6)


def _there(value: ast.expr, operator: ast.cmpop) -> ast.expr:
    return ast.Compare(left=value, ops=[operator], comparators=[ast.Constant(value=None)])
