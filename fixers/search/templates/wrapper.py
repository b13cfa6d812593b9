"""Calls that were lost around an expression, or that should not be there."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixers.model import Tier
from fixers.search.ingredients import Ingredients
from fixers.search.kinds import LACKS, UNFIT
from fixers.search.site import Site
from fixers.search.syntax import call, copied, is_load, is_truth, literal, method, name
from fixers.search.template import Edit, Example, Template, fading, merged, replace

_USUAL = (
    "abs", "list", "str", "reversed", "sorted", "len", "int", "set", "bool", "iter", "tuple", "float", "dict",
    "max", "min",
    "sum", "next", "any", "all", "round", "enumerate",
)  # fmt: skip
_TAKES_ONE = frozenset(
    {*_USUAL, "repr", "frozenset", "bytes", "type", "id", "hash", "ord", "chr", "callable", "vars", "dir"}
)
_USUAL_METHODS = (
    "strip", "lower", "copy", "items", "upper", "keys", "values", "split", "rstrip", "lstrip", "splitlines", "encode",
    "decode", "casefold", "title", "capitalize", "read", "sort", "pop",
)  # fmt: skip
_WRAPPABLE = (
    ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.BinOp, ast.UnaryOp, ast.IfExp, ast.GeneratorExp,
    ast.ListComp,
    ast.BoolOp, ast.Compare,
)  # fmt: skip


class LostCall(Template):
    """Wrap an expression in a call, or take the call away: `abs(x)`, `list(x)`, `max(x, 0)`."""

    NAME = "lost-call"
    NUMBER = 40
    TIER = Tier.B
    PRIOR = 0.4
    SUMMARY = "a call around this value may be lost, or one too many"
    BY_SLOT = True
    VALID = ("def f():\n    return 1\n",)
    INVALID = (
        Example("def f(a):\n    return a\n", "def f(a):\n    return abs(a)\n"),
        Example("def f(a):\n    return list(a)\n", "def f(a):\n    return a\n"),
        Example("def f(a, b):\n    return a - b\n", "def f(a, b):\n    return max(a - b, 0)\n"),
        Example("def f(a, n):\n    return a\n", "def f(a, n):\n    return min(a, n)\n"),
        Example(
            "def g(a):\n    return isinstance(a, int)\ndef f(b):\n    return b\n",
            "def g(a):\n    return isinstance(a, int)\ndef f(b):\n    return isinstance(b, int)\n",
        ),
        Example(
            "from m import clean\ndef f(a):\n    return a\n", "from m import clean\ndef f(a):\n    return clean(a)\n"
        ),
        Example(
            "import unicodedata\ndef f(a):\n    return a\n",
            "import unicodedata\ndef f(a):\n    return unicodedata.category(a)\n",
        ),
        Example("def f(a):\n    a.go\n    return a\n", "def f(a):\n    a.go()\n    return a\n"),
        Example("def f(a, check):\n    return a\n", "def f(a, check):\n    return check(a)\n"),
        Example(
            "def g(a):\n    return a\ndef f(a):\n    return a\n",
            "def g(a):\n    return a\ndef f(a):\n    return g(a)\n",
        ),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield unwrapped calls, then wraps in built-ins the module uses, usual ones and the module's own functions."""
        usual = [name for name in ingredients.used_builtins if name in _TAKES_ONE]
        wrappers = list(dict.fromkeys([*ingredients.idle_at(site), *usual, *_USUAL, *ingredients.callables(1)]))
        for slot in site.slots:
            if isinstance(slot, ast.Call):
                yield from (replace(slot, argument, 0.6 / len(slot.args)) for argument in slot.args)
            if _is_idle(slot, site) and isinstance(slot, ast.Attribute):
                yield replace(slot, ast.Call(func=slot, args=[], keywords=[]))
            if is_truth(slot):
                yield from (replace(slot, call(wrapper, slot), 0.4) for wrapper in ("int", "str"))
            elif _is_value(slot, site) and ingredients.is_value(slot):
                kind = ingredients.value_kind(slot, site)
                fit = (wrapper for wrapper in wrappers if kind is None or wrapper not in UNFIT[kind])
                wrapped = (_wrapped(slot, wrapper, fading(rank, 0.3)) for rank, wrapper in enumerate(fit))
                others = (
                    _by_idle_module(slot, ingredients),
                    _by_variable(slot, site, ingredients),
                    _bounded(slot, site, ingredients),
                    _as_elsewhere(slot, site, ingredients),
                )
                yield from merged((edit for edit in wrapped if edit is not None), *others)


