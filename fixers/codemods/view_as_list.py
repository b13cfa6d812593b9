"""Views and iterators that are used as the lists they were in Python 2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, raising_site
from fixers.codemods.source import Edits
from fixers.model import Candidate, Tier

_KINDS = "dict_keys|dict_values|dict_items|odict_keys|odict_values|odict_items|map|filter|zip|range"
_FORMS = (
    re.compile(rf"'(?P<kind>{_KINDS})' object (?:is not subscriptable|is not reversible|is not an iterator)"),
    re.compile(rf"'(?P<kind>{_KINDS})' object does(?:n't| not) support item (?:assignment|deletion)"),
    re.compile(
        rf"'(?P<kind>{_KINDS})' object has no attribute '(?:append|copy|extend|index|insert|pop|remove|reverse|sort)'"
    ),
    re.compile(rf"object of type '(?P<kind>{_KINDS})' has no len\(\)"),
    re.compile(rf"unsupported operand type\(s\) for \+=?: '(?P<kind>{_KINDS})' and '"),
    re.compile(rf"unsupported operand type\(s\) for \+=?: '\w+' and '(?P<kind>{_KINDS})'"),
    re.compile(rf"can only concatenate list \(not \"(?P<kind>{_KINDS})\"\) to list"),
)


class ViewAsList(Codemod):
    """Make a list of `d.keys()`, `map(…)`, `range(…)` and their like where one is used as a list.

    In the failing line, or where the name in it was given its value in the same function.
    """

    NAME = "view-as-list"
    NUMBER = 23
    TIER = Tier.A
    PRIOR = 0.93
    MESSAGE = "a view or an iterator is used as a list"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # the view comes from elsewhere: where it is made is not known
            before="def f(keys):\n    return keys[0]\n",
            after="def f(keys):\n    return keys[0]\n",
            exception="TypeError",
            message="'dict_keys' object is not subscriptable",
            line=2,
        ),
        Rewrite(  # it is a list already
            before="def f(d):\n    return list(d.keys())[0] + d[1][0]\n",
            after="def f(d):\n    return list(d.keys())[0] + d[1][0]\n",
            exception="TypeError",
            message="'dict_keys' object is not subscriptable",
            line=2,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="def f(d):\n    return d.keys()[0]  # any\n",
            after="def f(d):\n    return list(d.keys())[0]  # any\n",
            exception="TypeError",
            message="'dict_keys' object is not subscriptable",
            line=2,
        ),
        Rewrite(
            before="def f(d):\n    keys = d.keys()\n    keys.sort()\n    return keys\n",
            after="def f(d):\n    keys = list(d.keys())\n    keys.sort()\n    return keys\n",
            exception="AttributeError",
            message="'dict_keys' object has no attribute 'sort'",
            line=3,
        ),
        Rewrite(
            before="def f(xs):\n    ys = map(str, xs)\n    return len(ys)\n",
            after="def f(xs):\n    ys = list(map(str, xs))\n    return len(ys)\n",
            exception="TypeError",
            message="object of type 'map' has no len()",
            line=3,
        ),
        Rewrite(
            before="def f(n):\n    return range(n) + [n]\n",
            after="def f(n):\n    return list(range(n)) + [n]\n",
            exception="TypeError",
            message="unsupported operand type(s) for +: 'range' and 'list'",
            line=2,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the list where the value is used, else where it is made."""
        for crash in crashes(scene, "TypeError", "AttributeError"):
            kind = next((found["kind"] for form in _FORMS if (found := form.search(crash.message))), "")
            site = raising_site(scene, crash) if kind else None
            if site is None:
                continue
            maker = kind.rpartition("_")[2]
            calls = [call for call in site.source.at(site.line, cst.Call) if _makes(call, maker) and _used(site, call)]
            for call in calls or _origins(site, maker):
                edits = Edits(site.source).put(call, cst.Call(cst.Name("list"), [cst.Arg(call)]))
                yield from self.offer(
                    scene,
                    {site.path: edits.text()},
                    summary=f"`{maker}` gives no list, and one is needed here.",
                    line=site.source.line(call),
                    function=site.function,
                )


def _makes(call: cst.Call, maker: str) -> bool:
    if maker in {"keys", "values", "items"}:
        return isinstance(call.func, cst.Attribute) and call.func.attr.value == maker and not call.args
    return isinstance(call.func, cst.Name) and call.func.value == maker


def _used(site: Site, call: cst.Call) -> bool:
    """Say whether a call's value is used in a way that only a list allows."""
    parent = site.source.parents[call]
    if isinstance(parent, cst.Arg):
        outer = site.source.parents[parent]
        return (
            isinstance(outer, cst.Call) and isinstance(outer.func, cst.Name) and outer.func.value in {"len", "reversed"}
        )
    return isinstance(parent, (cst.Subscript, cst.Attribute, cst.BinaryOperation, cst.AugAssign))


def _origins(site: Site, maker: str) -> list[cst.Call]:
    """Return the calls that gave the names of the failing line their values, in the same function."""
    function = site.source.enclosing(site.line, cst.FunctionDef)
    names = {name.value for name in site.source.at(site.line, cst.Name)}
    scope = site.source.within(function, cst.Assign) if function else list(site.source.all(cst.Assign))
    return [
        line.value
        for line in scope
        if isinstance(line.value, cst.Call)
        and _makes(line.value, maker)
        and any(isinstance(t.target, cst.Name) and t.target.value in names for t in line.targets)
        and site.source.line(line) <= site.line
    ]
