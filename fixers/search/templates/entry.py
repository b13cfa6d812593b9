"""Entries of mappings that are written out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from fixers.model import Failure, FailureKind, Tier
from fixers.search.ingredients import Ingredients
from fixers.search.order import frequent
from fixers.search.site import Site
from fixers.search.syntax import literal, name
from fixers.search.template import Edit, Example, Template, fading, replace

_KEY = re.compile(r"'([^'\n]{1,60})'")
_CRASH = (Failure(kind=FailureKind.TEST, exception="KeyError", message="'rate'"),)


class LostEntry(Template):
    """Put one more entry into a dict that is written out, or take one away."""

    NAME = "lost-entry"
    NUMBER = 68
    TIER = Tier.B
    PRIOR = 0.3
    SUMMARY = "an entry may be missing, or one too many"
    BY_SLOT = True
    VALID = ("def f(a):\n    return {}\n", "def f(a):\n    return [a]\n")
    INVALID = (
        Example(
            "def f(a, rate):\n    return {'a': a}\n", "def f(a, rate):\n    return {'a': a, 'rate': rate}\n", _CRASH
        ),
        Example(
            "class C:\n    def f(self, a):\n        self.b = a\n        return {'a': a}\n    def g(self, d):\n"
            "        return d['b']\n",
            "class C:\n    def f(self, a):\n        self.b = a\n        return {'a': a, 'b': self.b}\n"
            "    def g(self, d):\n        return d['b']\n",
        ),
        Example("def f(a, b):\n    return {'a': a, 'b': b}\n", "def f(a, b):\n    return {'a': a}\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield keys that were missed or that the module reads, each with the value of its name; removals last."""
        for slot in site.slots:
            if not isinstance(slot, ast.Dict) or not any(isinstance(key, ast.Constant) for key in slot.keys):
                continue
            own = {key.value for key in slot.keys if isinstance(key, ast.Constant)}
            for rank, (key, value, tier) in enumerate(_entries(site, slot, ingredients)):
                if key not in own:
                    entry = ast.Dict(keys=[*slot.keys, literal(key)], values=[*slot.values, value])
                    yield replace(slot, entry, fading(rank), tier)
            for index in reversed(range(len(slot.keys))) if len(slot.keys) > 1 else ():
                keys = [*slot.keys[:index], *slot.keys[index + 1 :]]
                yield replace(slot, ast.Dict(keys=keys, values=[*slot.values[:index], *slot.values[index + 1 :]]), 0.4)


def _entries(site: Site, slot: ast.expr, ingredients: Ingredients) -> Iterator[tuple[str, ast.expr, Tier | None]]:
    """Yield keys with their values; a key that only the failing tests name is a guess."""
    variables = {item for item in ingredients.names(site, slot) if ingredients.kind(item) == "variable"}
    members = set(ingredients.members(slot)) if "self" in variables else set()
    missed = [key for f in ingredients.failures if f.exception == "KeyError" for key in _KEY.findall(f.message[:500])]
    read = list(_keys_read(ingredients))
    for key in dict.fromkeys([*missed, *read]):
        tier = None if key in read else Tier.C
        if key in variables:
            yield key, name(key), tier
        if key in members:
            yield key, ast.Attribute(value=name("self"), attr=key, ctx=ast.Load()), tier
    for key in dict.fromkeys(missed):
        yield key, ast.Constant(value=None), Tier.C


def _keys_read(ingredients: Ingredients) -> Iterator[str]:
    nodes = ingredients.view.within(ingredients.view.tree)
    subscripts = (node.slice for node in nodes if isinstance(node, ast.Subscript))
    displays = (key for node in nodes if isinstance(node, ast.Dict) for key in node.keys)
    gets = (
        node.args[0]
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args
    )
    keys = (node for node in (*subscripts, *displays, *gets) if isinstance(node, ast.Constant))
    yield from frequent(key.value for key in keys if isinstance(key.value, str))
