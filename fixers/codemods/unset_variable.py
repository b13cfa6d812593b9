"""Variables of a function that only some of its ways set before they are used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import crashes, raising_site
from fixers.codemods.scopes import Function, bound, function_at, own_nodes, parameters
from fixers.codemods.source import Edits, Source
from fixers.codemods.symbols import tree_of
from fixers.model import Candidate, Tier

_MESSAGES = (
    re.compile(r"cannot access local variable '(?P<name>\w+)' where it is not associated with a value"),
    re.compile(r"local variable '(?P<name>\w+)' referenced before assignment"),
)
_METHODS = {
    "append": "[]", "extend": "[]", "insert": "[]", "sort": "[]",
    "add": "set()", "discard": "set()",
    "setdefault": "{}", "items": "{}", "keys": "{}", "values": "{}", "get": "{}",
}  # fmt: skip
_CALLS = {"dict": "{}", "list": "[]", "sorted": "[]", "set": "set()", "len": "0", "int": "0", "str": '""'}
_DISPLAYS: dict[type[ast.expr], str] = {
    ast.Dict: "{}", ast.DictComp: "{}", ast.List: "[]", ast.ListComp: "[]", ast.Set: "set()", ast.SetComp: "set()",
    ast.JoinedStr: '""',
}  # fmt: skip
_READ = "def read(text=None, more=None):\n{}    if text:\n        found = dict(text)\n"
_UNSET = "cannot access local variable 'found' where it is not associated with a value"


class UnsetVariable(Codemod):
    """Begin with nothing where a function collects or counts in a variable that it sets on some of its ways only.

    What nothing is follows from what else the function sets it to and from how it is used; all must agree, and one
    use must show that it is filled or counted.
    """

    NAME = "unset-variable"
    NUMBER = 5
    TIER = Tier.A
    PRIOR = 0.86
    MESSAGE = "a variable is set on some ways through a function only"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # nothing is put into it: None or another result may be meant
            before=_READ.format("") + "    return found\n",
            after=_READ.format("") + "    return found\n",
            exception="UnboundLocalError",
            message=_UNSET,
            line=4,
        ),
        Rewrite(  # the uses do not agree
            before=_READ.format("") + "    found.append(more)\n    return found\n",
            after=_READ.format("") + "    found.append(more)\n    return found\n",
            exception="UnboundLocalError",
            message=_UNSET,
            line=4,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_READ.format("") + "    found.update(more or {})\n    return found\n",
            after=_READ.format("    found = {}\n") + "    found.update(more or {})\n    return found\n",
            exception="UnboundLocalError",
            message=_UNSET,
            line=4,
        ),
        Rewrite(
            before="def f(xs):\n    'Count.'\n    for x in xs:\n        n += 1\n    return n\n",
            after="def f(xs):\n    'Count.'\n    n = 0\n    for x in xs:\n        n += 1\n    return n\n",
            exception="UnboundLocalError",
            message=_UNSET.replace("found", "n"),
            line=4,
        ),
        Rewrite(
            before="def f(xs, on):\n    if on:\n        out = ['on']\n    for x in xs:\n        out.append(x)\n"
            "    return out\n",
            after="def f(xs, on):\n    out = []\n    if on:\n        out = ['on']\n    for x in xs:\n"
            "        out.append(x)\n    return out\n",
            exception="UnboundLocalError",
            message="local variable 'out' referenced before assignment",
            line=5,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Put the first value at the head of the function."""
        for crash in crashes(scene, "UnboundLocalError"):
            named = next((found for message in _MESSAGES if (found := message.search(crash.message))), None)
            site = raising_site(scene, crash)
            tree = tree_of(scene.project, site.path) if site else None
            function = function_at(tree, site.line) if tree and site else None
            if named is None or site is None or tree is None or function is None or named["name"] in bound(tree):
                continue
            value = _nothing(function, named["name"])
            edits = _headed(site.source, site.line, f"{named['name']} = {value}\n") if value else None
            if edits is not None:
                yield from self.offer(
                    scene,
                    {site.path: edits.text()},
                    summary=f"`{named['name']}` is set on some ways only; it begins as `{value}`.",
                    line=site.line,
                    function=site.function,
                    tier=self.TIER if _rounds(function, site.line) < 2 else Tier.C,
                )


def _nothing(function: Function, name: str) -> str:
    """Return what a variable begins as; empty when nothing fills or counts it, or when its uses do not agree."""
    first = next((node for node in function.body if _sets(node, name)), None)
    if name in parameters(function) or first is not None:
        return ""
    used = set(_filled(function, name))
    kinds = used | set(_assigned(function, name))
    return kinds.pop() if used and len(kinds) == 1 and "?" not in kinds else ""


def _sets(node: ast.stmt, name: str) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _rounds(function: Function, line: int) -> int:
    """Count the loops around a line: with two, the value may have to begin anew in each round of the outer one."""
    loops = (node for node in own_nodes(function) if isinstance(node, (ast.For, ast.AsyncFor, ast.While)))
    return sum(node.lineno < line <= (node.end_lineno or 0) for node in loops)


def _assigned(function: Function, name: str) -> Iterator[str]:
    for node in own_nodes(function):
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            yield _empty(node.value)


def _empty(value: ast.expr) -> str:
    """Return the empty value of an expression's kind; a question mark for a kind that is not sure."""
    if isinstance(value, ast.Call):
        return _CALLS.get(getattr(value.func, "id", ""), "?")
    if isinstance(value, ast.Constant):
        return {int: "0", str: '""'}.get(type(value.value), "?")
    return _DISPLAYS.get(type(value), "?")


def _filled(function: Function, name: str) -> Iterator[str]:
    """Yield what each use that fills or counts the variable makes of it."""
    for node in own_nodes(function):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=found), attr="update")) if found == name:
                kinds = set(_assigned(function, name))
                yield from kinds & {"{}", "set()"}
            case ast.Call(func=ast.Attribute(value=ast.Name(id=found), attr=method)) if found == name:
                yield from [_METHODS[method]] if method in _METHODS else []
            case ast.AugAssign(target=ast.Name(id=found), op=ast.Add() | ast.Sub(), value=value) if found == name:
                yield _empty(value) if isinstance(value, (ast.Constant, ast.List, ast.JoinedStr)) else "?"
            case ast.Subscript(value=ast.Name(id=found), ctx=ast.Store()) if found == name:
                yield "{}"


def _headed(source: Source, line: int, text: str) -> Edits | None:
    """Return the edits that put a line at the head of a function, below its docstring."""
    function = source.enclosing(line, cst.FunctionDef)
    if function is None or not isinstance(function.body, cst.IndentedBlock):
        return None
    at = 1 if function.get_docstring() is not None else 0
    body = list(function.body.body)
    body[at:at] = [cst.parse_statement(text)]
    return Edits(source).put(function.body, function.body.with_changes(body=body))
