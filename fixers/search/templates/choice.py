"""Values that hold in one case only."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixers.model import Tier
from fixers.search.conditions import conditions
from fixers.search.ingredients import Ingredients
from fixers.search.site import Site
from fixers.search.syntax import call, is_load, name
from fixers.search.template import Edit, Example, Template, fading, merged, replace

_PLAIN = ("None", "''", "0", "[]", "()", "{}", "False", "True")
_KINDS = ("str", "bytes", "int", "list", "tuple", "dict", "float")
_VALUES = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.BinOp)


class LostChoice(Template):
    """Use a value in one case and another one otherwise: `a.b` to `a.b if a else None`."""

    NAME = "lost-choice"
    NUMBER = 67
    TIER = Tier.C
    PRIOR = 0.15
    SUMMARY = "the value may be meant for one case only"
    BY_SLOT = True
    VALID = ("def f():\n    return 1\n", "def f(a):\n    g()\n    return [1]\n")
    INVALID = (
        Example("def f(a):\n    return a.b\n", "def f(a):\n    return a.b if a else None\n"),
        Example("def f(a):\n    return a.b\n", "def f(a):\n    return a.b if a is not None else None\n"),
        Example(
            "def f(a):\n    return a.encode()\n", "def f(a):\n    return a.encode() if isinstance(a, str) else a\n"
        ),
        Example("def f(a, b):\n    c = g(a)\n    return c\n", "def f(a, b):\n    c = g(a) if b else a\n    return c\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield checks of the names in the value itself first; then conditions of the surroundings."""
        for slot in site.slots:
            if isinstance(slot, _VALUES) and is_load(slot) and _stands_alone(slot, site) and ingredients.is_value(slot):
                yield from merged(_of_its_names(slot, ingredients), _of_others(slot, site, ingredients))


def _of_its_names(slot: ast.expr, ingredients: Ingredients) -> Iterator[Edit]:
    """Yield the value where a name in it is there, set, or of a type; the name itself or nothing otherwise."""
    inside = (node.id for node in ast.walk(slot) if isinstance(node, ast.Name))
    variables = [item for item in dict.fromkeys(inside) if ingredients.kind(item) == "variable" and item != "self"]
    for rank, item in enumerate(variables):
        others = [ast.Constant(value=None), *([] if isinstance(slot, ast.Name) else [name(item)])]
        there = ast.Compare(left=name(item), ops=[ast.IsNot()], comparators=[ast.Constant(value=None)])
        for test in (name(item), there):
            for step, other in enumerate([*others, *_plain()[1:]]):
                # Nothing for nothing is a check that the code makes everywhere; another value is a guess.
                tier = Tier.B if step < len(others) else None
                yield replace(slot, _chosen(test, slot, other), 0.9 * fading(rank, 0.3) * fading(step), tier)
        for step, kind in enumerate(_KINDS):
            of_kind = call("isinstance", name(item), name(kind))
            yield replace(slot, _chosen(of_kind, slot, name(item)), 0.6 * fading(rank, 0.3) * fading(step))


def _of_others(slot: ast.expr, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
    own = ingredients.text(slot)
    variables = (item for item in ingredients.names(site, slot) if ingredients.kind(item) == "variable")
    others = [*_plain(), *(name(item) for item in variables if item not in {"self", "cls", own})]
    for rank, test in enumerate(conditions(site, ingredients)):
        for step, other in enumerate(others):
            yield replace(slot, _chosen(test, slot, other), 0.7 * fading(rank, 0.2) * fading(step, 0.2))


def _chosen(test: ast.expr, value: ast.expr, other: ast.expr) -> ast.IfExp:
    return ast.IfExp(test=test, body=value, orelse=other)


def _plain() -> list[ast.expr]:
    return [ast.parse(text, mode="eval").body for text in _PLAIN]


def _stands_alone(slot: ast.expr, site: Site) -> bool:
    """Say whether the slot is a whole value: what is assigned, passed, returned, or one side of a calculation."""
    parent = site.view.parents[slot]
    if isinstance(parent, ast.Call):
        return slot in parent.args
    return isinstance(parent, (ast.Assign, ast.AugAssign, ast.Return, ast.keyword, ast.BinOp, ast.Yield, ast.For))
