"""Elements of collections, and items taken from them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixers.model import Tier
from fixers.search.ingredients import Ingredients
from fixers.search.renaming import mirrored
from fixers.search.site import Site
from fixers.search.syntax import is_load, literal, name
from fixers.search.template import Edit, Example, Template, fading, replace

_DISPLAYS = (ast.Tuple, ast.List, ast.Set)
_TYPES = (("list", "tuple"), ("int", "float"), ("str", "bytes"), ("set", "frozenset"), ("bytes", "bytearray"))
_WHOLE = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)


class LostElement(Template):
    """Put one more element into a tuple, list or set that is written out, or take one away."""

    NAME = "lost-element"
    NUMBER = 65
    TIER = Tier.B
    PRIOR = 0.5
    SUMMARY = "an element may be missing, or one too many"
    BY_SLOT = True
    VALID = ("def f(a):\n    return a\n",)
    INVALID = (
        Example("def f(a, b):\n    return [a]\n", "def f(a, b):\n    return [a, b]\n"),
        Example(
            "def f(a):\n    g('x')\n    return a in ('y',)\n", "def f(a):\n    g('x')\n    return a in ('y', 'x')\n"
        ),
        Example(
            "import m\ndef g():\n    return m.B\ndef f(a):\n    return isinstance(a, (m.A, m.C))\n",
            "import m\ndef g():\n    return m.B\ndef f(a):\n    return isinstance(a, (m.A, m.C, m.B))\n",
        ),
        Example("def f(a, b):\n    return a, b\n", "def f(a, b):\n    return (a,)\n"),
        Example("def f(a, b):\n    return [a[1:]]\n", "def f(a, b):\n    return [a[1:], b[1:]]\n"),
        Example("def f():\n    a, b, c = 0, 0\n", "def f():\n    a, b, c = 0, 0, 0\n"),
        Example("def f(a):\n    return isinstance(a, list)\n", "def f(a):\n    return isinstance(a, (list, tuple))\n"),
        Example(
            "def g(a):\n    return isinstance(a, C)\ndef f(a):\n    return isinstance(a, D)\n",
            "def g(a):\n    return isinstance(a, C)\ndef f(a):\n    return isinstance(a, (D, C))\n",
        ),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield what is like the elements there are: siblings of attributes, constants of their type, variables."""
        for slot in site.slots:
            if isinstance(slot, ast.Call):
                yield from _one_more_type(slot, ingredients)
            if not isinstance(slot, _DISPLAYS) or not slot.elts or not is_load(slot):
                continue
            for rank, value in enumerate(_alike(slot.elts, site, slot, ingredients)):
                yield replace(slot, _with(slot, [*slot.elts, value]), fading(rank))
                yield replace(slot, _with(slot, [value, *slot.elts]), 0.5 * fading(rank))
            for index in reversed(range(len(slot.elts))):
                yield replace(slot, _with(slot, [*slot.elts[:index], *slot.elts[index + 1 :]]), 0.5)


