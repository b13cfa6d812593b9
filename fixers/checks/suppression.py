"""G4: nothing that hides an error instead of mending it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from fixers.checks.change import Marker
from fixers.checks.source import Source, comments

_BROAD = frozenset({"Exception", "BaseException", "AssertionError", "ExceptionGroup", "BaseExceptionGroup"})
_SILENCERS = {
    "contextlib.suppress": "contextlib.suppress",
    "warnings.filterwarnings": "a warning filter",
    "warnings.simplefilter": "a warning filter",
    "typing.no_type_check": "no_type_check",
    "typing_extensions.no_type_check": "no_type_check",
}
_EXITS = frozenset({"__exit__", "__aexit__"})
_COMMENTS = (
    (
        "a type: ignore comment",
        re.compile(r"#\s*(type\s*:\s*ignore|mypy\s*:|pyright\s*:)", re.IGNORECASE),
    ),
    (
        "a noqa comment",
        re.compile(r"\bnoqa\b|#\s*(flake8|ruff|pylint)\s*:|#\s*pyre-", re.IGNORECASE),
    ),
    ("a scanner suppression", re.compile(r"\bnosem(grep)?\b|\bnosec\b|\bnosonar\b|\blgtm\b", re.IGNORECASE)),
    ("a coverage exclusion", re.compile(r"pragma\s*:?\s*no\s*(cover|branch|mutate)", re.IGNORECASE)),
)


def suppressions(source: Source) -> Iterator[Marker]:
    """Find broad and empty handlers, suppressing calls and comments that silence a tool."""
    broad = _BROAD | _groups(source)
    calls = [placed for placed in source.nodes if _is_suppress(source, placed.node)]
    called = {id(placed.node.func) for placed in calls if isinstance(placed.node, ast.Call)}
    for placed in source.nodes:
        if id(placed.node) in called:
            continue
        for kind in _kinds(source, placed.node, placed.scope, broad):
            yield Marker(kind, placed.scope, getattr(placed.node, "lineno", 0))
    for line, comment in comments(source.text):
        for kind, pattern in _COMMENTS:
            if pattern.search(comment):
                yield Marker(kind, source.scope_at(line), line)


def assertions(source: Source) -> Iterator[Marker]:
    """Find the assertions of the code itself; a repair may change one, but not drop it."""
    for placed in source.nodes:
        if isinstance(placed.node, ast.Assert):
            yield Marker("an assertion", placed.scope, placed.node.lineno)


def _groups(source: Source) -> frozenset[str]:
    """Names given to tuples that hold a broad type: `ERRORS = (ValueError, Exception)`."""
    return frozenset(
        target.id
        for placed in source.nodes
        if isinstance(placed.node, ast.Assign) and isinstance(placed.node.value, (ast.Tuple, ast.BinOp))
        for target in placed.node.targets
        if isinstance(target, ast.Name)
        and any(isinstance(part, ast.Name) and source.origin(part) in _BROAD for part in ast.walk(placed.node.value))
    )


def _kinds(source: Source, node: ast.AST, scope: str, broad: frozenset[str]) -> Iterator[str]:
    if isinstance(node, ast.ExceptHandler):
        yield from _handler(source, node, broad)
    elif isinstance(node, ast.Call) and _is_suppress(source, node):
        yield from _types(source, node.args, broad)
        yield "a handler that does nothing"
    elif (silencer := _SILENCERS.get(source.used(node))) is not None:
        yield silencer
    elif isinstance(node, (ast.Try, ast.TryStar)):
        if any(_leaves(statement) for statement in node.finalbody):
            yield "a `finally` that drops the exception by leaving"
    elif isinstance(node, ast.Return) and scope.rpartition(".")[2] in _EXITS and not _is_falsy(node.value):
        yield "a context manager that swallows exceptions"


def _handler(source: Source, handler: ast.ExceptHandler, broad: frozenset[str]) -> Iterator[str]:
    if not _raises_again(handler):
        if handler.type is None:
            yield "a bare except"
            yield "a broad except"  # so that it may become one
        else:
            yield from _types(source, _names(handler.type), broad)
    if all(_is_nothing(statement) for statement in handler.body):
        yield "a handler that does nothing"


def _types(source: Source, types: list[ast.expr], broad: frozenset[str]) -> Iterator[str]:
    if any(source.origin(name) in broad for name in types):
        yield "a broad except"
    elif not all(isinstance(name, (ast.Name, ast.Attribute)) for name in types):
        yield "an except whose types are computed"


def _is_suppress(source: Source, node: ast.AST) -> bool:
    """Say whether a call is `contextlib.suppress(...)`: the same as a handler of these types that does nothing."""
    return isinstance(node, ast.Call) and source.origin(node.func) == "contextlib.suppress"


def _names(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node]


def _raises_again(handler: ast.ExceptHandler) -> bool:
    """Say whether every way out of the handler is a `raise`: clean-up before passing the error on is honest."""
    return isinstance(handler.body[-1], ast.Raise) and not any(map(_leaves, handler.body))


def _leaves(statement: ast.stmt) -> bool:
    return any(isinstance(node, (ast.Return, ast.Break, ast.Continue)) for node in ast.walk(statement))


def _is_falsy(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and not value.value)


def _is_nothing(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, (ast.Constant, ast.Name))
    )
