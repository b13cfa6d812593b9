"""Statements that should not be there, or not there, and loops that run too far or not far enough."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixers.model import Tier
from fixers.search.conditions import conditions
from fixers.search.ingredients import Ingredients
from fixers.search.site import Site
from fixers.search.template import Edit, Example, Replace, Template, fading, replace

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class SuperfluousStatement(Template):
    """Delete a statement: where that passes, the tests are weak. A diagnosis, never a proposal."""

    NAME = "superfluous-statement"
    NUMBER = 55
    TIER = Tier.C
    PRIOR = 0.2
    SUMMARY = "the statement may be one too many"
    VALID = ("def f():\n    pass\n",)
    INVALID = (
        Example("def f(a):\n    g()\n    return a\n", "def f(a):\n    pass\n    return a\n"),
        Example("def f(a):\n    if a:\n        return 1\n    return a\n", "def f(a):\n    pass\n    return a\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:  # noqa: ARG002 - needs none
        """Yield the deletion."""
        if site.insertable and not isinstance(site.statement, (ast.Pass, ast.ClassDef, ast.FunctionDef)):
            yield replace(site.statement, ast.Pass(), tier=Tier.C)


class WrongLoop(Template):
    """Leave a loop instead of going on, or the other way round; wait for the other end of a condition."""

    NAME = "wrong-loop"
    NUMBER = 61
    TIER = Tier.B
    PRIOR = 0.3
    SUMMARY = "the loop may have to go on, or to end, here"
    VALID = ("def f():\n    return 1\n",)
    INVALID = (
        Example(
            "def f(a):\n    for x in a:\n        if x:\n            break\n",
            "def f(a):\n    for x in a:\n        if x:\n            continue\n",
        ),
        Example(
            "def f(a):\n    for x in a:\n        if x:\n            continue\n",
            "def f(a):\n    for x in a:\n        if x:\n            break\n",
        ),
        Example(
            "def f(a):\n    for x in a:\n        if x:\n            break\n    return 1\n",
            "def f(a):\n    for x in a:\n        if x:\n            return\n    return 1\n",
        ),
        Example(
            "def f(a):\n    if a:\n        g()\n    return a\n",
            "def f(a):\n    while a:\n        g()\n    return a\n",
        ),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:  # noqa: ARG002 - needs none
        """Yield the other way out; an `if` that loops, and a `while` that does not."""
        statement = site.statement
        match statement:
            case ast.Break():
                yield replace(statement, ast.Continue())
                yield replace(statement, ast.Return(value=None), 0.5)
            case ast.Continue():
                yield replace(statement, ast.Break())
                yield replace(statement, ast.Return(value=None), 0.5)
            case ast.If(test=test, body=body, orelse=[]) if site.insertable:
                yield replace(statement, ast.While(test=test, body=body, orelse=[]), 0.5)
            case ast.While(test=test, body=body, orelse=[]):
                yield replace(statement, ast.If(test=test, body=body, orelse=[]), 0.5)


class UnguardedStatement(Template):
    """Do a statement under a condition only. Hiding what fails is a typical way to overfit, so it is only offered."""

    NAME = "unguarded-statement"
    NUMBER = 51
    TIER = Tier.C
    PRIOR = 0.2
    SUMMARY = "this may have to be done in some cases only"
    VALID = ("x = 1\n", "def f(a):\n    pass\n")
    INVALID = (
        Example(
            "def f(a, b):\n    a.append(b)\n    return a\n",
            "def f(a, b):\n    if b is None:\n        a.append(b)\n    return a\n",
        ),
        Example(
            "def f(a, b):\n    for x in b:\n        a = x\n    return a\n",
            "def f(a, b):\n    for x in b:\n        if not x:\n            a = x\n    return a\n",
        ),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield the statement under each condition, the nearest first."""
        if not site.insertable or isinstance(site.statement, (ast.Pass, ast.If, *_DEFINITIONS)):
            return
        for rank, condition in enumerate(conditions(site, ingredients)):
            guarded = ast.If(test=condition, body=[site.statement], orelse=[])
            yield replace(site.statement, guarded, fading(rank, 0.15))


class SwappedStatements(Template):
    """Do two neighbouring statements in the other order."""

    NAME = "swapped-statements"
    NUMBER = 56
    TIER = Tier.C
    PRIOR = 0.2
    SUMMARY = "this may have to be done before the line above it"
    VALID = ("def f(a):\n    return a\n", "def f(a):\n    a = 1\n    return a\n")
    INVALID = (
        Example(
            "def f(a):\n    b = g(a)\n    a += 1\n    return b\n",
            "def f(a):\n    a += 1\n    b = g(a)\n    return b\n",
        ),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:  # noqa: ARG002 - needs none
        """Yield the exchange of two simple statements of one block."""
        below = site.statement_below
        simple = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Delete, ast.Assert)
        if site.insertable and below is not None and isinstance(below, simple) and isinstance(site.statement, simple):
            yield Edit(Replace({site.statement: below, below: site.statement}))
