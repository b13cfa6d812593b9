"""The fast check before any test runs: names that nobody binds, calls that cannot bind.

It only speaks of what the patch makes worse, and stays silent where Python's
dynamism leaves doubt (star imports, `exec`, decorated or rebound functions).
"""

from __future__ import annotations

import ast
import builtins
import symtable
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fixers.checks.source import Placed, Source, read
from fixers.checks.surface import Signature, signature
from fixers.model import FileEdit

_GIVEN = frozenset(dir(builtins)) | {
    "__file__", "__path__", "__annotations__", "__builtins__",
    "__class__", "__module__", "__qualname__", "__firstlineno__",
    "WindowsError", "reveal_type", "reveal_locals",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScopeReport:
    """What is wrong with an edit before anything has run."""

    fatal: tuple[str, ...]
    """The candidate cannot work: do not spend a test run on it."""
    notes: tuple[str, ...] = ()
    """New unused variables and imports: a reviewer would ask, the tests do not care."""


def check_scope(edit: FileEdit) -> ScopeReport:
    """Compare one file before and after; milliseconds, nothing is executed.

    A file that this interpreter could not parse before either is left to the
    target's own interpreter: its syntax may be newer than ours.
    """
    before = _facts(edit.before)
    after = _facts(edit.after)
    if isinstance(after, str):
        return ScopeReport(()) if isinstance(before, str) else ScopeReport((f"{edit.path}: {after}",))
    known = before if isinstance(before, _Facts) else _Facts((), (), ())
    return ScopeReport(
        fatal=tuple(
            f"{edit.path}: {sentence}"
            for sentence in (*_new(after.unbound, known.unbound), *_new(after.calls, known.calls))
        ),
        # Without a readable file before there is nothing to compare notes with.
        notes=()
        if isinstance(before, str)
        else tuple(f"{edit.path}: {sentence}" for sentence in _new(after.unused, known.unused)),
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    unbound: tuple[str, ...]
    calls: tuple[str, ...]
    unused: tuple[str, ...]


def _facts(text: str) -> _Facts | str:
    """Return the findings of a text, or why it does not compile."""
    source = read(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a SyntaxWarning is the linter's business
            compile(text, "<candidate>", "exec", dont_inherit=True)
            table = symtable.symtable(text, "<candidate>", "exec")
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"cannot be compiled: {type(error).__name__}"
    if source is None:
        return "cannot be parsed"
    return _Facts(
        unbound=tuple(_unbound(table, source)),
        calls=tuple(_impossible_calls(source)),
        unused=tuple(_unused(table)),
    )


def _new(after: tuple[str, ...], before: tuple[str, ...]) -> list[str]:
    return list((Counter(after) - Counter(before)).elements())


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    stack = [table]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(current.get_children())


def _unbound(table: symtable.SymbolTable, source: Source) -> Iterator[str]:
    if any(_binds_unseen(placed.node) for placed in source.nodes):
        return
    tables = list(_tables(table))
    bound = set(_GIVEN)
    bound.update(symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported())
    for current in tables:  # `global x; x = 1` inside a function binds at module level
        bound.update(s.get_name() for s in current.get_symbols() if s.is_declared_global() and s.is_assigned())
    for current in tables:
        for symbol in current.get_symbols():
            is_global = symbol.is_global() or current is table
            if symbol.is_referenced() and is_global and symbol.get_name() not in bound:
                yield f"the name {symbol.get_name()} in {current.get_name()} is bound nowhere"


def _binds_unseen(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return any(alias.name == "*" for alias in node.names)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"exec", "globals"}


def _unused(table: symtable.SymbolTable) -> Iterator[str]:
    tables = list(_tables(table))
    used = {symbol.get_name() for current in tables for symbol in current.get_symbols() if symbol.is_referenced()}
    for symbol in table.get_symbols():
        if symbol.is_imported() and symbol.get_name() not in used:
            yield f"the import {symbol.get_name()} is not used"
    for current in tables:
        if current.get_type() != "function":
            continue
        for symbol in current.get_symbols():
            if (
                symbol.is_local()
                and (symbol.is_assigned() or symbol.is_imported())
                and not (symbol.is_referenced() or symbol.is_parameter() or symbol.is_namespace())
                and not symbol.get_name().startswith("_")
            ):
                yield f"the variable {symbol.get_name()} in {current.get_name()} is not used"


def _impossible_calls(source: Source) -> Iterator[str]:
    functions = _plain_functions(source)
    for placed in source.nodes:
        if not isinstance(placed.node, ast.Call):
            continue
        called = _called(placed)
        if called in functions and (why := _misfit(placed.node, functions[called])):
            yield f"{placed.scope or 'the module'} calls {called}, which {why}"


def _plain_functions(source: Source) -> Mapping[str, Signature]:
    """Functions of the module, and methods by `Class.name`, that are bound once and wear no decorator."""
    found: dict[str, Signature] = {}
    bound: Counter[str] = Counter()
    attributes: set[str] = set()
    for placed in source.nodes:
        node = placed.node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            name = f"{placed.scope}.{node.name}" if placed.scope else node.name
            bound[name] += 1
            method = placed.scope in source.classes
            if not isinstance(node, ast.ClassDef) and not node.decorator_list and (method or not placed.scope):
                found[name] = signature(node, method=method)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            # A local of the same name anywhere is doubt enough.
            bound[node.id] += 1
            bound[f"{placed.scope}.{node.id}"] += 1
        elif isinstance(node, ast.arg):
            bound[node.arg] += 1
        elif isinstance(node, ast.alias):
            bound[node.asname or node.name] += 1
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            attributes.add(node.attr)
    return {name: found[name] for name in found if bound[name] == 1 and name.rpartition(".")[2] not in attributes}


def _called(placed: Placed) -> str:
    match placed.node:
        case ast.Call(func=ast.Name(id=name)):
            return name
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)):
            return f"{placed.scope.rpartition('.')[0]}.{name}"
    return ""


def _misfit(call: ast.Call, wanted: Signature) -> str:
    if any(isinstance(argument, ast.Starred) for argument in call.args) or any(not item.arg for item in call.keywords):
        return ""
    named = {item.arg for item in call.keywords if item.arg}
    return next(_misfits(len(call.args), named, wanted), "")


def _misfits(given: int, named: set[str], wanted: Signature) -> Iterator[str]:
    if given > len(wanted.positional) and not wanted.star:
        yield f"takes at most {len(wanted.positional)} positional arguments"
    nameable = wanted.positional[wanted.positional_only :]
    if not wanted.double_star:
        yield from (f"has no parameter {name}" for name in sorted(named.difference(nameable, wanted.keyword)))
    required = [*wanted.positional[given : wanted.required], *(name for name, must in wanted.keyword.items() if must)]
    yield from (f"needs {name}" for name in required if name not in named)
    taken = wanted.positional[wanted.positional_only : given]
    yield from (f"would get {name} twice" for name in sorted(named.intersection(taken)))
