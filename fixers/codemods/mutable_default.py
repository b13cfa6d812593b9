"""Default arguments that remember what earlier calls did to them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.scopes import Function
from fixers.codemods.source import Edits, Source, parse
from fixers.codemods.symbols import tree_of
from fixers.model import Candidate, Tier
from fixers.project import is_repairable

_MUTATORS = frozenset(
    {
        "add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "reverse",
        "setdefault", "sort", "update",
    }
)  # fmt: skip
_CONSTRUCTORS = frozenset({"list", "dict", "set"})
_NOT_STATE = frozenset({"NameError", "ImportError", "ModuleNotFoundError", "SyntaxError", "RecursionError"})
_MOST = 6
_WRITTEN = re.compile(r"=\s*(?:\[|\{|list\(\)|dict\(\)|set\(\))[^=\n]*[,)]")


class MutableDefault(Codemod):
    """Make a default list, dict or set anew for every call.

    Python evaluates a default once. When the function changes it, stores it or gives
    it out, the next call starts with what the last one left.
    """

    NAME = "mutable-default"
    NUMBER = 13
    TIER = Tier.A
    PRIOR = 0.9
    MESSAGE = "a mutable default argument is shared between calls"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # only read
            before="def f(x, names=[]):\n    return x in names\n",
            after="def f(x, names=[]):\n    return x in names\n",
            exception="AssertionError",
            message="assert True == False",
        ),
        Rewrite(  # a cache on purpose
            before="def f(x, _cache={}):\n    _cache[x] = x\n    return _cache[x]\n",
            after="def f(x, _cache={}):\n    _cache[x] = x\n    return _cache[x]\n",
            exception="AssertionError",
            message="assert 1 == 2",
        ),
        Rewrite(  # a copy is changed
            before="def f(x, names=[]):\n    names = list(names)\n    names.append(x)\n    return names\n",
            after="def f(x, names=[]):\n    names = list(names)\n    names.append(x)\n    return names\n",
            exception="AssertionError",
            message="assert [1, 2] == [2]",
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before='def f(x, seen=[]):\n    """Collect."""\n    seen.append(x)  # all\n    return seen\n',
            after=(
                'def f(x, seen=None):\n    """Collect."""\n    if seen is None:\n        seen = []\n'
                "    seen.append(x)  # all\n    return seen\n"
            ),
            exception="AssertionError",
            message="assert [1, 2] == [2]",
        ),
        Rewrite(
            before="class Basket:\n    def __init__(self, items: list = []):\n        self.items = items\n",
            after=(
                "class Basket:\n    def __init__(self, items: list | None = None):\n        if items is None:\n"
                "            items = []\n        self.items = items\n"
            ),
            exception="AssertionError",
            message="assert 2 == 1",
        ),
        Rewrite(
            before=(
                "def tally(words, *, counts=dict()):\n\n    for word in words:\n        counts[word] = 1\n"
                "    return len(counts)\n"
            ),
            after=(
                "def tally(words, *, counts=None):\n\n    if counts is None:\n        counts = dict()\n"
                "    for word in words:\n        counts[word] = 1\n    return len(counts)\n"
            ),
            exception="AssertionError",
            message="assert 3 == 2",
            line=4,
            function="tally",
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer each suspected function whose default is changed, stored or given out."""
        if scene.failures and all(failure.exception in _NOT_STATE for failure in scene.failures):
            return
        for path, lines in list(_suspected(scene).items())[:_MOST]:
            source = parse(scene.project.text(path))
            for function in source.all(cst.FunctionDef) if source else ():
                if source is not None and source.line(function.name) in lines:
                    yield from self._guard(scene, path, source, function)

    def _guard(self, scene: Scene, path: str, source: Source, function: cst.FunctionDef) -> Iterator[Candidate]:
        shared = [param for param in _defaults(function) if _escapes(source, function, param.name.value)]
        if not shared:
            return
        edits = Edits(source)
        optional = scene.installed.python_version >= (3, 10) or "import annotations" in source.text
        guard_defaults(edits, source, function, shared, optional=optional)
        names = "`, `".join(param.name.value for param in shared)
        yield from self.offer(
            scene,
            {path: edits.text()},
            summary=f"`{names}` of `{function.name.value}` is made anew for every call instead of once for all.",
            line=source.line(function),
            function=function.name.value,
        )


def guard_defaults(
    edits: Edits, source: Source, function: cst.FunctionDef, shared: list[cst.Param], *, optional: bool
) -> None:
    """Put None for the defaults of these parameters, and a guard for each at the start of the function."""
    for param in shared:
        edits.put(param, _without_default(source, param, optional=optional))
    guards = [_guard_for(source, param) for param in shared]
    edits.change(function, cst.FunctionDef, lambda node: _guarded(node, guards))


def mutable_defaults(function: cst.FunctionDef) -> list[cst.Param]:
    """Return the parameters of a function whose default is a list, a dictionary or a set."""
    return _defaults(function)


