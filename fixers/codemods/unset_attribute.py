"""Attributes that a class fills and reads, and that nothing ever sets."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import crashes
from fixers.codemods.nearest import nearest
from fixers.codemods.source import Edits, parse
from fixers.codemods.symbols import attributes, classes
from fixers.model import Candidate, Tier
from fixers.project import is_repairable

_UNSET = re.compile(r"^'(?P<type>\w+)' object has no attribute '(?P<name>\w+)'")
_METHODS = {
    "append": "[]", "extend": "[]", "insert": "[]",
    "add": "set()", "discard": "set()",
    "setdefault": "{}", "get": "{}", "items": "{}", "keys": "{}", "values": "{}",
}  # fmt: skip
_MEMO = (
    "class Memo:\n    def __init__(self):\n        self.n = 0{}\n\n    def of(self, x):\n"
    "        if x not in self.known:\n            self.known[x] = x * x\n        return self.known[x]\n"
)
_SET = "'Memo' object has no attribute 'known'"


class UnsetAttribute(Codemod):
    """Let the constructor set what the class fills: an empty dictionary, list or set, or zero for what it counts.

    All uses have to agree on which; an attribute that something else sets, or whose name is a slip away from
    another's, is left to other rules.
    """

    NAME = "unset-attribute"
    NUMBER = 5
    TIER = Tier.B
    PRIOR = 0.7
    MESSAGE = "an attribute is used that nothing sets"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # the uses do not tell what it is
            before=_MEMO.format("").replace("self.known[x] = x * x", "pass"),
            after=_MEMO.format("").replace("self.known[x] = x * x", "pass"),
            exception="AttributeError",
            message=_SET,
            line=6,
        ),
        Rewrite(  # a slip of the keyboard
            before=_MEMO.format("\n        self.knwon = {}"),
            after=_MEMO.format("\n        self.knwon = {}"),
            exception="AttributeError",
            message=_SET,
            line=7,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_MEMO.format(""),
            after=_MEMO.format("\n        self.known = {}"),
            exception="AttributeError",
            message=_SET,
            line=6,
        ),
        Rewrite(
            before="class Log:\n    def __init__(self, name):\n        'Named.'\n        self.name = name\n\n"
            "    def put(self, x):\n        self.lines.append(x)\n        return len(self.lines)\n",
            after="class Log:\n    def __init__(self, name):\n        'Named.'\n        self.name = name\n"
            "        self.lines = []\n\n"
            "    def put(self, x):\n        self.lines.append(x)\n        return len(self.lines)\n",
            exception="AttributeError",
            message="'Log' object has no attribute 'lines'",
            line=7,
        ),
        Rewrite(
            before="class Count:\n    def __init__(self):\n        self.all = []\n\n"
            "    def put(self, x):\n        self.n += 1\n        return self.n\n",
            after="class Count:\n    def __init__(self):\n        self.all = []\n        self.n = 0\n\n"
            "    def put(self, x):\n        self.n += 1\n        return self.n\n",
            exception="AttributeError",
            message="'Count' object has no attribute 'n'",
            line=6,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer the constructor with one line more."""
        for crash in crashes(scene, "AttributeError"):
            named = _UNSET.search(crash.message)
            found = classes(scene.project, named["type"]) if named is not None else []
            if named is None or len(found) != 1 or not is_repairable(found[0][0]):
                continue
            path, node = found[0]
            known = attributes(scene.project, node)
            value = _value(node, named["name"])
            if known is None or _is_set(node, named["name"]) or nearest(named["name"], known - {named["name"]}):
                continue
            text = _with_line(scene.project.text(path), node, f"self.{named['name']} = {value}") if value else ""
            if text:
                yield from self.offer(
                    scene,
                    {path: text},
                    summary=f"`{named['type']}` uses `{named['name']}` and never sets it; its constructor does now.",
                    line=node.lineno,
                    function="__init__",
                )


def _value(node: ast.ClassDef, name: str) -> str:
    """Return what the attribute has to begin as, by how the class fills it; empty when the uses do not agree."""
    parents = {id(inner): outer for outer in ast.walk(node) for inner in ast.iter_child_nodes(outer)}
    seen = set()
    for read in ast.walk(node):
        if not (isinstance(read, ast.Attribute) and read.attr == name and _is_self(read.value)):
            continue
        match parents.get(id(read)):
            case ast.Subscript(ctx=ast.Store(), slice=index) if not isinstance(index, ast.Slice):
                seen.add("{}")
            case ast.Attribute(attr=method) if method in _METHODS:
                seen.add(_METHODS[method])
            case ast.AugAssign(op=ast.Add() | ast.Sub(), value=ast.Constant(value=int())):
                seen.add("0")
    return seen.pop() if len(seen) == 1 else ""


def _is_set(node: ast.ClassDef, name: str) -> bool:
    stored = {
        target.attr
        for line in ast.walk(node)
        if isinstance(line, (ast.Assign, ast.AnnAssign))
        for target in (line.targets if isinstance(line, ast.Assign) else [line.target])
        if isinstance(target, ast.Attribute)
    }
    return name in stored


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _with_line(text: str, node: ast.ClassDef, line: str) -> str:
    """Return the text with a line more at the end of a class's own constructor; empty when it has none."""
    source = parse(text)
    made = [f for f in node.body if isinstance(f, ast.FunctionDef) and f.name == "__init__"]
    if source is None or len(made) != 1:
        return ""
    for function in source.all(cst.FunctionDef):
        if source.line(function.name) == made[0].lineno and isinstance(function.body, cst.IndentedBlock):
            last = function.body.body[-1]
            if isinstance(last, cst.SimpleStatementLine) and isinstance(last.body[0], cst.Return):
                return ""
            new = cst.ensure_type(cst.parse_statement(line), cst.SimpleStatementLine)
            return Edits(source).put(last, cst.FlattenSentinel([last, new])).text()
    return ""
