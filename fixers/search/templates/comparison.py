"""Wrong comparison operators."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixers.model import Tier
from fixers.search.ingredients import Ingredients
from fixers.search.site import Site
from fixers.search.syntax import copied
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


class WrongComparison(Template):
    """Compare by a neighbouring operator: `<` and `<=`, `==` and `!=`, `is` and `==`, `in` and `not in`."""

    NAME = "wrong-comparison"
    NUMBER = 46
    TIER = Tier.B
    PRIOR = 0.55
    SUMMARY = "the comparison may be the wrong one"
    BY_SLOT = True
    VALID = ("def f(a):\n    return not a\n",)
    INVALID = (
        Example("def f(a):\n    return a < 1\n", "def f(a):\n    return a <= 1\n"),
        Example("def f(a):\n    return a is None\n", "def f(a):\n    return a is not None\n"),
        Example("def f(a, b):\n    return a == b\n", "def f(a, b):\n    return a in b\n"),
        Example("def f(a, b):\n    return 0 < a < b\n", "def f(a, b):\n    return 0 < a <= b\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:  # noqa: ARG002 - needs none
        """Yield neighbours of each operator."""
        for slot in site.slots:
            if isinstance(slot, ast.Compare):
                for index, operator in enumerate(slot.ops):
                    for rank, other in enumerate(_NEIGHBOURS[type(operator)]):
                        ops = [*slot.ops[:index], other(), *slot.ops[index + 1 :]]
                        yield replace(slot, copied(slot, ops=ops), fading(rank, 0.4))