def _suspected(scene: Scene) -> dict[str, set[int]]:
    """Return `def` lines by path: functions in suspects and frames, else those that failing tests name.

    Only functions with a mutable default; read with `ast`, since libcst is slow.
    """
    places = [(suspect.path, suspect.line, suspect.end_line) for suspect in scene.suspects]
    frames = [frame for failure in scene.failures for frame in failure.frames if frame.in_project]
    places += [(frame.path, frame.line, frame.line) for frame in reversed(frames)]
    functions = {path: [node for _, node in _with_defaults(scene, path)] for path in {path for path, _, _ in places}}
    found: dict[str, set[int]] = {}
    for path, first, last in places:
        for node in functions[path]:
            if node.lineno <= last and first <= (node.end_lineno or node.lineno):
                found.setdefault(path, set()).add(node.lineno)
    if found or scene.suspects:
        return found
    words = set(re.findall(r"\w+", " ".join(scene.project.files.get(frame.path, "") for frame in frames)))
    for path in scene.project.repairable():
        for name, node in _with_defaults(scene, path):
            if name in words:
                found.setdefault(path, set()).add(node.lineno)
    return found


def _with_defaults(scene: Scene, path: str) -> Iterator[tuple[str, Function]]:
    """Yield the functions of a file that have a mutable default, by the name that callers use."""
    text = scene.project.files.get(path, "")
    tree = tree_of(scene.project, path) if is_repairable(path) and _WRITTEN.search(text) else None
    for node in ast.walk(tree) if tree else ():
        members = node.body if isinstance(node, (ast.ClassDef, ast.Module)) else []
        for item in members:
            if isinstance(item, Function) and any(map(_is_shared, [*item.args.defaults, *item.args.kw_defaults])):
                owner = node.name if isinstance(node, ast.ClassDef) and item.name == "__init__" else item.name
                yield owner, item


def _is_shared(default: ast.expr | None) -> bool:
    return isinstance(default, (ast.List, ast.Dict, ast.Set, ast.Call))


def _defaults(function: cst.FunctionDef) -> list[cst.Param]:
    every = [*function.params.posonly_params, *function.params.params, *function.params.kwonly_params]
    return [
        param
        for param in every
        if param.default and _is_mutable(param.default) and not param.name.value.startswith("_")
    ]


def _is_mutable(value: cst.BaseExpression) -> bool:
    if isinstance(value, cst.Call):
        return isinstance(value.func, cst.Name) and value.func.value in _CONSTRUCTORS and not value.args
    return isinstance(value, (cst.List, cst.Dict, cst.Set))


def _escapes(source: Source, function: cst.FunctionDef, name: str) -> bool:
    """Say whether the body changes the parameter's object, stores it or returns it, and never rebinds the name."""
    uses = [node for node in source.within(function.body, cst.Name) if node.value == name]
    parents = [(node, source.parents[node]) for node in uses]
    if any(isinstance(parent, (cst.AssignTarget, cst.AnnAssign)) for _, parent in parents):
        return False
    return any(_hands_out(source, node, parent) for node, parent in parents)


def _hands_out(source: Source, node: cst.Name, parent: cst.CSTNode) -> bool:
    if isinstance(parent, cst.Attribute) and parent.value is node:
        call = source.parents[parent]
        return isinstance(call, cst.Call) and call.func is parent and parent.attr.value in _MUTATORS
    if isinstance(parent, cst.Subscript) and parent.value is node:
        return isinstance(source.parents[parent], (cst.AssignTarget, cst.AugAssign, cst.Del))
    if isinstance(parent, cst.AugAssign):
        return parent.target is node
    return isinstance(parent, (cst.Return, cst.Assign))


def _without_default(source: Source, param: cst.Param, *, optional: bool) -> cst.Param:
    changed = param.with_changes(default=cst.Name("None"))
    if param.annotation is None or "None" in source.code(param.annotation.annotation):
        return changed
    written = source.code(param.annotation.annotation)
    if written.startswith("Optional["):
        return changed
    new = f"{written} | None" if optional else f"Optional[{written}]" if "Optional" in source.text else written
    return changed.with_changes(annotation=param.annotation.with_changes(annotation=cst.parse_expression(new)))


def _guard_for(source: Source, param: cst.Param) -> cst.If:
    default = source.code(param.default) if param.default else "None"
    name = param.name.value
    guard = cst.parse_statement(f"if {name} is None:\n    {name} = {default}\n")
    assert isinstance(guard, cst.If)  # noqa: S101 - the text above is an `if`
    return guard


def _guarded(function: cst.FunctionDef, guards: list[cst.If]) -> cst.FunctionDef:
    """Return the function with the guards as its first statements, below the docstring."""
    if isinstance(function.body, cst.SimpleStatementSuite):
        line = cst.SimpleStatementLine(function.body.body)
        return function.with_changes(body=cst.IndentedBlock([*guards, line]))
    body = list(function.body.body)
    start = int(function.get_docstring() is not None)
    if start < len(body):
        first = body[start]
        leading = getattr(first, "leading_lines", ())
        blank = [line for line in leading if line.comment is None]
        body[start] = first.with_changes(leading_lines=[line for line in leading if line.comment is not None])
        guards = [guards[0].with_changes(leading_lines=blank), *guards[1:]]
    return function.with_changes(body=function.body.with_changes(body=[*body[:start], *guards, *body[start:]]))
