"""Values that have to be brought into a form before they are used."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixers.model import Tier
from fixers.search.ingredients import Ingredients
from fixers.search.scope import targets_of
from fixers.search.site import Site
from fixers.search.template import Edit, Example, Insert, Template, fading, merged

_FUNCTIONS = ("list", "str", "int", "tuple", "set", "abs", "sorted", "dict")
_METHODS = ("strip", "lower", "copy", "upper", "rstrip", "lstrip")
_MOST = 8
_BY_KIND = {
    "str": ("{0}.strip()", "[{0}]", "{0}.encode()", "{0}.split()", "int({0})"),
    "bytes": ("{0}.decode()",),
    "list": ("tuple({0})",),
    "int": ("str({0})", "float({0})"),
    "float": ("int({0})",),
}
_EMPTY = ("[]", "{{}}", "''", "0", "()")


class LostConversion(Template):
    """Bring a parameter, or what was just bound, into another form: `x = f(x)`, `x = x.strip()`."""

    NAME = "lost-conversion"
    NUMBER = 72
    TIER = Tier.B
    PRIOR = 0.3
    SUMMARY = "the value may have to be converted first"
    VALID = ("def f():\n    return 1\n", "x = g()\n")
    INVALID = (
        Example("def f(a):\n    return a\n", "def f(a):\n    a = a.strip()\n    return a\n"),
        Example("def f(a):\n    b = g(a)\n    return b\n", "def f(a):\n    b = g(a)\n    b = list(b)\n    return b\n"),
        Example(
            "from m import clean\ndef f(a):\n    return a\n",
            "from m import clean\ndef f(a):\n    a = clean(a)\n    return a\n",
        ),
        Example("def f(a):\n    return a\n", "def f(a):\n    if isinstance(a, str):\n        a = [a]\n    return a\n"),
        Example("def f(a):\n    return a\n", "def f(a):\n    if a is None:\n        a = []\n    return a\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield conversions that the module makes elsewhere first; those of one kind of value are guesses."""
        if not site.insertable:
            return
        for rank, (item, after) in enumerate(_bound_here(site)):
            yield from merged(
                (_set(site, item, text, after, 0.8 * fading(rank, 0.3) * fading(step, 0.2), None)
                 for step, text in enumerate(_conversions(item, site, ingredients))),
                (_set(site, item, text, after, 0.5 * fading(rank, 0.3) * fading(step, 0.1), test)
                 for step, (test, text) in enumerate(_by_kind(item))),
            )  # fmt: skip


def _bound_here(site: Site) -> Iterator[tuple[str, bool]]:
    """Yield parameters at the start of a function, and what the statement binds, and whether it is bound after it."""
    function = site.functions[0]
    body = [node for node in function.body if not _is_text(node)]
    if site.statement is body[0]:
        yield from ((item, False) for item in site.view.scope(function).parameters if item not in {"self", "cls"})
    if isinstance(site.statement, (ast.Assign, ast.AnnAssign)) and site.statement.value is not None:
        targets = [site.statement.target] if isinstance(site.statement, ast.AnnAssign) else site.statement.targets
        yield from ((item, True) for target in targets for item in targets_of(target))


def _conversions(item: str, site: Site, ingredients: Ingredients) -> Iterator[str]:
    called = [f"{other}({item})" for other in ingredients.called_with_one[:_MOST]]
    methods = [f"{item}.{other}()" for other in ingredients.methods[:_MOST]]
    idle = [f"{other}({item})" for other in ingredients.idle_at(site)]
    usual = [*(f"{item}.{other}()" for other in _METHODS), *(f"{other}({item})" for other in _FUNCTIONS)]
    # The module's own functions and methods in turn: none of the two is likelier.
    turns = [text for pair in zip(called, methods, strict=False) for text in pair]
    yield from dict.fromkeys([*idle, *turns, *called, *methods, *usual])


def _by_kind(item: str) -> Iterator[tuple[str, str]]:
    for text in _EMPTY:
        yield f"{item} is None", text.format(item)
    for kind, texts in _BY_KIND.items():
        for text in texts:
            yield f"isinstance({item}, {kind})", text.format(item)


def _set(site: Site, item: str, text: str, after: bool, weight: float, test: str | None) -> Edit:
    value = ast.parse(text, mode="eval").body
    made: ast.stmt = ast.Assign(targets=[ast.Name(id=item, ctx=ast.Store())], value=value, lineno=site.line)
    if test is not None:
        made = ast.If(test=ast.parse(test, mode="eval").body, body=[made], orelse=[])
    return Edit(Insert(site.statement, made, after=after), weight, Tier.C if test else None)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
