"""Values that may be None and are used as if they could not be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, raising_site
from fixers.codemods.none_origins import forgotten_return, mutated_in_place
from fixers.codemods.none_uses import Culprit, the_culprit
from fixers.codemods.source import Edits, Source
from fixers.codemods.ways_out import guards
from fixers.model import Candidate, Tier


class UnguardedNone(Codemod):
    """Provide for None where the value comes from, or before it is used.

    In this order: a function that forgot to return what it computed, an in-place
    method whose result is None, an empty default where the use is a loop or a
    length, and an early way out like those the function already has.
    """

    NAME = "unguarded-none"
    NUMBER = 15
    TIER = Tier.B
    PRIOR = 0.6
    MESSAGE = "a value that may be None is used as if it could not be"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # two values on the line may be None
            before="def f(a, b):\n    return a.name + b.name\n",
            after="def f(a, b):\n    return a.name + b.name\n",
            exception="AttributeError",
            message="'NoneType' object has no attribute 'name'",
            line=2,
        ),
        Rewrite(  # the line is guarded already
            before="def f(a):\n    return a.name if a is not None else ''\n",
            after="def f(a):\n    return a.name if a is not None else ''\n",
            exception="AttributeError",
            message="'NoneType' object has no attribute 'name'",
            line=2,
        ),
        Rewrite(  # module level has no early way out
            before="a = None\nprint(a.name)\n",
            after="a = None\nprint(a.name)\n",
            exception="AttributeError",
            message="'NoneType' object has no attribute 'name'",
            line=2,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # which of the two it was, the crashed frame tells
            before="def f(a, b):\n    if not a:\n        return ''\n    return a.name + b.name\n",
            after="def f(a, b):\n    if not a:\n        return ''\n    if b is None:\n        return ''\n"
            "    return a.name + b.name\n",
            exception="AttributeError",
            message="'NoneType' object has no attribute 'name'",
            line=4,
            values={"types:pkg/mod.py:4:a": ("pkg.User",), "types:pkg/mod.py:4:b": ("NoneType",)},
        ),
        Rewrite(
            before="def f(user):\n    # greet\n    name = user.name\n    return name.title()\n",
            after=(
                "def f(user):\n    if user is None:\n        return None\n    # greet\n    name = user.name\n"
                "    return name.title()\n"
            ),
            exception="AttributeError",
            message="'NoneType' object has no attribute 'name'",
            line=3,
        ),
        Rewrite(  # the way out is the one the function has
            before="def f(xs, key):\n    if not key:\n        return ''\n    return xs[key].strip()\n",
            after=(
                "def f(xs, key):\n    if not key:\n        return ''\n    if xs is None:\n        return ''\n"
                "    return xs[key].strip()\n"
            ),
            exception="TypeError",
            message="'NoneType' object is not subscriptable",
            line=4,
        ),
        Rewrite(
            before="def f(items=None):\n    for item in items:  # each\n        print(item)\n",
            after="def f(items=None):\n    for item in items or ():  # each\n        print(item)\n",
            exception="TypeError",
            message="'NoneType' object is not iterable",
            line=2,
        ),
        Rewrite(
            before="def f(rows):\n    for row in rows:\n        print(row.name)\n",
            after=(
                "def f(rows):\n    for row in rows:\n        if row is None:\n            continue\n"
                "        print(row.name)\n"
            ),
            exception="AttributeError",
            message="'NoneType' object has no attribute 'name'",
            line=3,
        ),
        Rewrite(
            before="def f(xs):\n    ordered = xs.sort()\n    return ordered[0]\n",
            after="def f(xs):\n    ordered = sorted(xs)\n    return ordered[0]\n",
            exception="TypeError",
            message="'NoneType' object is not subscriptable",
            line=3,
        ),
        Rewrite(
            before=(
                "def total(xs):\n    result = sum(xs)\n    result = result * 2\n\n\n"
                "def f(xs):\n    return total(xs) + 1\n"
            ),
            after=(
                "def total(xs):\n    result = sum(xs)\n    result = result * 2\n    return result\n\n\n"
                "def f(xs):\n    return total(xs) + 1\n"
            ),
            exception="TypeError",
            message="unsupported operand type(s) for +: 'NoneType' and 'int'",
            line=7,
        ),
        Rewrite(
            before="def f(limit):\n    if limit.n > 3:\n        return 1\n    return 0\n",
            after=("def f(limit):\n    if limit is not None and limit.n > 3:\n        return 1\n    return 0\n"),
            exception="AttributeError",
            message="'NoneType' object has no attribute 'n'",
            line=2,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the origin's repair, then the guards, most likely first."""
        for crash in crashes(scene, "AttributeError", "TypeError"):
            site = raising_site(scene, crash) if "NoneType" in crash.message else None
            culprit = the_culprit(scene, site, crash.message) if site else None
            if site is None or culprit is None:
                continue
            origins = list(self._origins(scene, site, culprit))
            yield from origins
            if not origins:
                yield from self._guards(scene, site, culprit)

    def _origins(self, scene: Scene, site: Site, culprit: Culprit) -> Iterator[Candidate]:
        found = forgotten_return(scene, site, culprit.value)
        if found is not None:
            text = f"`{found.name}` computes its result and never returns it."
            yield from self.offer(scene, found.texts, summary=text, line=found.line, function=found.name, prior=0.75)
        edits = mutated_in_place(site, culprit.value)
        if edits is not None:
            text = "The method changes its list in place and returns None."
            texts = {site.path: edits.text()}
            yield from self.offer(scene, texts, summary=text, line=site.line, function=site.function, prior=0.75)

    def _guards(self, scene: Scene, site: Site, culprit: Culprit) -> Iterator[Candidate]:
        value = site.source.code(culprit.value)
        for prior, edits in _repairs(scene, site, culprit):
            yield from self.offer(
                scene,
                {site.path: edits.text()},
                summary=f"`{value}` may be None here, and the code goes on without it.",
                line=site.line,
                function=site.function,
                prior=prior,
            )


def _repairs(scene: Scene, site: Site, culprit: Culprit) -> Iterator[tuple[float, Edits]]:
    """Yield edits with their priors, best first."""
    source, value = site.source, culprit.value
    plain = isinstance(value, (cst.Name, cst.Attribute)) and source.code(value) not in {"self", "cls"}
    if culprit.empty and isinstance(value, (cst.Name, cst.Attribute, cst.Call)):
        yield 0.6, Edits(source).put(value, _or(source, value, culprit.empty))
    if not plain:
        return
    name = source.code(value)
    branch = _branch_around(source, value)
    if branch is not None:
        yield 0.55, Edits(source).put(branch, _and(source, branch, name))
    yield from guards(scene, site, value, f"{name} is None")


def _or(source: Source, value: cst.BaseExpression, empty: str) -> cst.BaseExpression:
    new = cst.parse_expression(f"{source.code(value)} or {empty}")
    bare = isinstance(source.parents[value], (cst.For, cst.Arg))
    return new if bare else new.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def _and(source: Source, test: cst.BaseExpression, name: str) -> cst.BaseExpression:
    written = source.code(test)
    wrapped = (
        f"({written})" if isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.Or) else written
    )
    return cst.parse_expression(f"{name} is not None and {wrapped}")


def _branch_around(source: Source, value: cst.BaseExpression) -> cst.BaseExpression | None:
    """Return the test of the `if` or `while` that the value stands in, when it is not negated."""
    owner = source.owner(value)
    if isinstance(owner, (cst.If, cst.While)) and source.inside(value, owner.test):
        return None if isinstance(owner.test, cst.UnaryOperation) else owner.test
    return None
