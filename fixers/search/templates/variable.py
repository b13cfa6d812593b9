"""Wrong variables."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations

from fixers.model import Tier
from fixers.search.ingredients import Ingredients
from fixers.search.site import Site
from fixers.search.syntax import copied, is_load
from fixers.search.template import Edit, Example, Replace, Template, fading, replace

_MADE = (ast.Call, ast.Attribute, ast.Subscript, ast.BinOp, ast.List, ast.Dict, ast.Set, ast.Tuple, ast.JoinedStr)


class WrongVariable(Template):
    """Use another variable that is in scope; one that nobody reads first."""

    NAME = "wrong-variable"
    NUMBER = 36
    TIER = Tier.B
    PRIOR = 0.6
    SUMMARY = "another variable in scope may be meant"
    BY_SLOT = True
    VALID = (
        "def f(a):\n    return a(1)\n",
        "def f():\n    return 'a'\n",
        "def f(a):\n    if lost:\n        return lost\n",
    )
    INVALID = (
        Example("def f(a, b):\n    return a + a\n", "def f(a, b):\n    return a + b\n"),
        Example("def f(x, key=None):\n    return g(x, None, x)\n", "def f(x, key=None):\n    return g(x, None, key)\n"),
        Example("def f(xs):\n    return [xs for x in xs]\n", "def f(xs):\n    return [x for x in xs]\n"),
        Example(
            "def f(key=None):\n    return sorted([], key=None)\n", "def f(key=None):\n    return sorted([], key=key)\n"
        ),
        Example("def f(n):\n    return g(n=set())\n", "def f(n):\n    return g(n=n)\n"),
        Example("def f(a, b):\n    c = a.x\n    return c\n", "def f(a, b):\n    c = b\n    return c\n"),
        Example("N = 9\ndef f(a=None):\n    return g(a)\n", "N = 9\ndef f(a=N):\n    return g(a)\n"),
        Example("def f(a, b):\n    b = 1\n    return a\n", "def f(a, b):\n    a = 1\n    return a\n"),
        Example("from m import NO\ndef f(a):\n    return a\n", "from m import NO\ndef f(a):\n    return NO\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield replacements of names, and of literals by what nobody reads or the module names as constants."""
        for slot in site.slots:
            if isinstance(slot, ast.Name) and site.view.is_lost(slot, site):
                continue  # mended here alone, it would fail on the other line
            if isinstance(slot, ast.Name) and isinstance(slot.ctx, ast.Load) and not site.is_callee(slot):
                yield from _for_name(slot, site, ingredients)
            elif isinstance(slot, ast.Name) and isinstance(slot.ctx, ast.Store) and site.functions:
                own = ingredients.view.scope(site.functions[0]).bound
                for rank, name in enumerate(name for name in ingredients.alike(slot.id, site, slot) if name in own):
                    yield replace(slot, copied(slot, id=name), 0.4 * fading(rank))
            elif isinstance(slot, ast.Constant) and not isinstance(slot.value, str):
                for rank, name in enumerate(dict.fromkeys([*ingredients.unused(site), *ingredients.constants])):
                    yield replace(slot, ast.Name(id=name, ctx=ast.Load()), 0.8 * fading(rank))
            if isinstance(slot, _MADE) and is_load(slot) and not site.is_callee(slot):
                yield from _for_expression(slot, site, ingredients)


def _for_name(slot: ast.Name, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
    unused, idle = set(ingredients.unused(site)), ingredients.idle_at(site)
    owner = _is_changed(slot, site)
    for rank, name in enumerate(ingredients.alike(slot.id, site, slot)):
        if owner and ingredients.kind(name) != "variable":
            continue  # what one object keeps would be kept for all, and tests of one object pass
        weight = 1.0 if name in unused else 0.9 * fading(rank)
        # A function where a value stood is a rare slip, but for one that nobody uses any more.
        apart = ingredients.kind(name) != ingredients.kind(slot.id)
        weight *= 0.25 if apart else 1.0
        yield replace(slot, copied(slot, id=name), 0.7 if name in idle else weight)


def _is_changed(slot: ast.Name, site: Site) -> bool:
    """Say whether an attribute of the variable is stored: `self` in `self.x = 1`."""
    parent = site.view.parents[slot]
    return isinstance(parent, ast.Attribute) and parent.value is slot and not is_load(parent)


def _for_expression(slot: ast.expr, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
    """Yield variables for a value that is made in place: that of the keyword's own name, unread ones, then others."""
    parent = site.view.parents[slot]
    keyword = parent.arg if isinstance(parent, ast.keyword) else None
    unused = set(ingredients.unused(site))
    inside = {node.id for node in ast.walk(slot) if isinstance(node, ast.Name)}  # LostCall takes things away
    others = (item for item in ingredients.names(site, slot) if item not in inside)
    names = [item for item in others if ingredients.kind(item) == "variable"]
    for rank, item in enumerate(sorted(names, key=lambda item: (item != keyword, item not in unused))):
        weight = 1.0 if item == keyword else 0.7 if item in unused else 0.18
        yield replace(slot, ast.Name(id=item, ctx=ast.Load()), weight * fading(rank))


class SwappedNames(Template):
    """Exchange two variables of one statement: `min(max(x, hi), lo)`."""

    NAME = "swapped-names"
    NUMBER = 57
    TIER = Tier.B
    PRIOR = 0.4
    SUMMARY = "the two may stand in each other's place"
    VALID = ("def f(a):\n    return a + a\n",)
    INVALID = (
        Example(
            "def f(x, lo, hi):\n    return min(max(x, hi), lo)\n", "def f(x, lo, hi):\n    return min(max(x, lo), hi)\n"
        ),
        Example("def f(p):\n    a, b = p\n    return a\n", "def f(p):\n    b, a = p\n    return a\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:  # noqa: ARG002 - needs none
        """Yield exchanges of every pair of different names; both are read, or both are bound."""
        names = [slot for slot in site.slots if isinstance(slot, ast.Name)]
        for rank, (one, other) in enumerate(combinations(names, 2)):
            if one.id == other.id or is_load(one) != is_load(other):
                continue
            pairs: dict[ast.AST, ast.AST] = {one: copied(one, id=other.id), other: copied(other, id=one.id)}
            yield Edit(Replace(pairs), fading(rank, 0.03))
