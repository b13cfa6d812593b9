"""G9: no waiting, retrying or longer limits in place of a repair."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from fixers.checks.change import Change, Marker
from fixers.checks.literals import written
from fixers.checks.source import Source

_SLEEPERS = frozenset({
    "time.sleep", "asyncio.sleep", "trio.sleep", "anyio.sleep", "gevent.sleep", "eventlet.sleep", "curio.sleep",
})  # fmt: skip
_RETRIERS = frozenset({"tenacity", "backoff", "retrying", "retry", "stamina", "flaky", "redo"})
_RETRY_NAME = re.compile(
    r"(^|_)(retry|retries|retrying|max_attempts|attempts|tries|max_tries|reruns?)(_|$)", re.IGNORECASE
)
_LIMIT_NAME = re.compile(r"(^|_)(timeout|deadline|delay|interval|grace|wait|ttl)(_|$)", re.IGNORECASE)


def waits(source: Source) -> Iterator[Marker]:
    """Find sleeps, retry libraries and decorators, retry loops and calls that wait for a fixed time."""
    for placed in source.nodes:
        for kind in _kinds(source, placed.node):
            yield Marker(kind, placed.scope, getattr(placed.node, "lineno", 0))


def longer_limits(changed: Iterable[Change]) -> list[str]:
    """Name the time limits and numbers of tries that the patch raises.

    A time limit where none was cannot let a slow test pass, so only a rise counts;
    a number of tries where none was means that a try may now fail unseen.
    """
    found: list[str] = []
    for change in changed:
        if change.before is None or change.after is None:
            continue
        old: dict[tuple[str, str], float] = {}
        for name, scope, value, _ in _limits(change.before):
            old[name, scope] = max(value, old.get((name, scope), value))
        for name, scope, value, line in _limits(change.after):
            known = old.get((name, scope), 1.0 if _RETRY_NAME.search(name) else float("inf"))
            if value > known:
                found.append(f"{change.path}:{line} raises {name} from {known:g} to {value:g}")
    return found


def _kinds(source: Source, node: ast.AST) -> Iterator[str]:
    if source.used(node) in _SLEEPERS or _is_sleep(node):
        yield "a sleep"
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        if _RETRIERS.intersection(module.partition(".")[0] for module in _modules(node)):
            yield "a retry library"
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        if any(_RETRY_NAME.search(name) for name in _decorators(source, node)):
            yield "a retry decorator"
    elif isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
        if _tries_again(node):
            yield "a loop that tries again"
    elif _waits_fixed(node):
        yield "a wait of fixed length"


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [] if node.level else [node.module or ""]


def _decorators(source: Source, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for item in function.decorator_list:
        yield source.origin(item.func if isinstance(item, ast.Call) else item).rpartition(".")[2]


def _waits_fixed(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="wait" | "join"), args=[ast.Constant(value=value)])):
            return isinstance(value, (int, float))
    return False


def _is_sleep(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "sleep"


def _tries_again(loop: ast.For | ast.AsyncFor | ast.While) -> bool:
    """Say whether the loop repeats one and the same attempt: its variable plays no part in what is tried."""
    attempts = [statement for statement in loop.body if isinstance(statement, (ast.Try, ast.TryStar))]
    if not any(attempt.handlers and not _gives_up(attempt) for attempt in attempts):
        return False
    if isinstance(loop, ast.While):
        return isinstance(loop.test, ast.Constant) or bool(_RETRY_NAME.search(ast.unparse(loop.test)))
    used = {
        node.id
        for attempt in attempts
        for part in attempt.body
        for node in ast.walk(part)
        if isinstance(node, ast.Name)
    }
    return not any(isinstance(node, ast.Name) and node.id in used for node in ast.walk(loop.target))


def _gives_up(attempt: ast.Try | ast.TryStar) -> bool:
    return all(isinstance(handler.body[-1], (ast.Raise, ast.Return, ast.Break)) for handler in attempt.handlers)


def _limits(source: Source) -> Iterator[tuple[str, str, float, int]]:
    numbers = {
        id(item.node): float(item.value)
        for item in written(source)
        if isinstance(item.value, (int, float)) and not isinstance(item.value, bool) and abs(item.value) < 1e15
    }
    for placed in source.nodes:
        for name, value in _named_values(placed.node):
            if id(value) in numbers and (_LIMIT_NAME.search(name) or _RETRY_NAME.search(name)):
                yield name, placed.scope, numbers[id(value)], getattr(value, "lineno", 0)


def _named_values(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.keyword(arg=str(name), value=value):
            yield name, value
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _target(target, value)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield from _target(target, value)
        case ast.arguments(
            posonlyargs=first, args=second, defaults=defaults, kwonlyargs=only, kw_defaults=only_defaults
        ):
            positional = [*first, *second]
            for argument, default in zip(positional[len(positional) - len(defaults) :], defaults, strict=True):
                yield argument.arg, default
            yield from (
                (argument.arg, default) for argument, default in zip(only, only_defaults, strict=True) if default
            )


def _target(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Attribute):
        yield target.attr, value
