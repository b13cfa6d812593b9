"""Values of a type that the neighbours of a function ask about, and the function does not."""

from __future__ import annotations

import ast
import builtins
import re
import textwrap
from collections.abc import Callable, Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Crash, Site, crashes, raising_site
from fixers.codemods.live import types_of
from fixers.codemods.source import Edits, Source
from fixers.model import Candidate, Tier

_KIND = re.compile(
    r"^'(?P<kind>\w+)' object (?:has no attribute|is not (?:iterable|subscriptable|callable)|does not)|"
    r"object of type '(?P<sized>\w+)' has no len"
)
_ISINSTANCE = r"isinstance\({name}, (.+)\)"
_MOST = 3
"""Lines of a guard at most; a longer one does its function's own work."""
_SIBLING = "def width(box):\n    if isinstance(box, int):\n        return box\n    return box.width\n\n\n"


class UnguardedType(Codemod):
    """Ask about the type as a neighbour does, where a value of that type went through unasked.

    The guard is copied from a function of the same class or module that asks about
    the same type of a parameter of the same name; nothing is invented.
    """

    NAME = "unguarded-type"
    NUMBER = 19
    TIER = Tier.B
    PRIOR = 0.6
    MESSAGE = "a function does not ask about a type of argument that its neighbours ask about"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # the function asks already
            before=_SIBLING + "def top(box):\n    if isinstance(box, str):\n        return 0\n    return box.height\n",
            after=_SIBLING + "def top(box):\n    if isinstance(box, str):\n        return 0\n    return box.height\n",
            exception="AttributeError",
            message="'str' object has no attribute 'height'",
            line=10,
            values={"types:pkg/mod.py:10:box": ("str",)},
        ),
        Rewrite(  # no neighbour asks about this type
            before=_SIBLING + "def height(box):\n    return box.height\n",
            after=_SIBLING + "def height(box):\n    return box.height\n",
            exception="AttributeError",
            message="'str' object has no attribute 'height'",
            line=8,
            values={"types:pkg/mod.py:8:box": ("str",)},
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_SIBLING + 'def height(box):\n    """Height."""\n    return box.height\n',
            after=_SIBLING + 'def height(box):\n    """Height."""\n    if isinstance(box, int):\n        return box\n'
            "    return box.height\n",
            exception="AttributeError",
            message="'int' object has no attribute 'height'",
            line=9,
            values={"types:pkg/mod.py:9:box": ("int",)},
        ),
        Rewrite(  # a tuple of types, and a conversion instead of a way out
            before="class Bag:\n    def add(self, items):\n        if isinstance(items, (int, str)):\n"
            "            items = [items]\n        self.all = list(items)\n\n    def drop(self, items):\n"
            "        for item in items:\n            self.all.remove(item)\n",
            after="class Bag:\n    def add(self, items):\n        if isinstance(items, (int, str)):\n"
            "            items = [items]\n        self.all = list(items)\n\n    def drop(self, items):\n"
            "        if isinstance(items, (int, str)):\n            items = [items]\n"
            "        for item in items:\n            self.all.remove(item)\n",
            exception="TypeError",
            message="'int' object is not iterable",
            line=8,
            values={"types:pkg/mod.py:8:items": ("int",)},
        ),
        Rewrite(  # None, as the neighbours ask about it
            before="def first(xs):\n    if xs is None:\n        xs = []\n    return xs[:1]\n\n\ndef last(xs):\n"
            "    return xs[-1:]\n",
            after="def first(xs):\n    if xs is None:\n        xs = []\n    return xs[:1]\n\n\ndef last(xs):\n"
            "    if xs is None:\n        xs = []\n    return xs[-1:]\n",
            exception="TypeError",
            message="'NoneType' object is not subscriptable",
            line=8,
            values={"types:pkg/mod.py:8:xs": ("NoneType",)},
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer each neighbour's guard, those of the same class first."""
        for crash in crashes(scene, "AttributeError", "TypeError"):
            site = raising_site(scene, crash)
            function = site.source.enclosing(site.line, cst.FunctionDef) if site is not None else None
            if site is not None and function is not None and isinstance(function.body, cst.IndentedBlock):
                yield from self._guard(scene, site, crash, function, function.body)

    def _guard(
        self, scene: Scene, site: Site, crash: Crash, function: cst.FunctionDef, body: cst.IndentedBlock
    ) -> Iterator[Candidate]:
        named = _KIND.search(crash.message)
        kind = (named["kind"] or named["sized"]) if named else ""
        names = [p.name.value for p in (*function.params.posonly_params, *function.params.params)]
        found = [name for name in names if kind and _kind(scene, site, name) == kind and name in _line(site)]
        if len(found) != 1 or _asks(site.source, function, found[0], ""):
            return
        guards = {site.source.code(g).strip(): g for g in _neighbours(site.source, function, found[0], kind)}
        for guard in guards.values():
            if _reads_only(guard, names):
                edits = Edits(site.source).change(body, cst.IndentedBlock, _with(guard, function))
                yield from self.offer(
                    scene,
                    {site.path: edits.text()},
                    summary=f"`{found[0]}` may be of type {kind} here too; the guard is that of a neighbour.",
                    line=site.line,
                    function=site.function,
                )


def _kind(scene: Scene, site: Site, name: str) -> str:
    return (types_of(scene, site, cst.Name(name))[:1] or ("",))[0].rpartition(".")[2]


def _neighbours(source: Source, function: cst.FunctionDef, name: str, kind: str) -> Iterator[cst.If]:
    """Yield the guards for a type in other functions, those of the same class before those of the module."""
    owner = source.up(function, cst.ClassDef)
    others = [other for other in source.all(cst.FunctionDef) if other is not function]
    for other in sorted(others, key=lambda other: source.up(other, cst.ClassDef) is not owner):
        yield from _asks(source, other, name, kind)


def _asks(source: Source, function: cst.FunctionDef, name: str, kind: str) -> list[cst.If]:
    """Return the short top-level `if` statements of a function that ask a parameter about a type, or about any."""
    found = []
    for node in function.body.body:
        if not isinstance(node, cst.If):
            continue
        test = source.code(node.test)
        types = (
            set(re.findall(r"\w+", asked[1])) if (asked := re.fullmatch(_ISINSTANCE.format(name=name), test)) else set()
        )
        types |= {"NoneType"} if test == f"{name} is None" else set()
        lines = source.code(node).strip().count("\n")
        if types and (not kind or (kind in types and node.orelse is None and lines <= _MOST)):
            found.append(node)
    return found


def _reads_only(guard: cst.If, names: list[str]) -> bool:
    """Say whether a guard uses nothing but what the other function has too: parameters, builtins, `self`."""
    tree = ast.parse(textwrap.dedent(cst.Module([guard]).code))
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return read - called <= {*names, *dir(builtins)}


def _with(guard: cst.If, function: cst.FunctionDef) -> Callable[[cst.IndentedBlock], cst.IndentedBlock]:
    """Put a guard at the head of a function, below its docstring."""
    first = int(bool(function.get_docstring()))

    def change(block: cst.IndentedBlock) -> cst.IndentedBlock:
        new = guard.with_changes(leading_lines=[])
        return block.with_changes(body=[*block.body[:first], new, *block.body[first:]])

    return change


def _line(site: Site) -> str:
    lines = site.source.text.splitlines()
    return lines[site.line - 1] if site.line <= len(lines) else ""
