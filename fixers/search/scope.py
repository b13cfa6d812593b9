"""Which names a place can see, and which of them nobody uses."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field

from fixers.search.syntax import COMPREHENSIONS, FUNCTIONS, FunctionNode

BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class Scope:
    """The names of one function, class body or module."""

    parameters: tuple[str, ...] = ()
    bound: dict[str, int] = field(default_factory=dict)
    """Every name bound here, to the first line that binds it; parameters to the `def` line."""
    loaded: frozenset[str] = frozenset()
    """Every name read here or in anything nested."""

    def unused(self) -> Iterator[str]:
        """Yield names that are bound and never read, parameters first; `self` and `cls` never."""
        for name in (*self.parameters, *self.bound):
            if name not in self.loaded and name not in {"self", "cls", "_"}:
                yield name


def scope_of(node: FunctionNode | ast.ClassDef | ast.Module) -> Scope:
    """Read the scope of `node` from its own statements."""
    parameters = tuple(argument.arg for argument in arguments_of(node.args)) if isinstance(node, FUNCTIONS) else ()
    bound = dict.fromkeys(parameters, getattr(node, "lineno", 0))
    elsewhere: set[str] = set()
    for name, line in sorted(_bindings(node.body, elsewhere), key=lambda pair: pair[1]):
        bound.setdefault(name, line)
    loaded = frozenset(
        child.id
        for statement in node.body
        for child in ast.walk(statement)
        if isinstance(child, ast.Name) and isinstance(child.ctx, (ast.Load, ast.Del))
    )
    return Scope(parameters, {name: line for name, line in bound.items() if name not in elsewhere}, loaded)


def arguments_of(arguments: ast.arguments) -> Iterator[ast.arg]:
    """Yield every parameter in the order it is written."""
    yield from arguments.posonlyargs
    yield from arguments.args
    if arguments.vararg:
        yield arguments.vararg
    yield from arguments.kwonlyargs
    if arguments.kwarg:
        yield arguments.kwarg


def targets_of(node: ast.AST) -> Iterator[str]:
    """Yield the variables that an assignment target binds."""
    return (child.id for child in ast.walk(node) if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store))


def _bindings(nodes: list[ast.stmt], elsewhere: set[str]) -> Iterator[tuple[str, int]]:
    """Yield what the nodes bind, nested scopes left out; fill `elsewhere` with global and nonlocal names."""
    stack: list[ast.AST] = list(nodes)
    while stack:
        node = stack.pop()
        line = getattr(node, "lineno", 0)
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, line
                continue
            case ast.Lambda():
                continue
            case ast.Name(ctx=ast.Store()):
                yield node.id, line
            case ast.Import() | ast.ImportFrom():
                yield from ((alias.asname or alias.name.split(".")[0], line) for alias in node.names)
            case ast.Global() | ast.Nonlocal():
                elsewhere.update(node.names)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name, line
            case ast.comprehension():
                # Its target lives in the comprehension alone.
                stack += [node.iter, *node.ifs]
                continue
        stack += ast.iter_child_nodes(node)


def comprehension_names(node: ast.AST) -> tuple[str, ...]:
    """Return the names a comprehension or lambda binds for its inner expressions."""
    if isinstance(node, COMPREHENSIONS):
        return tuple(name for part in node.generators for name in targets_of(part.target))
    if isinstance(node, ast.Lambda):
        return tuple(argument.arg for argument in arguments_of(node.args))
    return ()


def names_read(node: ast.AST) -> frozenset[str]:
    """Return the names that `node` reads from outside, those that its comprehensions bind left out."""
    children = tuple(ast.walk(node))
    names = [child for child in children if isinstance(child, ast.Name)]
    used = frozenset(child.id for child in names if isinstance(child.ctx, ast.Load))
    if not any(isinstance(child, COMPREHENSIONS) for child in children):
        return used
    return used - {child.id for child in names if isinstance(child.ctx, ast.Store)}
