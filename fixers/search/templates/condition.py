"""Conditions that are too wide or too narrow."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixers.model import Tier
from fixers.search.conditions import conditions
from fixers.search.ingredients import Ingredients
from fixers.search.site import Site
from fixers.search.syntax import is_load
from fixers.search.template import Edit, Example, Template, fading, replace

_BASES = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)
_FALSE = ("''", "0", "[]", "()", "{}", "None", "False")


class NarrowerCondition(Template):
    """Strengthen a condition: `a` to `a and c`."""

    NAME = "narrower-condition"
    NUMBER = 48
    TIER = Tier.C
    PRIOR = 0.3
    SUMMARY = "the condition may be too wide"
    BY_SLOT = True
    VALID = ("def f(a):\n    return g(a)\n",)
    INVALID = (
        Example(
            "def f(a, b):\n    if a:\n        g()\n    if b is None:\n        h()\n",
            "def f(a, b):\n    if a and b is None:\n        g()\n    if b is None:\n        h()\n",
        ),
        Example("def f(a, b):\n    while a:\n        g()\n", "def f(a, b):\n    while a and not b:\n        g()\n"),
        Example(
            "def f(a, b):\n    return [x for x in a if x]\n", "def f(a, b):\n    return [x for x in a if x and b]\n"
        ),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield each tested expression with each further condition, the nearest first."""
        yield from _joined(site, ingredients, ast.And)


class WiderCondition(Template):
    """Weaken a condition: `a` to `a or c`."""

    NAME = "wider-condition"
    NUMBER = 49
    TIER = Tier.C
    PRIOR = 0.3
    SUMMARY = "the condition may be too narrow"
    BY_SLOT = True
    VALID = ("def f(a):\n    return g(a)\n",)
    INVALID = (
        Example(
            "def f(a, b):\n    if a:\n        g()\n    if b is None:\n        h()\n",
            "def f(a, b):\n    if a or b is None:\n        g()\n    if b is None:\n        h()\n",
        ),
        Example("def f(a, b):\n    return a or b\n", "def f(a, b):\n    return a or b or a is None\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield each tested expression with each further condition, the nearest first."""
        yield from _joined(site, ingredients, ast.Or)


class LostAlternative(Template):
    """Give a value that may be empty another one: `a` to `a or b`, and a literal what it stands in for."""

    NAME = "lost-alternative"
    NUMBER = 15
    TIER = Tier.B
    PRIOR = 0.35
    SUMMARY = "the value may be empty, and something else is meant then"
    BY_SLOT = True
    VALID = ("def f():\n    return 'a'\n",)
    INVALID = (
        Example("def f(a):\n    return g(a)\n", "def f(a):\n    return g(a or '')\n"),
        Example("def f(a):\n    a.x = '' + a.y\n", "def f(a):\n    a.x = (a.x or '') + a.y\n"),
        Example("def f(a, b):\n    c = a\n    return c\n", "def f(a, b):\n    c = a or b\n    return c\n"),
        Example(
            "class C:\n    def f(self, a):\n        self.b = a\n        return a\n",
            "class C:\n    def f(self, a):\n        self.b = a\n        return a or self.b\n",
        ),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield what may stand before an empty literal; then what may stand after a value."""
        empty = [ast.parse(text, mode="eval").body for text in _FALSE]
        for slot in site.slots:
            if not is_load(slot) or not _is_read(slot, site):
                continue
            if isinstance(slot, (ast.Constant, ast.List, ast.Dict, ast.Tuple)) and _is_empty(slot):
                for rank, before in enumerate(_values_near(slot, site, ingredients)):
                    yield replace(slot, ast.BoolOp(op=ast.Or(), values=[before, slot]), fading(rank))
            elif isinstance(slot, _BASES):
                after = [*empty[:3], *_values_near(slot, site, ingredients), *empty[3:]]
                for rank, other in enumerate(after):
                    yield replace(slot, ast.BoolOp(op=ast.Or(), values=[slot, other]), 0.8 * fading(rank))


def _joined(site: Site, ingredients: Ingredients, operator: type[ast.boolop]) -> Iterator[Edit]:
    """One more part of a condition is a typical way to overfit, so it is never proposed by itself."""
    for slot in site.slots:
        if _is_tested(slot, site):
            parts = slot.values if isinstance(slot, ast.BoolOp) and isinstance(slot.op, operator) else [slot]
            for rank, condition in enumerate(conditions(site, ingredients)):
                yield replace(slot, ast.BoolOp(op=operator(), values=[*parts, condition]), fading(rank, 0.15))


def _is_tested(slot: ast.expr, site: Site) -> bool:
    match site.view.parents[slot]:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) if test is slot:
            return True
        case ast.comprehension(ifs=ifs):
            return slot in ifs
        case ast.Return() | ast.Assign():
            return isinstance(slot, (ast.BoolOp, ast.Compare))
    return False


def _is_read(slot: ast.expr, site: Site) -> bool:
    """Whether the slot is a value of its own: no callee, no base of an attribute that is written, no bare statement."""
    parent = site.view.parents[slot]
    if isinstance(parent, (ast.Expr, ast.excepthandler, ast.BoolOp, ast.JoinedStr, ast.FormattedValue)):
        return False
    return not (isinstance(parent, ast.Call) and parent.func is slot)


def _is_empty(slot: ast.expr) -> bool:
    if isinstance(slot, ast.Constant):
        return not slot.value
    return not any(True for _ in ast.iter_child_nodes(slot) if isinstance(_, ast.expr))


def _values_near(slot: ast.expr, site: Site, ingredients: Ingredients) -> Iterator[ast.expr]:
    """Yield attributes that the function names, then the variables it sees."""
    found: dict[str, ast.expr] = {}
    functions = site.functions[:1]
    for node in (*ast.walk(site.statement), *(n for f in functions for n in site.view.within(f))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and not ingredients.unseen(node, site):
            text = ingredients.text(node)
            found.setdefault(text, ast.Attribute(value=node.value, attr=node.attr, ctx=ast.Load()))
    own = ingredients.text(slot)
    yield from (node for text, node in found.items() if text != own)
    for identifier in ingredients.names(site, slot):
        if ingredients.kind(identifier) == "variable" and identifier not in {"self", "cls", own}:
            yield ast.Name(id=identifier, ctx=ast.Load())
