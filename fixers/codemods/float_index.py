"""Quotients that are used where an integer is needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, raising_site
from fixers.codemods.source import Edits
from fixers.model import Candidate, Tier

_NEEDS_INTEGER = re.compile(
    r"indices must be integers(?: or slices)?, not '?float'?|slice indices must be integers"
    r"|'float' object cannot be interpreted as an integer|can't multiply sequence by non-int of type 'float'"
    r"|only integers, slices .* are valid indices|integer argument expected, got float|expected an index"
)


class FloatIndex(Codemod):
    """Divide with `//` where the quotient is an index, a count or a length.

    In the failing line, else where a name in it got its value in the same function.
    """

    NAME = "float-index"
    NUMBER = 23
    TIER = Tier.B
    PRIOR = 0.8
    MESSAGE = "a quotient is used where an integer is needed"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # the float comes from elsewhere
            before="def f(xs, i):\n    return xs[i]\n",
            after="def f(xs, i):\n    return xs[i]\n",
            exception="TypeError",
            message="list indices must be integers or slices, not float",
            line=2,
        ),
        Rewrite(  # the quotient is no index
            before="def f(xs, i, n):\n    return xs[i] / n\n",
            after="def f(xs, i, n):\n    return xs[i] / n\n",
            exception="TypeError",
            message="list indices must be integers or slices, not float",
            line=2,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="def f(xs):\n    return xs[len(xs) / 2]\n",
            after="def f(xs):\n    return xs[len(xs) // 2]\n",
            exception="TypeError",
            message="list indices must be integers or slices, not float",
            line=2,
        ),
        Rewrite(
            before="def f(xs):\n    mid = (len(xs) - 1) / 2\n    return xs[mid]\n",
            after="def f(xs):\n    mid = (len(xs) - 1) // 2\n    return xs[mid]\n",
            exception="TypeError",
            message="list indices must be integers or slices, not float",
            line=3,
        ),
        Rewrite(
            before="def f(n):\n    return list(range(n / 2))\n",
            after="def f(n):\n    return list(range(n // 2))\n",
            exception="TypeError",
            message="'float' object cannot be interpreted as an integer",
            line=2,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer all divisions inside indices and arguments of the line at once, else each origin."""
        for crash in crashes(scene, "TypeError", "IndexError"):
            site = raising_site(scene, crash) if _NEEDS_INTEGER.search(crash.message) else None
            here = _divisions_in_use(site) if site else []
            for group in [here] if here else _origins(site) if site else ():
                assert site is not None  # noqa: S101 - there is no group without one
                edits = Edits(site.source)
                for node in group:
                    edits.change(node, cst.BinaryOperation, _floored)
                yield from self.offer(
                    scene,
                    {site.path: edits.text()},
                    summary="An integer is needed here; `//` divides into one.",
                    line=site.source.line(group[0]),
                    function=site.function,
                )


def _floored(node: cst.BinaryOperation) -> cst.BinaryOperation:
    old = node.operator
    assert isinstance(old, cst.Divide)  # noqa: S101 - only divisions are chosen
    return node.with_changes(operator=cst.FloorDivide(old.whitespace_before, old.whitespace_after))


def _divisions(site: Site, node: cst.CSTNode) -> list[cst.BinaryOperation]:
    return [n for n in site.source.within(node, cst.BinaryOperation) if isinstance(n.operator, cst.Divide)]


def _divisions_in_use(site: Site) -> list[cst.BinaryOperation]:
    """Return the divisions of the line that stand in an index, in an argument, or multiply something."""
    found = []
    for node in site.source.at(site.line, cst.BinaryOperation):
        inside = site.source.up(node, cst.SubscriptElement) or site.source.up(node, cst.Arg)
        product = site.source.parents[node]
        factor = isinstance(product, cst.BinaryOperation) and isinstance(product.operator, cst.Multiply)
        if isinstance(node.operator, cst.Divide) and (factor or inside is not None):
            found.append(node)
    return found


def _origins(site: Site) -> list[list[cst.BinaryOperation]]:
    """Return the divisions that gave a name of the failing line its value, one list an assignment."""
    function = site.source.enclosing(site.line, cst.FunctionDef)
    names = {name.value for name in site.source.at(site.line, cst.Name)}
    lines = site.source.within(function, cst.Assign) if function else []
    given = [
        line for line in lines if any(isinstance(t.target, cst.Name) and t.target.value in names for t in line.targets)
    ]
    return [group for line in given if (group := _divisions(site, line.value))]
