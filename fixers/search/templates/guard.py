"""Lost guards."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixers.model import Tier
from fixers.search.conditions import conditions
from fixers.search.ingredients import Ingredients
from fixers.search.literals import exceptions_in
from fixers.search.renaming import renamed
from fixers.search.site import Site
from fixers.search.syntax import literal, name, number_of
from fixers.search.template import Edit, Example, Insert, Template, fading


class LostExit(Template):
    """Leave early under a condition: `if c: return`, `continue`, `break` or `raise` before the statement."""

    NAME = "lost-exit"
    NUMBER = 50
    TIER = Tier.B
    PRIOR = 0.3
    SUMMARY = "a case may have to be left out before this line"
    VALID = ("def f():\n    pass\n", "x = 1\n")
    INVALID = (
        Example("def f(a):\n    return g(a)\n", "def f(a):\n    if a is None:\n        return None\n    return g(a)\n"),
        Example("def f(a, b):\n    return a\n", "def f(a, b):\n    if not b:\n        return a\n    return a\n"),
        Example(
            "def f(a, sure):\n    return g(a)\n",
            "def f(a, sure):\n    if not a:\n        return not sure\n    return g(a)\n",
        ),
        Example(
            "def f(a, b):\n    if not a:\n        return 1\n    return g(a, b)\n",
            "def f(a, b):\n    if not a:\n        return 1\n    if not b:\n        return -1\n    return g(a, b)\n",
        ),
        Example(
            "def f(a):\n    for x in a:\n        g(x)\n",
            "def f(a):\n    for x in a:\n        if not x:\n            continue\n        g(x)\n",
        ),
        Example(
            "def h(a):\n    if a < 0:\n        raise ValueError('low')\ndef f(a):\n    return g(a)\n",
            "def h(a):\n    if a < 0:\n        raise ValueError('low')\n"
            "def f(a):\n    if a < 0:\n        raise ValueError('low')\n    return g(a)\n",
        ),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield every condition with every exit; the nearest of both first."""
        if not site.insertable:
            return
        ways = [(leave, tier) for leave, tier in exits(site, ingredients) if not ingredients.unseen(leave, site)]
        for rank, condition in enumerate(conditions(site, ingredients)):
            for step, (leave, tier) in enumerate(ways):
                guard = ast.If(test=condition, body=[leave], orelse=[])
                yield Edit(Insert(site.statement, guard), fading(rank, 0.2) * fading(step, 0.2), tier)


class LostSiblingGuard(Template):
    """Copy a small `if` of the module, with one variable renamed where the place needs it."""

    NAME = "lost-sibling-guard"
    NUMBER = 52
    TIER = Tier.B
    PRIOR = 0.45
    SUMMARY = "the module does this elsewhere, and it may be lost here"
    VALID = ("def f(a):\n    return a\n",)
    INVALID = (
        Example(
            "def g(k):\n    if not callable(k):\n        k = h(k)\n    return k\ndef f(k):\n    return k\n",
            "def g(k):\n    if not callable(k):\n        k = h(k)\n    return k\n"
            "def f(k):\n    if not callable(k):\n        k = h(k)\n    return k\n",
        ),
        Example(
            "def g(a):\n    if a is None:\n        a = 1\n    return a\ndef f(b):\n    return b\n",
            "def g(a):\n    if a is None:\n        a = 1\n    return a\n"
            "def f(b):\n    if b is None:\n        b = 1\n    return b\n",
        ),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield guards that occur more than once first."""
        if not site.insertable:
            return
        for rank, guard in enumerate(ingredients.guards(site)):
            for step, copy in enumerate(renamed(guard, site, ingredients)):
                weight = fading(rank, 0.15) * fading(step, 0.3)
                yield Edit(Insert(site.statement, copy), weight)
                yield Edit(Insert(site.statement, copy, after=True), 0.5 * weight)


def exits(site: Site, ingredients: Ingredients) -> Iterator[tuple[ast.stmt, Tier]]:
    """Yield ways out with their tiers: those the code has itself, then what a test may expect to come out."""
    if site.loop is not None:
        yield ast.Continue(), Tier.B
        yield ast.Break(), Tier.B
    results = {ingredients.view.shapes.of(node): node for node in site.returns}
    yield from ((node, Tier.B) for node in results.values())
    unused = [item for item in ingredients.unused(site) if item in ingredients.view.scope(site.functions[0]).parameters]
    yield from ((ast.Return(value=value(item)), Tier.B) for item in unused for value in (name, _not))
    yield ast.Return(value=None), Tier.B
    raised = {ingredients.view.shapes.of(node): node for node in ingredients.raises(site)}
    yield from ((opposite, Tier.B) for node in results.values() if (opposite := _opposite(node)) is not None)
    parameters = ingredients.view.scope(site.functions[0]).parameters
    yield from ((ast.Return(value=name(item)), Tier.B) for item in parameters if item not in {"self", "cls"})
    yield from ((node, Tier.B) for node in raised.values())
    for value in ("None", "False", "True", "0", "''", "[]", "()"):
        yield ast.Return(value=ast.parse(value, mode="eval").body), Tier.B if value == "None" else Tier.C
    for item in dict.fromkeys(exceptions_in(ingredients.failures)):
        yield ast.Raise(exc=name(item), cause=None), Tier.C


def _not(identifier: str) -> ast.expr:
    return ast.UnaryOp(op=ast.Not(), operand=name(identifier))


def _opposite(node: ast.Return) -> ast.Return | None:
    """Return what the opposite case gives: `return -1` beside `return 1`, of a choice by its first value."""
    value = node.value.body if isinstance(node.value, ast.IfExp) else node.value
    if isinstance(value, ast.Constant) and isinstance(value.value, bool):
        return ast.Return(value=literal(not value.value))
    number = number_of(value) if value is not None else None
    return ast.Return(value=literal(-number)) if number else None
