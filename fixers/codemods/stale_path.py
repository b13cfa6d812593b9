"""Texts in code that name a module of the project by the path it had before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import crashes, nearest_site
from fixers.codemods.exports import homes
from fixers.codemods.source import Edits, Source, parse
from fixers.model import Candidate, Tier

_MESSAGE = re.compile(r"No module named '(?P<module>[\w.]+)'")
_CODE = {"pkg/__init__.py": "", "pkg/out/__init__.py": "", "pkg/out/text.py": "class Csv:\n    pass\n"}
_LOAD = (
    "\n\ndef load(name):\n    module, _, attr = KINDS[name].partition(':')\n"
    "    return getattr(import_module(module), attr)\n"
)
_GONE = "No module named 'pkg.out.csvs'"
_FRAMES = (("pkg/mod.py", 8, "load"), ("importlib/__init__.py", 90, "import_module"))


class StalePath(Codemod):
    """Correct the path of a module in a text, when what it is read for has one home in the project.

    `"pkg.old:Name"` says what is looked for; so does the key beside it in a table of lazy names, `{"Name": "old"}`.
    """

    NAME = "stale-path"
    NUMBER = 6
    TIER = Tier.A
    PRIOR = 0.92
    MESSAGE = "a text names a module by a path that it no longer has"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # nothing of that name is anywhere
            before="from importlib import import_module\n\nKINDS = {'a': 'pkg.out.csvs:Tsv'}\n" + _LOAD,
            after="from importlib import import_module\n\nKINDS = {'a': 'pkg.out.csvs:Tsv'}\n" + _LOAD,
            exception="ModuleNotFoundError",
            message=_GONE,
            frames=_FRAMES,
            files=_CODE,
        ),
        Rewrite(  # two modules have it
            before="from importlib import import_module\n\nKINDS = {'a': 'pkg.out.csvs:Csv'}\n" + _LOAD,
            after="from importlib import import_module\n\nKINDS = {'a': 'pkg.out.csvs:Csv'}\n" + _LOAD,
            exception="ModuleNotFoundError",
            message=_GONE,
            frames=_FRAMES,
            files={**_CODE, "pkg/other.py": "class Csv:\n    pass\n"},
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="from importlib import import_module\n\nKINDS = {'a': 'pkg.out.csvs:Csv'}\n" + _LOAD,
            after="from importlib import import_module\n\nKINDS = {'a': 'pkg.out.text:Csv'}\n" + _LOAD,
            exception="ModuleNotFoundError",
            message=_GONE,
            frames=_FRAMES,
            files=_CODE,
        ),
        Rewrite(
            before="from importlib import import_module\n\nKINDS = ['pkg.out.csvs.Csv', 'pkg.out.text.Csv']\n" + _LOAD,
            after="from importlib import import_module\n\nKINDS = ['pkg.out.text.Csv', 'pkg.out.text.Csv']\n" + _LOAD,
            exception="ModuleNotFoundError",
            message=_GONE,
            frames=_FRAMES,
            files=_CODE,
        ),
        Rewrite(
            before='import importlib\n\n_LAZY = {"Csv": "csvs", "other": "csvs"}\n\n\ndef __getattr__(name):\n'
            '    return getattr(importlib.import_module(f".{_LAZY[name]}", __name__), name)\n',
            after='import importlib\n\n_LAZY = {"Csv": "text", "other": "csvs"}\n\n\ndef __getattr__(name):\n'
            '    return getattr(importlib.import_module(f".{_LAZY[name]}", __name__), name)\n',
            path="pkg/out/__init__.py",
            exception="ModuleNotFoundError",
            message=_GONE,
            frames=(("pkg/out/__init__.py", 7, "__getattr__"), ("importlib/__init__.py", 90, "import_module")),
            files={"pkg/__init__.py": "", "pkg/out/text.py": "class Csv:\n    pass\n"},
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Correct every such text, in the file that loads the module first."""
        for crash in crashes(scene, "ModuleNotFoundError"):
            named = _MESSAGE.search(crash.message)
            site = nearest_site(scene, crash)
            lost = named["module"] if named else ""
            if site is None or "." not in lost or scene.project.path_of(lost) is not None:
                continue
            texts = _corrected(scene, site.path, lost)
            if texts:
                yield from self.offer(
                    scene,
                    texts,
                    summary=f"`{lost}` is gone; the text that names it names the module that has what is read of it.",
                    line=site.line,
                    function=site.function,
                )


def _corrected(scene: Scene, first: str, lost: str) -> dict[str, str]:
    """Return the new texts of the files that name a lost module; short names count in the first one only."""
    texts = {}
    last = lost.rpartition(".")[2]
    for path in dict.fromkeys((first, *scene.project.repairable())):
        source = parse(scene.project.text(path)) if last in scene.project.text(path) else None
        edits = Edits(source) if source else None
        for stale in _stale(scene, source, lost, short=path == first) if source else ():
            if edits is not None:
                texts[path] = edits.put(stale.node, cst.SimpleString(stale.text)).text()
    return texts


@dataclass(frozen=True, slots=True)
class _Stale:
    node: cst.SimpleString
    text: str


def _stale(scene: Scene, source: Source, lost: str, *, short: bool) -> Iterator[_Stale]:
    """Yield the texts that name the lost module and what they have to say."""
    package, _, last = lost.rpartition(".")
    for node in source.all(cst.SimpleString):
        value = node.evaluated_value
        if not isinstance(value, str):
            continue
        dotted = re.fullmatch(rf"{re.escape(lost)}([:.])(\w+)", value)
        if dotted is not None:
            home = _home(scene, dotted[2], package.partition(".")[0])
            yield from [_Stale(node, f"{node.quote}{home}{dotted[1]}{dotted[2]}{node.quote}")] if home else []
        elif value in {last, f".{last}", lost} and (short or value == lost):
            home = _home(scene, _beside(source, node), package)
            new = home if value == lost else value.replace(last, home[len(package) + 1 :])
            yield from [_Stale(node, f"{node.quote}{new}{node.quote}")] if home else []


def _home(scene: Scene, name: str, package: str) -> str:
    found = homes(scene.project, name, package) if name else []
    return found[0] if len(found) == 1 else ""


def _beside(source: Source, node: cst.SimpleString) -> str:
    """Return the key or the neighbour of a text, which says what is looked for in the module."""
    parent = source.parents[node]
    other: cst.BaseExpression | None = None
    if isinstance(parent, cst.DictElement) and parent.value is node:
        other = parent.key
    elif isinstance(parent, cst.Element) and isinstance(pair := source.parents[parent], cst.Tuple):
        rest = [element.value for element in pair.elements if element is not parent]
        other = rest[0] if len(rest) == 1 else None
    value = other.evaluated_value if isinstance(other, cst.SimpleString) else None
    return value if isinstance(value, str) and value.isidentifier() else ""
