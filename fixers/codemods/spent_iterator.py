"""Iterators that a function goes through twice."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.scopes import Function, own_nodes
from fixers.codemods.source import Edits, parse
from fixers.codemods.symbols import imports, tree_of, trees
from fixers.codemods.walks import taken_singly, times_walked
from fixers.model import Candidate, Tier

_LAZY = frozenset(
    {"map", "filter", "zip", "reversed", "enumerate", "iter", "csv.reader", "csv.DictReader", "re.finditer"}
)
_ITERTOOLS_ENDLESS = frozenset({"itertools.count", "itertools.cycle", "itertools.repeat"})
_WALKS = frozenset({"glob", "rglob", "iterdir", "finditer", "scandir", "iglob"})
_MOST = 8

IsLazy = Callable[[ast.expr | None], bool]
Place = ast.expr | Function
"""The value that becomes a list; the function, for a parameter."""


class SpentIterator(Codemod):
    """Keep in a list what a function goes through more than once.

    The second time an iterator is empty, silently. Only where the function itself shows both: what the
    variable is given can be gone through once, and it is gone through whole twice, or in a loop.
    """

    NAME = "spent-iterator"
    NUMBER = 23
    TIER = Tier.A
    PRIOR = 0.93
    MESSAGE = "an iterator is gone through twice"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # once
            before="def f(xs):\n    ys = (x for x in xs)\n    return sum(ys)\n",
            after="def f(xs):\n    ys = (x for x in xs)\n    return sum(ys)\n",
            exception="AssertionError",
            message="assert 0 == 1",
        ),
        Rewrite(  # the head first, then the rest: on purpose
            before="def f(xs):\n    ys = iter(xs)\n    head = next(ys)\n    return head, list(ys), list(ys)\n",
            after="def f(xs):\n    ys = iter(xs)\n    head = next(ys)\n    return head, list(ys), list(ys)\n",
            exception="AssertionError",
            message="assert 0 == 1",
        ),
        Rewrite(  # one way or the other
            before="def f(xs, n):\n    ys = map(int, xs)\n    if n:\n        return sum(ys)\n    return max(ys)\n",
            after="def f(xs, n):\n    ys = map(int, xs)\n    if n:\n        return sum(ys)\n    return max(ys)\n",
            exception="AssertionError",
            message="assert 0 == 1",
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="def f(xs):\n    ys = (x for x in xs)  # all\n    return sum(ys) / len(list(ys))\n",
            after="def f(xs):\n    ys = [x for x in xs]  # all\n    return sum(ys) / len(list(ys))\n",
            exception="ZeroDivisionError",
            message="division by zero",
        ),
        Rewrite(
            before="def f(xs):\n    ys = map(int, xs)\n    low = min(ys)\n    return [y - low for y in ys]\n",
            after="def f(xs):\n    ys = list(map(int, xs))\n    low = min(ys)\n    return [y - low for y in ys]\n",
            exception="AssertionError",
            message="assert [] == [0]",
        ),
        Rewrite(
            before=(
                "def rows(xs):\n    for x in xs:\n        yield x\n\n\n"
                "def f(xs, keys):\n    found = rows(xs)\n    return {k: [x for x in found if k in x] for k in keys}\n"
            ),
            after=(
                "def rows(xs):\n    for x in xs:\n        yield x\n\n\n"
                "def f(xs, keys):\n    found = list(rows(xs))\n"
                "    return {k: [x for x in found if k in x] for k in keys}\n"
            ),
            exception="AssertionError",
            message="assert [] == [0]",
        ),
        Rewrite(
            before=(
                "class C:\n    def __init__(self, xs):\n        self.xs = filter(None, xs)\n\n"
                "    def total(self):\n        return sum(self.xs)\n"
            ),
            after=(
                "class C:\n    def __init__(self, xs):\n        self.xs = list(filter(None, xs))\n\n"
                "    def total(self):\n        return sum(self.xs)\n"
            ),
            exception="AssertionError",
            message="assert 0 == 6",
        ),
        Rewrite(
            before="def f(xs):\n    n = len(list(xs))\n    return sum(xs) / n\n",
            after="def f(xs):\n    xs = list(xs)\n    n = len(list(xs))\n    return sum(xs) / n\n",
            exception="AssertionError",
            message="assert 0 == 2",
            files={
                "tests/test_example.py": "from pkg.mod import f\n\n\ndef test_f():\n    assert f(x for x in [2]) == 2\n"
            },
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer one candidate for each variable, those of the functions that the failing tests run."""
        reached = {suspect.path for suspect in scene.suspects}
        reached |= {frame.path for failure in scene.failures for frame in failure.frames if frame.in_project}
        lazy = _generators(scene)
        left = _MOST
        for path in scene.project.repairable():
            tree = tree_of(scene.project, path) if not scene.suspects or path in reached else None
            for place, name in _spent(scene, path, tree, lazy) if tree is not None else ():
                text = _kept(scene.project.text(path), place, name)
                if text and left:
                    left -= 1
                    summary = f"`{name}` is gone through more than once, so it is a list."
                    yield from self.offer(scene, {path: text}, summary=summary, line=place.lineno)


