"""Wrong attributes and methods."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixers.model import Tier
from fixers.search.ingredients import Ingredients
from fixers.search.site import Site
from fixers.search.syntax import copied
from fixers.search.template import Edit, Example, Template, fading, merged, replace

# Methods and functions of the standard types that are taken for one another.
KIN = (
    ("lstrip", "rstrip", "strip"), ("startswith", "endswith"), ("find", "rfind", "index", "rindex"),
    ("split", "rsplit", "splitlines", "partition", "rpartition"), ("partition", "rpartition"),
    ("upper", "lower", "casefold"),
    ("capitalize", "title", "lower"), ("append", "extend", "appendleft", "insert", "add"),
    ("add", "update", "discard"),
    ("remove", "discard", "pop"), ("pop", "popleft"), ("keys", "values", "items"), ("get", "pop", "setdefault"),
    ("encode", "decode"), ("ljust", "rjust", "center"), ("floor", "ceil", "trunc"),
    ("union", "intersection", "difference"),
    ("issubset", "issuperset"), ("read", "readline", "readlines"), ("match", "search", "fullmatch"),
    ("isdigit", "isalpha", "isalnum", "isdecimal", "isnumeric"), ("isupper", "islower"),
    ("removeprefix", "removesuffix"),
    ("start", "stop", "end"), ("group", "groups"), ("bisect_left", "bisect_right"), ("heappush", "heappop"),
    ("sin", "cos"), ("log", "log2", "log10"), ("extend", "update"),
)  # fmt: skip


class WrongAttribute(Template):
    """Read another attribute of the same object, one more, or one fewer."""

    NAME = "wrong-attribute"
    NUMBER = 37
    TIER = Tier.B
    PRIOR = 0.55
    SUMMARY = "another attribute may be meant"
    BY_SLOT = True
    VALID = ("def f(a):\n    return a\n",)
    INVALID = (
        Example("def f(p):\n    g(p.y)\n    return p.x\n", "def f(p):\n    g(p.y)\n    return p.y\n"),
        Example("def f(s):\n    return s.lstrip()\n", "def f(s):\n    return s.rstrip()\n"),
        Example("def f(a, b):\n    g(a.n)\n    return a\n", "def f(a, b):\n    g(a.n)\n    return a.n\n"),
        Example("def f(a, b):\n    g(b.n)\n    return a\n", "def f(a, b):\n    g(b.n)\n    return a.n\n"),
        Example("def f(a):\n    b.go(1)\n    return a(1)\n", "def f(a):\n    b.go(1)\n    return a.go(1)\n"),
        Example("def f(a):\n    return a.n + 1\n", "def f(a):\n    return a + 1\n"),
        Example(
            "class C:\n    def f(self, x):\n        self.x = 1\n        return x\n",
            "class C:\n    def f(self, x):\n        self.x = 1\n        return self.x\n",
        ),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield other attributes, kin of well-known methods first; then `x.a` to `x`, and `x` to `x.a` or `self.x`."""
        for slot in site.slots:
            if isinstance(slot, ast.Attribute):
                yield from merged(_others(slot, site, ingredients), _fewer(slot, site, ingredients))
            elif isinstance(slot, ast.Name) and isinstance(slot.ctx, ast.Load):
                called = site.is_callee(slot)
                yield from _lost_method(slot, ingredients) if called else _added(slot, ingredients)


def kin_of(attribute: str) -> list[str]:
    """Return what a method of the standard types is commonly taken for."""
    return [other for family in KIN if attribute in family for other in family if other != attribute]


def _others(slot: ast.Attribute, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
    called = site.is_callee(slot)
    seen = ingredients.attributes(slot.value, called=called)
    for rank, name in enumerate(dict.fromkeys([*(kin_of(slot.attr) if called else ()), *seen])):
        if name != slot.attr:
            yield replace(slot, copied(slot, attr=name), fading(rank, 0.15))


def _fewer(slot: ast.Attribute, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
    if isinstance(slot.ctx, ast.Load) and not site.is_callee(slot):
        if isinstance(slot.value, ast.Name) and ingredients.view.visible(slot.attr, slot, site):
            yield replace(slot, ast.Name(id=slot.attr, ctx=ast.Load()), 0.7)
        yield replace(slot, slot.value, 0.4)


def _lost_method(slot: ast.Name, ingredients: Ingredients) -> Iterator[Edit]:
    """Yield methods for a variable that is called as if it were a function."""
    if ingredients.kind(slot.id) == "variable":
        for rank, name in enumerate(ingredients.attributes(slot, called=True)):
            yield replace(slot, ast.Attribute(value=slot, attr=name, ctx=ast.Load()), 0.6 * fading(rank))


def _added(slot: ast.Name, ingredients: Ingredients) -> Iterator[Edit]:
    parent = ingredients.view.parents[slot]
    owner = ingredients.view.enclosing_class(slot)
    if owner is not None and slot.id in ingredients.members(slot):
        yield replace(slot, ast.Attribute(value=ast.Name(id="self", ctx=ast.Load()), attr=slot.id, ctx=ast.Load()), 0.7)
    if not isinstance(parent, ast.Attribute):
        for rank, name in enumerate(ingredients.attributes(slot, called=False)):
            yield replace(slot, ast.Attribute(value=slot, attr=name, ctx=ast.Load()), 0.4 * fading(rank))