class LostIndex(Template):
    """Take an item of a value, or the value instead of its item: `x` and `x[0]`."""

    NAME = "lost-index"
    NUMBER = 66
    TIER = Tier.B
    PRIOR = 0.2
    SUMMARY = "one item of this value may be meant, or all of it"
    BY_SLOT = True
    VALID = ("def f():\n    return 1\n",)
    INVALID = (
        Example("def f(a):\n    return a\n", "def f(a):\n    return a[0]\n"),
        Example("def f(a):\n    return a\n", "def f(a):\n    return a[-1]\n"),
        Example("def f(a, i):\n    return a\n", "def f(a, i):\n    return a[i]\n"),
        Example("def f(a):\n    return a[0]\n", "def f(a):\n    return a\n"),
        Example("def f(a):\n    return a[1:]\n", "def f(a):\n    return a\n"),
        Example("def f(a):\n    g(a['k'])\n    return a\n", "def f(a):\n    g(a['k'])\n    return a['k']\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield the whole of what is subscripted; then the items that the function takes elsewhere, ends, variables."""
        for slot in site.slots:
            if isinstance(slot, ast.Subscript) and is_load(slot):
                yield replace(slot, slot.value, 0.8)
            parent = site.view.parents[slot]
            if not isinstance(slot, _WHOLE) or not is_load(slot) or isinstance(parent, (ast.Attribute, ast.Expr)):
                continue
            if site.is_callee(slot) or not ingredients.is_value(slot):
                continue
            if ingredients.value_kind(slot, site) in {"number", "truth"}:
                continue
            for rank, (index, tier) in enumerate(_indexes(slot, site, ingredients)):
                yield replace(slot, ast.Subscript(value=slot, slice=index, ctx=ast.Load()), 0.8 * fading(rank), tier)


def _one_more_type(call: ast.Call, ingredients: Ingredients) -> Iterator[Edit]:
    """Yield `isinstance(a, (T, U))` for `isinstance(a, T)`: those taken for one another, then those asked for."""
    match call:
        case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, ast.Name() | ast.Attribute() as kind]):
            own = ingredients.text(kind)
            kin = [other for family in _TYPES if own in family for other in family]
            others = {text: ast.parse(text, mode="eval").body for text in kin} | ingredients.types_asked
            for rank, (text, other) in enumerate(others.items()):
                if text != own:
                    yield replace(kind, ast.Tuple(elts=[kind, other], ctx=ast.Load()), fading(rank))


def _with(slot: ast.expr, elements: list[ast.expr]) -> ast.expr:
    if isinstance(slot, ast.Set):
        return ast.Set(elts=elements) if elements else ast.Call(func=name("set"), args=[], keywords=[])
    kind = ast.Tuple if isinstance(slot, ast.Tuple) else ast.List
    return kind(elts=elements, ctx=ast.Load())


def _alike(elements: list[ast.expr], site: Site, slot: ast.expr, ingredients: Ingredients) -> Iterator[ast.expr]:
    own = {ingredients.text(element) for element in elements}
    last = elements[-1]
    if isinstance(last, ast.Constant) and own == {ingredients.text(last)}:
        yield last
    if isinstance(last, ast.Attribute):
        for attribute in ingredients.attributes_on(last.value):
            if f"{ingredients.text(last.value)}.{attribute}" not in own:
                yield ast.Attribute(value=last.value, attr=attribute, ctx=ast.Load())
    elif isinstance(last, ast.Constant):
        pool = ingredients.strings(site) if isinstance(last.value, str) else ingredients.numbers(site)
        yield from (literal(value) for value in pool if repr(value) not in own)
    elif not isinstance(last, ast.Name):
        yield from mirrored(last, site, ingredients)
    yield from (name(item) for item in ingredients.idle_at(site) if ingredients.view.visible(item, slot, site))
    for identifier in ingredients.names(site, slot):
        if identifier not in own and ingredients.kind(identifier) == ingredients.kind(ingredients.text(last)):
            yield name(identifier)


def _indexes(slot: ast.expr, site: Site, ingredients: Ingredients) -> Iterator[tuple[ast.expr, Tier]]:
    """Yield the items that the function takes of the same value, then both ends; any other index is a guess."""
    text = ingredients.text(slot)
    nodes = site.view.within(site.functions[0]) if site.functions else ()
    taken = [node for node in nodes if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice)]
    sure = [node.slice for node in taken if ingredients.text(node.value) == text]
    sure += [literal(0), literal(-1)]
    names = (n for n in ingredients.names(site, slot) if ingredients.kind(n) == "variable")
    guesses = [*(node.slice for node in taken), literal(1), *(name(n) for n in names if n not in {"self", "cls", text})]
    found: dict[int, tuple[ast.expr, Tier]] = {}
    for index, tier in (*((index, Tier.B) for index in sure), *((index, Tier.C) for index in guesses)):
        if not ingredients.unseen(index, site):
            found.setdefault(ingredients.view.shapes.of(index), (index, tier))
    yield from found.values()
