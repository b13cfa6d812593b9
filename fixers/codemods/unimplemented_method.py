"""Classes that implement an abstract method under another name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import crashes
from fixers.codemods.nearest import kindred, nearest, words
from fixers.codemods.scopes import Function
from fixers.codemods.signatures import of_function
from fixers.codemods.source import Edits, Source, parse
from fixers.codemods.symbols import classes, methods
from fixers.model import Candidate, Tier
from fixers.project import is_repairable

_MESSAGE = re.compile(
    r"Can't instantiate abstract class (?P<type>\w+) (?:with|without an implementation for) "
    r"abstract methods? (?P<names>.+)"
)
_LIKELY = 0.6
_SHAPE = (
    "from abc import ABC, abstractmethod\n\n\nclass Shape(ABC):\n    @abstractmethod\n    def area(self):\n"
    "        raise NotImplementedError\n\n\n"
)
_ABSTRACT = "Can't instantiate abstract class Square without an implementation for abstract method 'area'"


class UnimplementedMethod(Codemod):
    """Give the one method that can be the implementation the name that its abstract base asks for.

    It overrides nothing, takes the same arguments, and is called nearly the same. A public name stays beside the new
    one, since somebody may call it.
    """

    NAME = "unimplemented-method"
    NUMBER = 8
    TIER = Tier.A
    PRIOR = 0.9
    MESSAGE = "an abstract method is implemented under another name"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # it takes other arguments
            before=_SHAPE + "class Square(Shape):\n    def areas(self, unit):\n        return unit\n",
            after=_SHAPE + "class Square(Shape):\n    def areas(self, unit):\n        return unit\n",
            exception="TypeError",
            message=_ABSTRACT,
            line=12,
        ),
        Rewrite(  # nothing is called like it
            before=_SHAPE + "class Square(Shape):\n    def show(self):\n        return 1\n",
            after=_SHAPE + "class Square(Shape):\n    def show(self):\n        return 1\n",
            exception="TypeError",
            message=_ABSTRACT,
            line=12,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_SHAPE + "class Square(Shape):\n    def aera(self):\n        return 1\n",
            after=_SHAPE + "class Square(Shape):\n    def area(self):\n        return 1\n\n    aera = area\n",
            exception="TypeError",
            message=_ABSTRACT,
            line=12,
        ),
        Rewrite(  # they share a word
            before=_SHAPE.replace("area", "handle_item")
            + "class Square(Shape):\n    def on_item(self):\n        return 1\n",
            after=_SHAPE.replace("area", "handle_item")
            + "class Square(Shape):\n    def handle_item(self):\n        return 1\n\n    on_item = handle_item\n",
            exception="TypeError",
            message="Can't instantiate abstract class Square with abstract method handle_item",
            line=12,
        ),
        Rewrite(  # older interpreters
            before=_SHAPE.replace("area", "_process_item")
            + "class Square(Shape):\n    def _process(self):\n        return 1\n\n    def show(self):\n"
            "        return self._process()\n",
            after=_SHAPE.replace("area", "_process_item")
            + "class Square(Shape):\n    def _process_item(self):\n        return 1\n\n    def show(self):\n"
            "        return self._process_item()\n",
            exception="TypeError",
            message="Can't instantiate abstract class Square with abstract method _process_item",
            line=12,
        ),
        Rewrite(
            before=_SHAPE.replace("area", "authorize")
            + "class Square(Shape):\n    side = 2\n\n    def authorise(self):\n        return 1\n",
            after=_SHAPE.replace("area", "authorize")
            + "class Square(Shape):\n    side = 2\n\n    def authorize(self):\n        return 1\n\n"
            "    authorise = authorize\n",
            exception="TypeError",
            message="Can't instantiate abstract class Square with abstract methods authorize",
            line=12,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Rename the methods of the class that could not be instantiated."""
        for crash in crashes(scene, "TypeError"):
            named = _MESSAGE.search(crash.message)
            found = classes(scene.project, named["type"]) if named else []
            if named is None or len(found) != 1 or not is_repairable(found[0][0]):
                continue
            path, node = found[0]
            source = parse(scene.project.text(path))
            wanted = re.findall(r"\w+", named["names"].partition(" (")[0])
            renamed = {new: _implementation(scene, node, new) for new in wanted}
            if source is None or not all(renamed.values()) or len(set(renamed.values())) < len(renamed):
                continue
            edits = Edits(source)
            for new, old in renamed.items():
                _rename(edits, source, node, old, new)
            sure = all(_is_near(old, new) for new, old in renamed.items())
            shown = ", ".join(f"`{old}` is the `{new}`" for new, old in renamed.items())
            yield from self.offer(
                scene,
                {path: edits.text()},
                summary=f"{shown} that `{node.name}` has to implement.",
                line=node.lineno,
                tier=self.TIER if sure else Tier.B,
                prior=self.PRIOR if sure else _LIKELY,
            )


