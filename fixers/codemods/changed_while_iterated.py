"""Containers that change while a loop goes over them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, raising_site
from fixers.codemods.source import Edits
from fixers.model import Candidate, Tier

_CHANGED = re.compile(
    r"(?:dictionary|Set) changed size during iteration|dictionary keys changed during iteration"
    r"|(?:OrderedDict|deque) mutated during iteration"
)


class ChangedWhileIterated(Codemod):
    """Loop over a copy of what the loop changes.

    The items are those that were there when the loop began, which is what the author saw in Python 2.
    """

    NAME = "changed-while-iterated"
    NUMBER = 23
    TIER = Tier.A
    PRIOR = 0.93
    MESSAGE = "a container changes while a loop goes over it"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # a copy already: something else changes
            before="def f(d):\n    for k in list(d):\n        del d[k]\n",
            after="def f(d):\n    for k in list(d):\n        del d[k]\n",
            exception="RuntimeError",
            message="dictionary changed size during iteration",
            line=2,
        ),
        Rewrite(  # another error of a loop
            before="def f(d):\n    for k in d:\n        del d[k]\n",
            after="def f(d):\n    for k in d:\n        del d[k]\n",
            exception="RuntimeError",
            message="generator raised StopIteration",
            line=2,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="def f(d):\n    for k in d:  # each\n        if not d[k]:\n            del d[k]\n",
            after="def f(d):\n    for k in list(d):  # each\n        if not d[k]:\n            del d[k]\n",
            exception="RuntimeError",
            message="dictionary changed size during iteration",
            line=2,
        ),
        Rewrite(
            before="def f(d):\n    for k, v in d.items():\n        d[v] = k\n",
            after="def f(d):\n    for k, v in list(d.items()):\n        d[v] = k\n",
            exception="RuntimeError",
            message="dictionary changed size during iteration",
            line=2,
        ),
        Rewrite(
            before="def f(seen):\n    for x in seen:\n        seen.discard(x)\n",
            after="def f(seen):\n    for x in list(seen):\n        seen.discard(x)\n",
            exception="RuntimeError",
            message="Set changed size during iteration",
            line=2,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer a copy in the head of the one loop of the failing line."""
        for crash in crashes(scene, "RuntimeError"):
            site = raising_site(scene, crash) if _CHANGED.search(crash.message) else None
            heads = _heads(site) if site else []
            if site is None or len(heads) != 1 or _is_copied(heads[0]):
                continue
            edits = Edits(site.source).put(heads[0], cst.Call(cst.Name("list"), [cst.Arg(heads[0])]))
            yield from self.offer(
                scene,
                {site.path: edits.text()},
                summary="The loop changes what it goes over; it goes over a copy instead.",
                line=site.line,
                function=site.function,
            )


def _heads(site: Site) -> list[cst.BaseExpression]:
    loops: list[cst.For | cst.CompFor] = [*site.source.at(site.line, cst.For), *site.source.at(site.line, cst.CompFor)]
    return [loop.iter for loop in loops if site.source.line(loop.iter) == site.line]


def _is_copied(node: cst.BaseExpression) -> bool:
    return (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Name)
        and node.func.value in {"list", "tuple", "sorted"}
    )
