"""Names that a module promises in `__all__` and does not have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import crashes
from fixers.codemods.nearest import words
from fixers.codemods.scopes import bound
from fixers.codemods.source import Edits, Source, parse
from fixers.codemods.symbols import definitions, tree_of
from fixers.model import Candidate, Tier
from fixers.project import is_repairable

_MESSAGE = re.compile(r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'")
_STAR = {"pkg/__init__.py": "from pkg.mod import *\n"}
_FRAMES = (("pkg/__init__.py", 1, "<module>"),)


class StaleExport(Codemod):
    """Bring `__all__` up to date when a star import fails on a name that the module does not have.

    A lost name gives way to the one public definition that `__all__` leaves out and that shares a word with it;
    where there is none, it goes.
    """

    NAME = "stale-export"
    NUMBER = 28
    TIER = Tier.A
    PRIOR = 0.92
    MESSAGE = "`__all__` names what the module does not have"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # two may be meant
            before='__all__ = ["Store"]\n\n\nclass StoreA:\n    pass\n\n\nclass StoreB:\n    pass\n',
            after='__all__ = ["Store"]\n\n\nclass StoreA:\n    pass\n\n\nclass StoreB:\n    pass\n',
            exception="AttributeError",
            message="module 'pkg.mod' has no attribute 'Store'",
            frames=_FRAMES,
            files=_STAR,
        ),
        Rewrite(  # the module makes its names when they are asked for
            before='__all__ = ["Store"]\n\n\ndef __getattr__(name):\n    raise AttributeError(name)\n',
            after='__all__ = ["Store"]\n\n\ndef __getattr__(name):\n    raise AttributeError(name)\n',
            exception="AttributeError",
            message="module 'pkg.mod' has no attribute 'Store'",
            frames=_FRAMES,
            files=_STAR,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before='__all__ = ["LRUCache", "TTLCache"]\n\n\nclass LRUStore:\n    pass\n\n\nclass TTLStore:\n    pass\n',
            after='__all__ = ["LRUStore", "TTLStore"]\n\n\nclass LRUStore:\n    pass\n\n\nclass TTLStore:\n    pass\n',
            exception="AttributeError",
            message="module 'pkg.mod' has no attribute 'LRUCache'",
            frames=_FRAMES,
            files=_STAR,
        ),
        Rewrite(  # a package gives out its modules without binding them
            before="__all__ = ['old', 'tax']\n",
            after="__all__ = ['tax']\n",
            path="pkg/__init__.py",
            exception="AttributeError",
            message="module 'pkg' has no attribute 'old'",
            frames=(("tests/test_example.py", 1, "<module>"),),
            files={"pkg/tax.py": ""},
        ),
        Rewrite(
            before="__all__ = ['add', 'old']\n\n\ndef add(a):\n    return a\n",
            after="__all__ = ['add']\n\n\ndef add(a):\n    return a\n",
            exception="AttributeError",
            message="module 'pkg.mod' has no attribute 'old'",
            frames=_FRAMES,
            files=_STAR,
        ),
        Rewrite(
            before="__all__ = (\n    'add_tax',\n    'rate',\n)\nrate = 1\n\n\ndef with_tax(a):\n    return a\n",
            after="__all__ = (\n    'with_tax',\n    'rate',\n)\nrate = 1\n\n\ndef with_tax(a):\n    return a\n",
            exception="AttributeError",
            message="module 'pkg.mod' has no attribute 'add_tax'",
            frames=_FRAMES,
            files=_STAR,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Rewrite the whole list: one red test stands for all its lost names."""
        for crash in crashes(scene, "AttributeError"):
            named = _MESSAGE.search(crash.message)
            path = scene.project.path_of(named["module"]) if named else None
            source = parse(scene.project.text(path)) if path and is_repairable(path) else None
            tree = tree_of(scene.project, path) if path else None
            if named is None or path is None or source is None or tree is None or "__getattr__" in bound(tree):
                continue
            listed = _listed(source)
            if named["name"] not in {name for _, name in listed}:
                continue
            lost = [
                (element, name)
                for element, name in listed
                if name not in bound(tree) and scene.project.path_of(f"{named['module']}.{name}") is None
            ]
            free = [name for name in definitions(tree) if name[0] != "_" and name not in {name for _, name in listed}]
            new = {name: _successors(name, free) for _, name in lost}
            if any(len(names) > 1 for names in new.values()) or _stars(tree):
                continue
            edits = Edits(source)
            for element, name in lost:
                _put(edits, source, element, next(iter(new[name]), ""))
            yield from self.offer(
                scene,
                {path: edits.text()},
                summary=f"`__all__` of `{named['module']}` names only what the module has; `{named['name']}` is gone.",
                line=source.line(lost[0][0]),
            )


def _listed(source: Source) -> list[tuple[cst.Element, str]]:
    """Return the elements of `__all__` with the names they hold."""
    found = []
    for line in source.all(cst.Assign):
        target = line.targets[0].target
        if isinstance(target, cst.Name) and target.value == "__all__" and isinstance(line.value, (cst.List, cst.Tuple)):
            for element in line.value.elements:
                value = element.value.evaluated_value if isinstance(element.value, cst.SimpleString) else None
                if isinstance(element, cst.Element) and isinstance(value, str):
                    found.append((element, value))
    return found


def _successors(name: str, free: list[str]) -> list[str]:
    own = set(words(name))
    return [other for other in free if own & set(words(other)) and other[0].isupper() == name[0].isupper()]


def _stars(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in ast.walk(tree))


def _put(edits: Edits, source: Source, element: cst.Element, new: str) -> None:
    old = element.value
    if new and isinstance(old, cst.SimpleString):
        edits.put(old, cst.SimpleString(f"{old.prefix}{old.quote}{new}{old.quote}"))
        return
    owner = source.parents[element]
    if isinstance(owner, (cst.List, cst.Tuple)):
        _drop(edits, owner, element)


def _drop(edits: Edits, owner: cst.List | cst.Tuple, element: cst.Element) -> None:
    last = owner.elements[-1].comma
    edits.put(element, cst.RemoveFromParent())

    def close(node: cst.CSTNode) -> cst.CSTNode:
        elements = list(node.elements) if isinstance(node, (cst.List, cst.Tuple)) else []
        if elements and (isinstance(node, cst.List) or len(elements) > 1):
            elements[-1] = elements[-1].with_changes(comma=last)
        return node.with_changes(elements=elements)

    edits.change(owner, type(owner), close)
