"""What two releases differ in, function by function, and a release with one of these differences undone."""

from __future__ import annotations

import ast
import builtins
import difflib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.source import Function, functions
from benchmarks.trees import changed_sources


@dataclass(frozen=True, slots=True)
class Change:
    """A function that two releases have, under the same name in the same file, with different bodies."""

    path: str
    function: str
    lines: int
    """How many lines of its program were removed and added, comments and layout aside."""
    diff: str

    @property
    def name(self) -> str:
        """Return what a catalogue calls it."""
        return f"{self.path}:{self.function}"


def changes(before: Path, after: Path, tests: Sequence[str]) -> Iterator[Change]:
    """Yield the functions whose bodies alone a release changed, and whose old bodies still fit the new file.

    A signature that changed is a feature more often than a repair; an old body that uses a name which the
    new file no longer knows would fail for that, and not for what was wrong with it.
    """
    for path in changed_sources(before, after, tests):
        try:
            old, new = _functions(before / path), _functions(after / path)
        except (SyntaxError, ValueError):
            continue
        known = _names(ast.parse((after / path).read_bytes())) | set(dir(builtins))
        for name in old.keys() & new.keys():
            one, other = old[name], new[name]
            if _signature(one) == _signature(other) and _names(one) <= known:
                diff = list(difflib.unified_diff(_program(one), _program(other), lineterm="", n=2))[2:]
                lines = sum(line[0] in "+-" for line in diff)
                if lines:
                    yield Change(path, name, lines, "\n".join(diff))


def undone(before: Path, after: Path, name: str, destination: Path) -> None:
    """Lay out the release `after` at `destination`, with one function as `before` had it; `name` is a change's."""
    path, _, function = name.rpartition(":")
    old, new = (tree / path for tree in (before, after))
    shutil.copytree(after, destination)
    ours = _lines(old)[slice(*_extent(_functions(old)[function]))]
    lines = _lines(new)
    lines[slice(*_extent(_functions(new)[function]))] = ours
    (destination / path).write_bytes(b"".join(lines))


def _functions(file: Path) -> dict[str, Function]:
    """Return the functions of a file that have a name of their own."""
    found: dict[str, Function] = {}
    twins = set()
    for name, function in functions(ast.parse(file.read_bytes())):
        if name in found:
            twins.add(name)
        found[name] = function
    return {name: function for name, function in found.items() if name not in twins}


def _signature(function: Function) -> str:
    decorators = ast.Module(body=[ast.Expr(d) for d in function.decorator_list], type_ignores=[])
    bare = [a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)]
    defaults = [ast.dump(d) for d in (*function.args.defaults, *(k for k in function.args.kw_defaults if k))]
    return f"{type(function).__name__} {bare} {defaults} {ast.dump(decorators)}"


def _names(tree: ast.AST) -> set[str]:
    """Return all names that are read, written, asked for or defined."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.alias(asname=str(name)):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.alias(name=name):
                found.add(name.split(".")[0])
            case ast.ExceptHandler(name=str(name)):
                found.add(name)
    return found


def _program(function: Function) -> list[str]:
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:] or [ast.Pass()]
    bare = _Untyped().visit(ast.Module(body=body, type_ignores=[]))
    return ast.unparse(ast.fix_missing_locations(bare)).splitlines()


class _Untyped(ast.NodeTransformer):
    """Takes away what a release says of types only: it changes no behaviour."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return ast.Pass()
        return ast.Assign(targets=[node.target], value=node.value)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        match self.generic_visit(node):
            case ast.Call(func=ast.Name(id="cast"), args=[_, value]):
                return value
            case other:
                return other

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node


def _extent(function: Function) -> tuple[int, int]:
    first = min([function.lineno, *(d.lineno for d in function.decorator_list)])
    return first - 1, function.end_lineno or first


def _lines(file: Path) -> list[bytes]:
    return file.read_bytes().splitlines(keepends=True)