class LostMethodCall(Template):
    """Call a method without arguments on a value, or take such a call away: `.copy()`, `.strip()`."""

    NAME = "lost-method-call"
    NUMBER = 41
    TIER = Tier.B
    PRIOR = 0.3
    SUMMARY = "a method call on this value may be lost, or one too many"
    BY_SLOT = True
    VALID = ("def f():\n    return 1\n",)
    INVALID = (
        Example("def f(s):\n    return s\n", "def f(s):\n    return s.strip()\n"),
        Example("def f(s, t):\n    return s.split(t)\n", "def f(s, t):\n    return s\n"),
        Example("def f(s):\n    s.go()\n    return s\n", "def f(s):\n    s.go()\n    return s.go()\n"),
        Example("def f(s):\n    g(s.go())\n    s\n", "def f(s):\n    g(s.go())\n    s.go()\n"),
        Example(
            "def g(m):\n    return m.group(1)\ndef f(m):\n    return m.upper()\n",
            "def g(m):\n    return m.group(1)\ndef f(m):\n    return m.group(1).upper()\n",
        ),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield dropped calls, then methods the module calls, then usual ones."""
        methods = list(dict.fromkeys([*_USUAL_METHODS[:3], *ingredients.methods, *_USUAL_METHODS]))
        for slot in site.slots:
            if isinstance(slot, ast.Call) and isinstance(slot.func, ast.Attribute):
                yield replace(slot, slot.func.value, 0.6)
            if isinstance(slot, ast.Name) and is_load(slot) and not site.is_callee(slot):
                yield from _with_arguments(slot, site, ingredients)
            if _is_idle(slot, site):
                for rank, attribute in enumerate(ingredients.attributes(slot, called=True)):
                    yield replace(slot, method(slot, attribute), fading(rank))
            elif _is_value(slot, site) and not is_truth(slot) and ingredients.is_value(slot):
                kind = ingredients.value_kind(slot, site)
                for rank, attribute in enumerate(item for item in methods if kind is None or item not in LACKS[kind]):
                    yield replace(slot, method(slot, attribute), fading(rank, 0.3))


def _wrapped(slot: ast.expr, wrapper: str, weight: float) -> Edit | None:
    if isinstance(slot, ast.Call) and isinstance(slot.func, ast.Name) and slot.func.id == wrapper:
        return None
    return replace(slot, call(wrapper, slot), weight)


def _by_idle_module(slot: ast.expr, ingredients: Ingredients) -> Iterator[Edit]:
    """Yield calls into modules that nothing uses: which function is meant nobody can tell, and one of fifty may fit."""
    for rank, item in enumerate(ingredients.idle_members):
        yield replace(slot, call(item, slot), 0.5 * fading(rank), Tier.C)


def _by_variable(slot: ast.expr, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
    """Yield calls of variables: of those that nobody reads or that the function calls elsewhere first."""
    unused = set(ingredients.unused(site))
    called = ingredients.called_in(site.functions[0]) if site.functions else set()
    names = [item for item in ingredients.names(site, slot) if ingredients.kind(item) == "variable"]
    likely = [item for item in names if item in unused or item in called]
    for rank, item in enumerate(likely):
        yield replace(slot, call(item, slot), 0.7 * fading(rank, 0.3))
    for rank, item in enumerate(item for item in names if item not in likely and item not in {"self", "cls"}):
        yield replace(slot, call(item, slot), 0.2 * fading(rank, 0.3))


def _as_elsewhere(slot: ast.expr, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
    """Yield calls with further arguments that the module makes, with the value in the place of one of them."""
    for rank, other in enumerate(ingredients.calls_of_several(site)):
        for index in range(len(other.args)):
            args = [*other.args[:index], slot, *other.args[index + 1 :]]
            new = copied(other, args=args)
            rest = [*other.args[:index], *other.args[index + 1 :], other.func]
            if not any(ingredients.unseen(node, site) for node in rest):
                yield replace(slot, new, 0.4 * fading(rank, 0.2) * fading(index, 0.5))


def _with_arguments(slot: ast.Name, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
    """Yield method calls with arguments that the module makes on what it calls by the same name."""
    found = (node for node in ingredients.method_calls.get(slot.id, ()) if not ingredients.unseen(node, site))
    calls = {ingredients.text(node): node for node in found}
    for rank, node in enumerate(calls.values()):
        yield replace(slot, copied(node), (0.4 if slot.id in {"self", "cls"} else 0.8) * fading(rank, 0.3))


def _is_idle(slot: ast.expr, site: Site) -> bool:
    """Whether the slot is a statement of its own that does nothing, most likely for want of a call."""
    return isinstance(site.view.parents[slot], ast.Expr) and isinstance(slot, (ast.Name, ast.Attribute))


def _is_value(slot: ast.expr, site: Site) -> bool:
    """Whether the slot is read as a value, not called, awaited alone, or only there for its attribute."""
    parent = site.view.parents[slot]
    if (
        not is_load(slot)
        or not isinstance(slot, _WRAPPABLE)
        or isinstance(parent, (ast.Expr, ast.Await, ast.excepthandler))
    ):
        return False
    return not site.is_callee(slot)


def _bounded(slot: ast.expr, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
    for bound in ("max", "min"):
        for value in (0, 1):
            yield replace(slot, call(bound, slot, literal(value)), 0.4)
        for rank, identifier in enumerate(ingredients.names(site, slot)):
            if ingredients.kind(identifier) == "variable" and not (
                isinstance(slot, ast.Name) and slot.id == identifier
            ):
                yield replace(slot, call(bound, slot, name(identifier)), 0.2 * fading(rank))
                yield replace(slot, call(bound, slot, call("len", name(identifier))), 0.12 * fading(rank))
