"""Conditions that are too wide or too narrow."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import chain, islice, zip_longest

from fixers.model import Failure, FailureKind, Tier
from fixers.search.conditions import conditions
from fixers.search.ingredients import Ingredients
from fixers.search.renaming import mirrored
from fixers.search.site import Site
from fixers.search.syntax import is_load, name
from fixers.search.template import Edit, Example, Template, fading, replace

_BASES = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)
_CRASHES = frozenset({"AttributeError", "TypeError", "KeyError", "IndexError", "ValueError", "ZeroDivisionError"})
_MIRRORED = 12
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
            "def g(a):\n    return isinstance(a, C) and a.x\ndef f(b):\n    return isinstance(b.x, str)\n",
            "def g(a):\n    return isinstance(a, C) and a.x\n"
            "def f(b):\n    return isinstance(b, C) and isinstance(b.x, str)\n",
            (Failure(kind=FailureKind.TEST, exception="AttributeError", message="'D' object has no attribute 'x'"),),
        ),
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
        Example("def f(a, b):\n    return a is C\n", "def f(a, b):\n    return a is C or b is C\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield each tested expression with each further condition, the nearest first."""
        yield from _joined(site, ingredients, ast.Or)


class WrongCondition(Template):
    """Test something else: `if a:` to `if not b:`."""

    NAME = "wrong-condition"
    NUMBER = 69
    TIER = Tier.C
    PRIOR = 0.2
    SUMMARY = "another condition may be meant"
    BY_SLOT = True
    VALID = ("def f(a):\n    return g(a)\n",)
    INVALID = (
        Example(
            "def f(a, b):\n    if a != b:\n        g()\n    if b is None:\n        h()\n",
            "def f(a, b):\n    if b is None:\n        g()\n    if b is None:\n        h()\n",
        ),
        Example("def f(a, b):\n    while a > 1:\n        g()\n", "def f(a, b):\n    while not b:\n        g()\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield each further condition in the place of a whole test, the nearest first."""
        for slot in site.slots:
            if isinstance(site.view.parents[slot], (ast.If, ast.While, ast.IfExp)) and _is_tested(slot, site):
                for rank, condition in enumerate(conditions(site, ingredients)):
                    yield replace(slot, condition, fading(rank, 0.15))


class LostAlternative(Template):
    """Give a value that may be empty another one: `a` to `a or b`, and a literal what it stands in for."""

    NAME = "lost-alternative"
    NUMBER = 15
    TIER = Tier.B
    PRIOR = 0.2
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
            if not is_load(slot) or not _is_read(slot, site) or not ingredients.is_value(slot):
                continue
            if isinstance(slot, (ast.Constant, ast.List, ast.Dict, ast.Tuple)) and _is_empty(slot):
                for rank, before in enumerate(_values_near(slot, site, ingredients)):
                    yield replace(slot, ast.BoolOp(op=ast.Or(), values=[before, slot]), fading(rank))
            elif isinstance(slot, _BASES) and ingredients.value_kind(slot, site) != "truth":
                for rank, other in enumerate([*empty, *_values_near(slot, site, ingredients)]):
                    # Another variable in a value's place when it is empty is the usual overfit.
                    tier = None if rank < len(empty) else Tier.C
                    yield replace(slot, ast.BoolOp(op=ast.Or(), values=[slot, other]), 0.8 * fading(rank), tier)


def _joined(site: Site, ingredients: Ingredients, operator: type[ast.boolop]) -> Iterator[Edit]:
    """One more part of a condition is a typical way to overfit, so it is never proposed by itself.

    But for a check that the module makes elsewhere, in front of what crashed without it.
    """
    crashed = any(failure.exception in _CRASHES for failure in ingredients.failures)
    for slot in site.slots:
        if not _is_tested(slot, site):
            continue
        parts = slot.values if isinstance(slot, ast.BoolOp) and isinstance(slot.op, operator) else [slot]
        own = islice((copy for part in parts for copy in mirrored(part, site, ingredients)), _MIRRORED)
        for rank, condition in enumerate(chain(own, conditions(site, ingredients))):
            weight = fading(rank, 0.15)
            guards = crashed and _is_check(condition) and operator is ast.And
            first = ast.BoolOp(op=operator(), values=[condition, *parts])
            yield replace(slot, first, weight if crashed else 0.5 * weight, Tier.B if guards else None)
            yield replace(
                slot, ast.BoolOp(op=operator(), values=[*parts, condition]), 0.5 * weight if crashed else weight
            )


def _is_check(condition: ast.expr) -> bool:
    match condition:
        case ast.Call(func=ast.Name(id="isinstance" | "hasattr" | "callable")):
            return True
        case ast.Compare(ops=[ast.Is() | ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return True
    return isinstance(condition, (ast.Name, ast.Attribute))


def _is_tested(slot: ast.expr, site: Site) -> bool:
    match site.view.parents[slot]:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) if test is slot:
            return True
        case ast.comprehension(ifs=ifs):
            return slot in ifs
        case ast.Return() | ast.Assign():
            return isinstance(slot, (ast.BoolOp, ast.Compare)) or _is_check(slot)
    return False


def _is_read(slot: ast.expr, site: Site) -> bool:
    """Whether the slot is a value of its own: no callee, no base of an attribute that is written, no bare statement."""
    parent = site.view.parents[slot]
    if isinstance(parent, (ast.Expr, ast.excepthandler, ast.BoolOp, ast.JoinedStr, ast.FormattedValue)):
        return False
    return not site.is_callee(slot)


def _is_empty(slot: ast.expr) -> bool:
    if isinstance(slot, ast.Constant):
        return not slot.value
    return not any(isinstance(child, ast.expr) for child in ast.iter_child_nodes(slot))


def _values_near(slot: ast.expr, site: Site, ingredients: Ingredients) -> Iterator[ast.expr]:
    """Yield the variables that the slot sees and the attributes that the function names, in turn."""
    found: dict[str, ast.expr] = {}
    functions = site.functions[:1]
    for node in (*ast.walk(site.statement), *(n for f in functions for n in site.view.within(f))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and not ingredients.unseen(node, site):
            text = ingredients.text(node)
            found.setdefault(text, ast.Attribute(value=node.value, attr=node.attr, ctx=ast.Load()))
    own = ingredients.text(slot)
    attributes: list[ast.expr] = [node for text, node in found.items() if text != own]
    variables = [item for item in ingredients.names(site, slot) if ingredients.kind(item) == "variable"]
    names = [name(item) for item in variables if item not in {"self", "cls", own}]
    yield from (node for pair in zip_longest(names, attributes) for node in pair if node is not None)
