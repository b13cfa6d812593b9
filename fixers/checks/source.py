"""One Python text as the checks see it: nodes with their scope, comments, and what each name stands for.

Everything here is computed once per text, without recursion over the tree, so
that a hostile file costs time in proportion to its size and no more.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Placed:
    """A node and the qualified name of the function or class around it; empty at module level."""

    node: ast.AST
    scope: str


@dataclass(frozen=True, slots=True)
class Source:
    """A text that parses."""

    text: str
    tree: ast.Module
    nodes: tuple[Placed, ...]
    """Parents before children."""
    origins: Mapping[str, str]
    """Name to what it stands for, wherever an import or a plain assignment says so: `s` to `contextlib.suppress`."""
    scopes: tuple[str, ...]
    """Scope by line; index 0 is unused."""
    classes: frozenset[str]
    """Qualified names of the classes."""

    def scope_at(self, line: int) -> str:
        """Return the qualified name of the innermost definition around `line`."""
        return self.scopes[line] if 0 < line < len(self.scopes) else ""

    def used(self, node: ast.AST) -> str:
        """Return the dotted name that `node` reads, by its name or by a dynamic look-up; empty for anything else."""
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self.origin(node) if isinstance(node.ctx, ast.Load) else ""
        return self.origin(node) if isinstance(node, ast.Call) and _dynamic(node) is not None else ""

    def origin(self, node: ast.AST) -> str:
        """Return the dotted name that `node` stands for, aliases resolved; empty when it is no such thing."""
        tail: list[str] = []
        while True:
            if isinstance(node, ast.Attribute):
                tail.append(node.attr)
                node = node.value
                continue
            if isinstance(node, ast.Call) and (step := _dynamic(node)) is not None:
                name, inner = step
                if inner is None:
                    return _dotted(name, tail)
                tail.append(name)
                node = inner
                continue
            break
        if not isinstance(node, ast.Name):
            return ""
        return _dotted(self.origins.get(node.id, node.id), tail)


def read(text: str) -> Source | None:
    """Parse `text`; None when this interpreter cannot."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    nodes = tuple(_walk(tree))
    scopes = [""] * (text.count("\n") + 3)
    for placed in nodes:
        node = placed.node
        if isinstance(node, _DEFINITIONS):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            name = _qualified(placed.scope, node.name)
            last = min(node.end_lineno or node.lineno, len(scopes) - 1)
            scopes[first : last + 1] = [name] * (last + 1 - first)
    classes = frozenset(
        _qualified(placed.scope, placed.node.name) for placed in nodes if isinstance(placed.node, ast.ClassDef)
    )
    return Source(text, tree, nodes, _origins(nodes), tuple(scopes), classes)


def comments(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line, comment) for each comment; stops quietly where the text cannot be split into tokens."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string
    except (tokenize.TokenError, SyntaxError):
        return


def _walk(tree: ast.Module) -> Iterator[Placed]:
    stack: list[Placed] = [Placed(tree, "")]
    while stack:
        placed = stack.pop()
        yield placed
        node, scope = placed.node, placed.scope
        if isinstance(node, _DEFINITIONS):
            scope = _qualified(scope, node.name)
        stack.extend(Placed(child, scope) for child in reversed(list(ast.iter_child_nodes(node))))


def _origins(nodes: tuple[Placed, ...]) -> dict[str, str]:
    origins: dict[str, str] = {}
    for placed in nodes:
        match placed.node:
            case ast.Import(names=names):
                for alias in names:
                    origins[alias.asname or alias.name.partition(".")[0]] = (
                        alias.name if alias.asname else alias.name.partition(".")[0]
                    )
            case ast.ImportFrom(module=module, names=names, level=level):
                for alias in names:
                    origins[alias.asname or alias.name] = f"{'.' * level}{module or ''}.{alias.name}".removeprefix(
                        "builtins."
                    )
    resolver = Source("", ast.Module([], []), (), origins, (), frozenset())
    for placed in nodes:
        match placed.node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.NamedExpr(target=ast.Name(id=name), value=value)
            ):
                found = resolver.origin(value)
                if found and found != name:
                    origins.setdefault(name, found)
    return origins


def _dynamic(call: ast.Call) -> tuple[str, ast.AST | None] | None:
    """Read `getattr(x, "name")` and `__import__("name")` as the plain forms they stand for."""
    match call:
        case ast.Call(func=ast.Name(id="getattr"), args=[inner, ast.Constant(value=str(name)), *_]):
            return name, inner
        case ast.Call(
            func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module"),
            args=[ast.Constant(value=str(name)), *_],
        ):
            return name, None
    return None


def _dotted(head: str, tail: list[str]) -> str:
    return ".".join([head, *reversed(tail)]).removeprefix("builtins.")


def _qualified(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name