def _bases(scene: Scene, node: ast.ClassDef) -> Iterator[ast.ClassDef]:
    """Yield the classes above one, told by name; two may seem to be above each other, so each name counts once."""
    waiting, seen = [node], {node.name}
    while waiting:
        for base in waiting.pop().bases:
            name = getattr(base, "id", getattr(base, "attr", ""))
            found = [above for _, above in classes(scene.project, name)] if name and name not in seen else []
            seen.add(name)
            waiting += found
            yield from found


def _implementation(scene: Scene, node: ast.ClassDef, new: str) -> str:
    """Return the method of a class that can be the implementation of an abstract one; empty when that is not sure."""
    above = [method for base in _bases(scene, node) for method in methods(base)]
    asked = next((method for method in above if method.name == new), None)
    taken = {method.name for method in above}
    own = [
        method.name
        for method in methods(node)
        if method.name not in taken and not method.name.startswith("__") and asked and _is_alike(method, asked)
    ]
    shared = [name for name in own if set(words(name)) & set(words(new)) and (name[0] == "_") == (new[0] == "_")]
    return nearest(new, own) or kindred(new, own) or (shared[0] if len(shared) == 1 else "")


def _is_near(old: str, new: str) -> bool:
    """Say whether two names are more alike than by a word that they share."""
    return (nearest(new, [old]) or kindred(new, [old])) is not None


def _is_alike(method: Function, asked: Function) -> bool:
    one, other = of_function(method, bound=True), of_function(asked, bound=True)
    same_kind = isinstance(method, ast.AsyncFunctionDef) == isinstance(asked, ast.AsyncFunctionDef)
    return (
        same_kind
        and one.required <= {*other.positional, *other.keyword_only}
        and other.required
        <= {
            *one.positional,
            *one.keyword_only,
        }
    )


def _rename(edits: Edits, source: Source, node: ast.ClassDef, old: str, new: str) -> None:
    owner = next(found for found in source.all(cst.ClassDef) if source.line(found.name) == node.lineno)
    for function in source.within(owner, cst.FunctionDef):
        if function.name.value == old and source.up(function, cst.ClassDef) is owner:
            edits.put(function.name, cst.Name(new))
            if not old.startswith("_"):
                alias = cst.ensure_type(cst.parse_statement(f"{old} = {new}\n"), cst.SimpleStatementLine)
                _put_behind(edits, function, alias.with_changes(leading_lines=[cst.EmptyLine(indent=False)]))
    for read in source.within(owner, cst.Attribute):
        if read.attr.value == old and isinstance(read.value, cst.Name) and read.value.value in {"self", "cls"}:
            edits.put(read.attr, cst.Name(new))


def _put_behind(edits: Edits, function: cst.FunctionDef, line: cst.SimpleStatementLine) -> None:
    edits.change(function, cst.FunctionDef, lambda changed: cst.FlattenSentinel([changed, line]))
