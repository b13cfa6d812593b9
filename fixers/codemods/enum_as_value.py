"""Members of an enumeration that are taken for their values."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import libcst as cst

from fixers.codemods.annotated import annotations_of, bare
from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.source import Edits, Source, parse
from fixers.codemods.spelling import Spelling
from fixers.codemods.symbols import trees
from fixers.model import Candidate, Tier
from fixers.project import is_test_path

_PLAIN = frozenset({"Enum", "enum.Enum"})
_ENUM = (
    "from dataclasses import dataclass\nfrom enum import Enum\n\n\n"
    "class State(Enum):\n    OPEN = 'open'\n    SHUT = 'shut'\n\n\n"
)
_DOOR = _ENUM + "@dataclass\nclass Door:\n    state: State\n\n\n"


class EnumAsValue(Codemod):
    """Name the member of an enumeration where its bare value is compared with one, or stored in its place.

    A member of a plain `Enum` equals no text and no number. Only attributes that every class of the project
    with such a one gives the enumeration as type, and parameters that are annotated with it.
    """

    NAME = "enum-as-value"
    NUMBER = 32
    TIER = Tier.A
    PRIOR = 0.92
    MESSAGE = "a member of an enumeration is compared with its bare value"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # such a member equals its value
            before=_DOOR.replace("(Enum)", "(str, Enum)") + "def f(door):\n    return door.state == 'open'\n",
            after=_DOOR.replace("(Enum)", "(str, Enum)") + "def f(door):\n    return door.state == 'open'\n",
            exception="AssertionError",
            message="assert False",
        ),
        Rewrite(  # another class has a text by this name
            before=_DOOR + "class Lock:\n    state: str\n\n\ndef f(door):\n    return door.state == 'open'\n",
            after=_DOOR + "class Lock:\n    state: str\n\n\ndef f(door):\n    return door.state == 'open'\n",
            exception="AssertionError",
            message="assert False",
        ),
        Rewrite(  # the value of no member
            before=_DOOR + "def f(door):\n    return door.state == 'ajar'\n",
            after=_DOOR + "def f(door):\n    return door.state == 'ajar'\n",
            exception="AssertionError",
            message="assert False",
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_DOOR + "def f(door):\n    return door.state == 'open'  # ajar too\n",
            after=_DOOR + "def f(door):\n    return door.state == State.OPEN  # ajar too\n",
            exception="AssertionError",
            message="assert False",
        ),
        Rewrite(
            before=_DOOR + "def f(door):\n    if door.state not in ('open', 'shut'):\n        door.state = 'shut'\n",
            after=_DOOR
            + "def f(door):\n    if door.state not in (State.OPEN, State.SHUT):\n        door.state = State.SHUT\n",
            exception="AssertionError",
            message="assert False",
        ),
        Rewrite(
            before=_ENUM
            + "NAMES = {'open': 'Open', 'shut': 'Closed'}\n\n\ndef f(state: State):\n    return NAMES[state]\n",
            after=_ENUM
            + "NAMES = {State.OPEN: 'Open', State.SHUT: 'Closed'}\n\n\ndef f(state: State):\n    return NAMES[state]\n",
            exception="KeyError",
            message="<State.OPEN: 'open'>",
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer all such places of the modules that the failing tests run, each module at once, then of all."""
        known = _enumerations(scene)
        reached = {suspect.path for suspect in scene.suspects}
        texts: dict[str, str] = {}
        for path in scene.project.repairable() if known else ():
            text = scene.project.text(path)
            source = parse(text) if not reached or path in reached else None
            new = _File(scene, path, source, known).named() if source is not None else text
            if new != text:
                texts[path] = new
        summary = "The member of the enumeration is named, which its bare value does not equal."
        for path, text in texts.items():
            line = _first_changed(scene.project.text(path), text)
            yield from self.offer(scene, {path: text}, summary=summary, line=line)
        if len(texts) > 1:
            yield from self.offer(scene, texts, summary=summary, line=0, wider=True)


@dataclass(frozen=True, slots=True)
class _Enumeration:
    dotted: str
    members: dict[object, str]
    """By value."""


def _enumerations(scene: Scene) -> dict[str, _Enumeration]:
    """Return the plain enumerations of the project whose name is unique, by it."""
    found: dict[str, list[_Enumeration]] = {}
    for path, tree in trees(scene.project, mentioning="Enum"):
        for node in tree.body if not is_test_path(path) else ():
            if isinstance(node, ast.ClassDef) and [ast.unparse(base) for base in node.bases][:1] and _is_plain(node):
                members = _members(node)
                module = scene.project.module_name(path)
                found.setdefault(node.name, []).append(_Enumeration(f"{module}.{node.name}", members))
    return {name: items[0] for name, items in found.items() if len(items) == 1 and items[0].members}


