"""A condition, a statement or a way out that is missing."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from benchmarks.source import Edit, Function, Source, blocks, nodes

_OTHER = {"ValueError": "TypeError", "TypeError": "ValueError", "KeyError": "ValueError", "IndexError": "KeyError"}


def lost_guard(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Drop an early exit."""
    for block in blocks(function):
        for statement in block[:-1]:
            match statement:
                case ast.If(body=[*_, ast.Return() | ast.Raise() | ast.Continue() | ast.Break()], orelse=[]):
                    yield statement, source.without(statement, block)


def lost_condition(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Forget one of the things that must all hold."""
    for node in nodes(function):
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
            yield from _shorter(source, node)


def lost_alternative(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Forget one of the things that would each be enough."""
    for node in nodes(function):
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            yield from _shorter(source, node)


def lost_if(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Do always what should be done under a condition, or never what is no way out."""
    for block in blocks(function):
        for statement in block:
            match statement:
                case ast.If(body=[ast.Assign() | ast.AugAssign() | ast.Expr() as only], orelse=[]):
                    yield statement, source.put(statement, source.of(only))
                    yield statement, source.without(statement, block)
    for node in nodes(function):
        if isinstance(node, ast.IfExp):
            yield node, source.put(node, source.of(node.body))
            yield node, source.put(node, source.of(node.orelse))


def lost_branch(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Forget an `elif` or an `else`."""
    for node in nodes(function):
        if isinstance(node, ast.If) and node.orelse:
            end_of_body = source.span(node.body[-1])[1]
            first, last = node.orelse[0], node.orelse[-1]
            is_elif = isinstance(first, ast.If) and source.data[slice(*source.span(first))].startswith(b"elif")
            if isinstance(first, ast.If) and is_elif and first.orelse:
                # Only the branch in the middle goes: what stands after it stays.
                start, after = source.span(first)[0], source.span(first.body[-1])[1]
                rest = source.data[after:].decode()
                yield first, Edit(start, after + len(rest.encode()) - len(rest.lstrip().encode()), "")
            else:
                yield first, Edit(end_of_body, source.span(last)[1], "")


def lost_statement(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Forget a call that is made for what it does, or an update."""
    for block in blocks(function):
        for statement in block:
            if isinstance(statement, ast.AugAssign) or (
                isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
            ):
                yield statement, source.without(statement, block)


def lost_assignment(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Forget to keep what was made of a value, or to note something in an object."""
    for block in blocks(function):
        for statement in block:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    if any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(value)):
                        yield statement, source.without(statement, block)
                case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
                    yield statement, source.without(statement, block)


def lost_return(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Compute a value and forget to return it."""
    for node in nodes(function):
        match node:
            case ast.Return(value=ast.Call() | ast.Name() | ast.Attribute() | ast.BinOp() as value):
                yield node, source.put(node, source.of(value))


def lost_raise(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Forget to raise what is made, or to raise again what was caught."""
    for block in blocks(function):
        for statement in block:
            match statement:
                case ast.Raise(exc=ast.Call() as made):
                    yield statement, source.put(statement, source.of(made))
                case ast.Raise(exc=None):
                    yield statement, source.without(statement, block)


def wrong_exception(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Raise the exception beside the right one."""
    for node in nodes(function):
        match node:
            case ast.Raise(exc=ast.Call(func=ast.Name(id=name) as raised)) if name in _OTHER:
                yield node, source.put(raised, _OTHER[name])


def narrowed_except(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Catch fewer exceptions than can come."""
    for node in nodes(function):
        match node:
            case ast.ExceptHandler(type=ast.Tuple(elts=[first, *_, last]) as caught):
                yield node, source.put(caught, source.of(first))
                yield node, source.put(caught, source.of(last))
            case ast.ExceptHandler(type=ast.Name(id="Exception" | "LookupError" | "ArithmeticError") as caught):
                narrow = {"Exception": "ValueError", "LookupError": "IndexError"}.get(caught.id, "OverflowError")
                yield node, source.put(caught, narrow)


def _shorter(source: Source, node: ast.BoolOp) -> Iterator[tuple[ast.AST, Edit]]:
    values = node.values
    for at in range(len(values)):
        kept = values[:at] + values[at + 1 :]
        if len(kept) == 1:
            yield node, source.put(node, source.of(kept[0]))
        elif at:
            yield node, Edit(source.span(values[at - 1])[1], source.span(values[at])[1], "")
        else:
            yield node, Edit(source.span(values[0])[0], source.span(values[1])[0], "")
