"""Wrong results: what is returned, yielded or raised."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixers.model import Tier
from fixers.search.callees import last_name
from fixers.search.ingredients import Ingredients
from fixers.search.site import Site
from fixers.search.syntax import name
from fixers.search.template import Edit, Example, Insert, Template, fading, replace


class WrongResult(Template):
    """Return or yield another value of the function, or return what is computed and dropped."""

    NAME = "wrong-result"
    NUMBER = 59
    TIER = Tier.B
    PRIOR = 0.5
    SUMMARY = "another value may be the result"
    VALID = ("x = g()\n", "def f():\n    pass\n")
    INVALID = (
        Example("def f(a):\n    b = g(a)\n    return a[0]\n", "def f(a):\n    b = g(a)\n    return b\n"),
        Example("def f(a):\n    g(a)\n", "def f(a):\n    return g(a)\n"),
        Example(
            "def f(a):\n    if a:\n        0 < a\n    return a\n",
            "def f(a):\n    if a:\n        return 0 < a\n    return a\n",
        ),
        Example("def f(a):\n    b = g(a)\n", "def f(a):\n    b = g(a)\n    return b\n"),
        Example(
            "def g(a):\n    raise a.error(1)\ndef f(a):\n    a.error(2)\n",
            "def g(a):\n    raise a.error(1)\ndef f(a):\n    raise a.error(2)\n",
        ),
        Example(
            "def f(a):\n    if a:\n        return a.x\n    return 1\n",
            "def f(a):\n    if a:\n        return 1\n    return 1\n",
        ),
        Example("class C:\n    def f(self):\n        return 1\n", "class C:\n    def f(self):\n        return self\n"),
        Example("def f(a, b):\n    yield a.x\n", "def f(a, b):\n    yield b\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield values of other returns, then variables; `self` last."""
        statement = site.statement
        if not site.functions or site.is_signature:
            return
        match statement:
            case ast.Return(value=ast.expr() as value):
                yield from _values(value, site, ingredients)
            case ast.Expr(value=ast.Yield(value=ast.expr() as value)):
                yield from _values(value, site, ingredients)
            case ast.Return():
                for rank, value in enumerate(_results(site, ingredients)):
                    yield replace(statement, ast.Return(value=value), fading(rank))
            case ast.Expr(value=value) if not isinstance(value, (ast.YieldFrom, ast.Await)):
                yield replace(statement, ast.Return(value=value))
                yield from _raised(value, statement, ingredients)
            case ast.Assign(value=assigned):
                yield replace(statement, ast.Return(value=assigned), 0.3)
        if site.insertable and _is_last(site):
            for rank, value in enumerate(_results(site, ingredients)):
                yield Edit(Insert(statement, ast.Return(value=value), after=True), 0.8 * fading(rank))


def _raised(value: ast.expr, statement: ast.stmt, ingredients: Ingredients) -> Iterator[Edit]:
    """Yield the statement as one that raises what the module raises elsewhere."""
    if isinstance(value, ast.Call) and last_name(value.func) in ingredients.raised:
        yield replace(statement, ast.Raise(exc=value))


def _values(old: ast.expr, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
    for rank, value in enumerate(_results(site, ingredients)):
        yield replace(old, value, fading(rank))
    if isinstance(old, ast.Tuple):
        yield replace(old, ast.Tuple(elts=old.elts[::-1], ctx=ast.Load()), 0.6)
        yield from (replace(old, element, 0.4) for element in old.elts)


def _results(site: Site, ingredients: Ingredients) -> Iterator[ast.expr]:
    others = [node.value for node in site.returns if node is not site.statement and node.value is not None]
    yield from (value for value in others if not ingredients.unseen(value, site))
    names = [item for item in ingredients.names(site) if ingredients.kind(item) == "variable"]
    yield from (name(item) for item in sorted(names, key=lambda item: item in {"self", "cls"}))


def _is_last(site: Site) -> bool:
    """Whether the statement ends a function that may fall off its end here."""
    body = site.functions[0].body
    return site.statement is body[-1] and not isinstance(site.statement, (ast.Return, ast.Raise))