def _spent(scene: Scene, path: str, tree: ast.Module, lazy: frozenset[str]) -> Iterator[tuple[Place, str]]:
    known = {local: origin.dotted for local, origin in imports(scene.project, path).items()}

    def is_lazy(value: ast.expr | None) -> bool:
        return _is_lazy(value, known, lazy)

    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from _of_class(node, is_lazy)
        if isinstance(node, Function):
            for value, name in _assigned(node):
                if is_lazy(value) and times_walked(node, name) > 1:
                    yield value, name
            taken = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
            for name in taken:
                if times_walked(node, name) > 1 and not _stored(node, name) and _given_lazy(scene, node.name, is_lazy):
                    yield node, name


def _assigned(function: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """Yield what variables are given that are given something once."""
    found: dict[str, list[ast.expr]] = {}
    for node in own_nodes(function):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    yield from (
        (values[0], name) for name, values in found.items() if len(values) == 1 and _stores(function, name) == 1
    )


def _stores(function: ast.AST, name: str) -> int:
    return sum(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store) for n in ast.walk(function))


def _stored(function: ast.AST, name: str) -> bool:
    return _stores(function, name) > 0


def _of_class(node: ast.ClassDef, is_lazy: IsLazy) -> Iterator[tuple[ast.expr, str]]:
    """Yield what `__init__` keeps in an attribute and any method goes through: methods are called again."""
    init = next((item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"), None)
    for item in ast.walk(init) if init else ():
        if isinstance(item, ast.Assign) and len(item.targets) == 1 and is_lazy(item.value):
            name = ast.unparse(item.targets[0])
            others = [m for m in node.body if isinstance(m, Function) and m is not init]
            if (
                name.startswith("self.")
                and any(times_walked(method, name) for method in others)
                and not taken_singly(node, name)
            ):
                yield item.value, name


def _is_lazy(value: ast.expr | None, known: dict[str, str], lazy: frozenset[str]) -> bool:
    """Say whether a value can be gone through once."""
    if isinstance(value, ast.GeneratorExp):
        return True
    if not isinstance(value, ast.Call):
        return False
    written = ast.unparse(value.func)
    root, _, rest = written.partition(".")
    real = known.get(root, root) + (f".{rest}" if rest else "")
    if real.startswith("itertools."):
        return real not in _ITERTOOLS_ENDLESS
    name = real.rpartition(".")[2]
    return real in _LAZY or (name in _WALKS and isinstance(value.func, ast.Attribute)) or name in lazy


def _generators(scene: Scene) -> frozenset[str]:
    """Return the names that only functions of the project have that give an iterator."""
    kinds: dict[str, bool] = {}
    for _, tree in trees(scene.project, mentioning="def "):
        for node in ast.walk(tree):
            if isinstance(node, Function):
                kinds[node.name] = kinds.get(node.name, True) and _gives_iterator(node)
    return frozenset(name for name, lazy in kinds.items() if lazy)


def _gives_iterator(function: Function) -> bool:
    if isinstance(function, ast.AsyncFunctionDef) or function.decorator_list:
        return False
    nodes = list(own_nodes(function))
    if any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in nodes):
        return True
    returned = [node.value for node in nodes if isinstance(node, ast.Return)]
    return bool(returned) and all(_is_lazy(value, {}, frozenset()) for value in returned)


def _given_lazy(scene: Scene, name: str, is_lazy: IsLazy) -> bool:
    """Say whether the project, its tests included, passes such a value to a function of this name."""
    return any(
        isinstance(node, ast.Call)
        and ast.unparse(node.func).rpartition(".")[2] == name
        and any(is_lazy(arg) for arg in (*node.args, *(k.value for k in node.keywords)))
        for _, tree in trees(scene.project, mentioning=f"{name}(")
        for node in ast.walk(tree)
    )


def _kept(text: str, place: Place, name: str) -> str:
    """Return the text with the value, or the parameter at the begin of the function, made a list."""
    source = parse(text)
    if source is None:
        return ""
    edits = Edits(source)
    if isinstance(place, (ast.FunctionDef, ast.AsyncFunctionDef)):
        same = (f for f in source.all(cst.FunctionDef) if f.name.value == place.name)
        function = next((f for f in same if source.line(f) == place.lineno), None)
        return _at_begin(edits, function, name) if function is not None else ""
    for value in (*source.all(cst.GeneratorExp), *source.all(cst.Call)):
        start = source.place(value).start
        shift = len(value.lpar)
        if (start.line, start.column) in {(place.lineno, place.col_offset), (place.lineno, place.col_offset + shift)}:
            if isinstance(value, cst.GeneratorExp):
                edits.put(value, cst.ListComp(value.elt, value.for_in))
            else:
                edits.put(value, cst.Call(cst.Name("list"), [cst.Arg(value)]))
            return edits.text()
    return ""


def _at_begin(edits: Edits, function: cst.FunctionDef, name: str) -> str:
    body = function.body
    if not isinstance(body, cst.IndentedBlock):
        return ""
    lines = list(body.body)
    told = bool(lines) and function.get_docstring(clean=False) is not None
    lines.insert(int(told), cst.parse_statement(f"{name} = list({name})"))
    return edits.put(body, body.with_changes(body=lines)).text()
