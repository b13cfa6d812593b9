"""Whole expressions in each other's place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import islice

from fixers.model import Tier
from fixers.search.ingredients import Ingredients
from fixers.search.site import Site
from fixers.search.syntax import is_load
from fixers.search.template import Edit, Example, Template, fading, replace

_PLACED = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.BinOp)
_MADE = (ast.Attribute, ast.Call, ast.Subscript, ast.BinOp)
_MOST = 12
_LARGEST = 12
"""Nodes of an expression that is short enough to be written twice."""


class WrongExpression(Template):
    """Use an expression that stands in the same role elsewhere in the function."""

    NAME = "wrong-expression"
    NUMBER = 73
    TIER = Tier.B
    PRIOR = 0.35
    SUMMARY = "another value of the function may be meant"
    BY_SLOT = True
    VALID = ("def f(a):\n    return a\n", "x = g(1)\n")
    INVALID = (
        Example(
            "def f(a, b):\n    if a.peek() == 1:\n        g()\n    return b == 2\n",
            "def f(a, b):\n    if a.peek() == 1:\n        g()\n    return a.peek() == 2\n",
        ),
        Example(
            "def f(self, n, i):\n    g(self.kinds)\n    return n in i\n",
            "def f(self, n, i):\n    g(self.kinds)\n    return n in self.kinds\n",
        ),
        Example("def f(a, b):\n    g(a[0])\n    g(b.c)\n", "def f(a, b):\n    g(a[0])\n    g(a[0])\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield expressions of the same role, the nearest first, then attributes that the function reads."""
        if not site.functions or site.is_signature:
            return
        for slot in site.slots:
            role = _role(slot, site)
            if role and isinstance(slot, _PLACED) and is_load(slot) and ingredients.is_value(slot):
                for rank, other in enumerate(islice(_others(slot, role, site, ingredients), _MOST)):
                    yield replace(slot, other, 0.9 * fading(rank, 0.2))


def _others(slot: ast.expr, role: str, site: Site, ingredients: Ingredients) -> Iterator[ast.expr]:
    inside = {ingredients.text(node) for node in ast.walk(slot) if isinstance(node, ast.expr)}
    nodes = [node for node in site.view.within(site.functions[0]) if isinstance(node, _MADE) and is_load(node)]
    nodes = [node for node in nodes if not site.is_callee(node) and sum(1 for _ in ast.walk(node)) <= _LARGEST]
    same = [node for node in nodes if _role(node, site) == role]
    read = [node for node in nodes if isinstance(node, ast.Attribute)]
    same.sort(key=lambda node: abs(node.lineno - site.line))
    read.sort(key=lambda node: abs(node.lineno - site.line))
    found = {ingredients.text(node): node for node in reversed([*same, *read])}
    for text, node in reversed(found.items()):
        # What is made of the value itself is a call that was lost around it.
        around = any(
            ingredients.text(part) == ingredients.text(slot) for part in ast.walk(node) if isinstance(part, ast.expr)
        )
        if text not in inside and not around and not ingredients.unseen(node, site):
            yield node


def _role(slot: ast.expr, site: Site) -> str:
    """Say what a value is used for; empty where any other would do as well."""
    match site.view.parents[slot]:
        case ast.Compare(left=left):
            return "compared" if left is slot else "compared with"
        case ast.BinOp():
            return "operand"
        case ast.Call(args=args, func=func) if slot in args:
            callee = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            return f"argument of {callee}"
        case ast.Subscript(slice=index) if index is slot:
            return "index"
        case ast.keyword(arg=name):
            return f"keyword {name}"
    return ""