def _is_plain(node: ast.ClassDef) -> bool:
    own = any(isinstance(item, ast.FunctionDef) and item.name in {"__eq__", "_missing_"} for item in node.body)
    return not own and {ast.unparse(base) for base in node.bases} <= _PLAIN


def _members(node: ast.ClassDef) -> dict[object, str]:
    found: dict[object, list[str]] = {}
    for item in node.body:
        target = item.targets[0] if isinstance(item, ast.Assign) and len(item.targets) == 1 else None
        if isinstance(item, ast.Assign) and isinstance(target, ast.Name) and isinstance(item.value, ast.Constant):
            found.setdefault(item.value.value, []).append(target.id)
    return {value: names[0] for value, names in found.items() if len(names) == 1}


@dataclass(slots=True)
class _File:
    """One module, and where it takes a value for the member."""

    scene: Scene
    path: str
    source: Source
    known: dict[str, _Enumeration]

    def named(self) -> str:
        """Return the module's text with the members named."""
        edits = Edits(self.source)
        for node in self.source.all(cst.Comparison):
            self._compared(edits, node)
        for line in self.source.all(cst.Assign):
            kind = self._kind(line.targets[0].target) if len(line.targets) == 1 else ""
            self._put(edits, kind, [line.value])
        reads: list[cst.Subscript | cst.Call] = [*self.source.all(cst.Subscript), *self.source.all(cst.Call)]
        for index in reads:
            self._looked_up(edits, index)
        return edits.text() if edits.changes else self.source.text

    def _compared(self, edits: Edits, node: cst.Comparison) -> None:
        if len(node.comparisons) != 1:
            return
        left, target = node.left, node.comparisons[0]
        right = target.comparator
        if isinstance(target.operator, (cst.In, cst.NotIn)) and isinstance(right, (cst.Tuple, cst.List, cst.Set)):
            self._put(edits, self._kind(left), [element.value for element in right.elements])
        elif isinstance(target.operator, (cst.Equal, cst.NotEqual)):
            self._put(edits, self._kind(left), [right])
            self._put(edits, self._kind(right), [left])

    def _looked_up(self, edits: Edits, node: cst.Subscript | cst.Call) -> None:
        """Name the keys of a mapping of the module that is asked for a member."""
        key: cst.BaseExpression | None = None
        owner = ""
        if isinstance(node, cst.Subscript) and isinstance(node.slice[0].slice, cst.Index):
            key, owner = node.slice[0].slice.value, self.source.code(node.value)
        elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value == "get":
            key, owner = (node.args[0].value if node.args else None), self.source.code(node.func.value)
        kind = self._kind(key)
        for line in self.source.all(cst.Assign) if kind else ():
            if self.source.code(line.targets[0].target) == owner and isinstance(line.value, cst.Dict):
                self._put(edits, kind, [e.key for e in line.value.elements if isinstance(e, cst.DictElement)])

    def _put(self, edits: Edits, kind: str, values: list[cst.BaseExpression]) -> None:
        """Name the members where all of these are values of them."""
        if not kind or any(value in edits.changes for value in values):
            return
        members = [self.known[kind].members.get(_value(value)) for value in values]
        spelling = Spelling(self.scene.project, self.path, edits)
        if not values or not all(members):
            return
        own = self.scene.project.module_name(self.path) == self.known[kind].dotted.rpartition(".")[0]
        name = kind if own else spelling(self.known[kind].dotted)
        if not spelling.failed:
            for value, member in zip(values, members, strict=True):
                edits.put(value, cst.Attribute(cst.Name(name), cst.Name(str(member))))

    def _kind(self, node: cst.CSTNode | None) -> str:
        """Return the enumeration that an attribute or a parameter is of; empty when that is not sure."""
        if isinstance(node, cst.Attribute):
            said = annotations_of(self.scene.project, node.attr.value)
            return next(iter(said)) if len(said) == 1 and next(iter(said)) in self.known else ""
        function = self.source.up(node, cst.FunctionDef) if isinstance(node, cst.Name) else None
        for param in self.source.within(function.params, cst.Param) if function is not None else ():
            if isinstance(node, cst.Name) and param.name.value == node.value and param.annotation is not None:
                written = self.source.code(param.annotation.annotation)
                kind = bare(ast.parse(written, mode="eval").body)
                return kind if kind in self.known else ""
        return ""


def _value(node: cst.BaseExpression) -> object:
    if isinstance(node, cst.SimpleString):
        return node.evaluated_value
    return int(node.value) if isinstance(node, cst.Integer) and node.value.isdigit() else None


def _first_changed(before: str, after: str) -> int:
    lines = zip(before.splitlines(), after.splitlines(), strict=False)
    return next((number for number, (old, new) in enumerate(lines, 1) if old != new), 1)
