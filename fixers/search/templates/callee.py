"""Wrong functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixers.model import Tier
from fixers.search.ingredients import Ingredients
from fixers.search.site import Site
from fixers.search.syntax import copied, dotted, name
from fixers.search.template import Edit, Example, Template, fading, replace

# Built-in functions that are taken for one another.
KIN = (
    ("min", "max"), ("any", "all"), ("sum", "len", "max", "min"), ("sorted", "list", "reversed"),
    ("int", "float", "round"),
    ("list", "tuple", "set", "frozenset", "sorted"), ("isinstance", "issubclass"), ("str", "repr"),
    ("hex", "oct", "bin"),
    ("iter", "next"), ("bytes", "bytearray", "str"), ("getattr", "hasattr"), ("zip", "enumerate"), ("map", "filter"),
    ("range", "len"), ("ord", "chr"), ("floor", "ceil"), ("dict", "list"), ("int", "str", "len"),
    ("abs", "int", "float"),
)  # fmt: skip
_EXCEPTIONS = (
    "ValueError", "TypeError", "KeyError", "IndexError", "AttributeError", "NotImplementedError", "LookupError",
    "RuntimeError", "StopIteration", "OSError", "ImportError", "OverflowError", "ArithmeticError",
)  # fmt: skip


class WrongCallee(Template):
    """Call another function that takes as many arguments."""

    NAME = "wrong-callee"
    NUMBER = 38
    TIER = Tier.B
    PRIOR = 0.5
    SUMMARY = "another function may be meant"
    BY_SLOT = True
    VALID = ("def f(a):\n    return a.b()\n",)
    INVALID = (
        Example("def f(a, b):\n    return min(a, b)\n", "def f(a, b):\n    return max(a, b)\n"),
        Example(
            "def g(a):\n    return a\ndef h(a):\n    return -a\ndef f(a):\n    return g(a)\n",
            "def g(a):\n    return a\ndef h(a):\n    return -a\ndef f(a):\n    return h(a)\n",
        ),
        Example("from m import g, h\ndef f(a):\n    return g(a)\n", "from m import g, h\ndef f(a):\n    return h(a)\n"),
        Example("def f(a):\n    raise TypeError(a)\n", "def f(a):\n    raise ValueError(a)\n"),
        Example("def f(a):\n    raise TypeError\n", "def f(a):\n    raise KeyError\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield kin of built-in functions, then the module's own functions, then built-ins the module uses.

        For an exception that is raised, other exceptions alone.
        """
        for slot in site.slots:
            if isinstance(site.view.parents[slot], ast.Raise):
                yield from _raised(slot, site, ingredients)
                continue
            if not (isinstance(slot, ast.Call) and isinstance(slot.func, ast.Name)):
                continue
            own = slot.func.id
            kin = [other for family in KIN if own in family for other in family]
            local = [other for other in ingredients.names(site, slot) if ingredients.kind(other) == "variable"]
            rest = [*ingredients.callables(len(slot.args)), *ingredients.used_builtins, *local]
            for rank, other in enumerate(dict.fromkeys([*ingredients.idle_at(site), *kin, *rest])):
                if other != own:
                    yield replace(slot.func, copied(name(other)), fading(rank))
            for rank, other in enumerate(ingredients.idle_members):
                yield replace(slot.func, dotted(other), 0.5 * fading(rank), Tier.C)


def _raised(slot: ast.expr, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
    """Yield what the module raises elsewhere in the place of one exception, then what is usual."""
    kind = slot.func if isinstance(slot, ast.Call) else slot
    if not isinstance(kind, ast.Name) or site.statement.cause is slot:  # type: ignore[attr-defined]
        return
    for rank, other in enumerate(dict.fromkeys([*ingredients.raised, *_EXCEPTIONS])):
        if other != kind.id and ingredients.kind(other) != "variable":
            yield replace(kind, copied(name(other)), fading(rank))
