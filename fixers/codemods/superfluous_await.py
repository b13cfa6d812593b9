"""Values that are awaited and are no coroutines."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, raising_site
from fixers.codemods.live import kind_of
from fixers.codemods.signatures import called_name
from fixers.codemods.source import Edits
from fixers.codemods.symbols import functions
from fixers.model import Candidate, Tier

_MESSAGE = re.compile(
    r"object (?P<kind>[\w.]+) can't be used in 'await' expression|'(?P<other>[\w.]+)' object can't be awaited"
)
_PLAIN = "def load():\n    return [1]\n\n\n"


class SuperfluousAwait(Codemod):
    """Drop the `await` before a value that cannot be awaited.

    Only where the line awaits one such value, and what it calls, if the project
    defines it, is no coroutine.
    """

    NAME = "superfluous-await"
    NUMBER = 12
    TIER = Tier.A
    PRIOR = 0.9
    MESSAGE = "a value is awaited that is no coroutine"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # two are awaited, and either may be the one
            before="async def f(a, b):\n    return await a.x() + await b.y()\n",
            after="async def f(a, b):\n    return await a.x() + await b.y()\n",
            exception="TypeError",
            message="object int can't be used in 'await' expression",
            line=2,
        ),
        Rewrite(  # a coroutine that returns None was forgotten to be called: nothing tells what was meant
            before="async def f(job):\n    await job\n",
            after="async def f(job):\n    await job\n",
            exception="TypeError",
            message="object function can't be used in 'await' expression",
            line=2,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_PLAIN + "async def f():\n    return await load()  # all\n",
            after=_PLAIN + "async def f():\n    return load()  # all\n",
            exception="TypeError",
            message="object list can't be used in 'await' expression",
            line=6,
        ),
        Rewrite(
            before="async def f(rows):\n    await rows.close()\n    return 1\n",
            after="async def f(rows):\n    rows.close()\n    return 1\n",
            exception="TypeError",
            message="object NoneType can't be used in 'await' expression",
            line=2,
        ),
        Rewrite(  # the other one is a coroutine of the project
            before=_PLAIN
            + "async def two():\n    return 2\n\n\nasync def f():\n    return await load(), await two()\n",
            after=_PLAIN + "async def two():\n    return 2\n\n\nasync def f():\n    return load(), await two()\n",
            exception="TypeError",
            message="'list' object can't be awaited",
            line=10,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the line without the one `await` that failed."""
        for crash in crashes(scene, "TypeError"):
            named = _MESSAGE.search(crash.message)
            site = raising_site(scene, crash)
            kind = (named["kind"] or named["other"]) if named else ""
            if site is None or not kind or kind in {"function", "method", "type", "async_generator"}:
                continue
            found = [node for node in site.source.at(site.line, cst.Await) if _may_be(scene, site, node, kind)]
            if len(found) == 1:
                edits = Edits(site.source)
                edits.change(found[0], cst.Await, _bare)
                yield from self.offer(
                    scene,
                    {site.path: edits.text()},
                    summary=f"`{site.source.code(found[0].expression)}` gives a {kind}; there is nothing to wait for.",
                    line=site.line,
                    function=site.function,
                )


def _bare(node: cst.Await) -> cst.BaseExpression:
    """Keep the parentheses that stand around the whole."""
    return node.expression if not node.lpar else node.expression.with_changes(lpar=node.lpar, rpar=node.rpar)


def _may_be(scene: Scene, site: Site, node: cst.Await, kind: str) -> bool:
    """Say whether this await may be the one that failed, by what its value is known to be."""
    value = node.expression
    known = kind_of(scene, site, value)
    if known:
        return known == kind.rpartition(".")[2]
    name = called_name(value) if isinstance(value, cst.Call) else ""
    defined = functions(scene.project, name) if name else []
    return not (defined and all(isinstance(found.node, ast.AsyncFunctionDef) for found in defined))
