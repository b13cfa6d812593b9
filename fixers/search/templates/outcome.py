"""What is always so: seldom right itself, it shows where a condition may be lost."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixers.model import Tier
from fixers.search.conditional import is_tested
from fixers.search.ingredients import Ingredients
from fixers.search.site import Site
from fixers.search.syntax import is_load, literal
from fixers.search.template import Edit, Example, Insert, Template, fading, replace
from fixers.search.templates.guard import exits

_VALUES: tuple[object, ...] = (None, True, False, "", 0, [])
_READ = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.BinOp)


class ConstantOutcome(Template):
    """Take a condition for always or never true, and a value for the same one each time. Asked, never proposed."""

    NAME = "constant-outcome"
    NUMBER = 70
    TIER = Tier.C
    PRIOR = 0.3
    SUMMARY = "this may be so in some cases"
    BY_SLOT = True
    VALID = ("def f():\n    pass\n", "def f(a):\n    while a:\n        g()\n")
    INVALID = (
        Example("def f(a):\n    if a:\n        g()\n", "def f(a):\n    if True:\n        g()\n"),
        Example("def f(a, b):\n    if a and b:\n        g()\n", "def f(a, b):\n    if a and False:\n        g()\n"),
        Example("def f(a):\n    b = a\n    return b\n", "def f(a):\n    b = True\n    return b\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:  # noqa: ARG002 - needs none
        """Yield both truth values of a condition, and small constants for what is read."""
        if not site.functions or site.is_signature:
            return
        for slot in site.slots:
            parent = site.view.parents[slot]
            if isinstance(parent, ast.While) or not is_load(slot):
                continue
            if is_tested(slot, site):
                yield replace(slot, literal(value=True))
                yield replace(slot, literal(value=False))
            elif isinstance(slot, _READ) and isinstance(parent, (ast.Return, ast.Assign, ast.keyword, ast.Dict)):
                for rank, value in enumerate(_VALUES):
                    yield replace(slot, literal(value), 0.6 * fading(rank))


class CertainExit(Template):
    """Leave early in any case. Asked, never proposed."""

    NAME = "certain-exit"
    NUMBER = 71
    TIER = Tier.C
    PRIOR = 0.3
    SUMMARY = "a case may have to be left out before this line"
    VALID = ("x = 1\n",)
    INVALID = (
        Example("def f(a):\n    return g(a)\n", "def f(a):\n    return None\n    return g(a)\n"),
        Example(
            "def f(a):\n    for x in a:\n        g(x)\n", "def f(a):\n    for x in a:\n        continue\n        g(x)\n"
        ),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield every exit, the nearest first."""
        if not site.insertable:
            return
        for rank, (leave, _) in enumerate(exits(site, ingredients)):
            if not ingredients.unseen(leave, site):
                yield Edit(Insert(site.statement, leave), fading(rank, 0.3))
