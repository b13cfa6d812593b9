"""The wrong one of several names that all exist."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from benchmarks.source import Edit, Function, Source, bound, nodes


def wrong_variable(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Read a neighbouring local in place of another one: the one that was bound just before it."""
    names = bound(function)
    for node in nodes(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names and len(names) > 1:
            yield node, source.put(node, names[names.index(node.id) - 1])


def wrong_operand(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Put a local where an operation or comparison wants another operand."""
    names = bound(function)
    for node in nodes(function):
        pair: tuple[ast.expr, ...] = ()
        match node:
            case ast.BinOp(left=left, right=right):
                pair = (left, right)
            case ast.Compare(left=left, ops=[_], comparators=[right]):
                pair = (left, right)
        for operand, other in zip(pair, reversed(pair), strict=True):
            if isinstance(operand, ast.Attribute | ast.Name | ast.Call):
                spare = [name for name in names if name not in {source.of(operand), source.of(other)}]
                if spare:
                    yield operand, source.put(operand, spare[-1])


def wrong_attribute(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Read another attribute that this file reads from an object of the same name."""
    for node in nodes(function):
        match node:
            case ast.Attribute(value=ast.Name(id=base), ctx=ast.Load()) if id(node) not in source.callees:
                yield from _renamed(source, node, source.attributes.get(base, []))


def wrong_callee(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Call another function or method that this file calls with as many arguments."""
    for node in nodes(function):
        match node:
            case ast.Call(func=ast.Name(id=name) as callee, args=given):
                other = _neighbour(name, source.called["function", len(given)])
                if other:
                    yield callee, source.put(callee, other)
            case ast.Call(func=ast.Attribute() as callee, args=given):
                yield from _renamed(source, callee, source.called["method", len(given)])


def wrong_owner(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Call a method of another local."""
    names = bound(function)
    for node in nodes(function):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name) as owner)) if name in names and len(names) > 1:
                yield owner, source.put(owner, names[names.index(name) - 1])


def wrong_return(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Return another local than the one that was meant."""
    names = bound(function)
    for node in nodes(function):
        match node:
            case ast.Return(value=ast.Name(id=name) as value) if name in names and len(names) > 1:
                yield node, source.put(value, names[names.index(name) - 1])


def lost_attribute(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Use an object where one of its attributes is meant."""
    for node in nodes(function):
        match node:
            case ast.Attribute(value=ast.Name() | ast.Attribute() as owner, ctx=ast.Load()):
                if id(node) not in source.callees and source.of(owner) not in {"self", "cls"}:
                    yield node, source.put(node, source.of(owner))


def swapped_names(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Exchange two neighbouring plain arguments of a call, or the sides of an order-dependent operation."""
    for node in nodes(function):
        match node:
            case ast.Call(args=[ast.Name() as first, ast.Name() as second, *_]):
                yield node, source.swap(first, second)
            case ast.BinOp(
                left=ast.Name() as first,
                right=ast.Name() as second,
                op=ast.Sub() | ast.Div() | ast.FloorDiv() | ast.Mod(),
            ):
                yield node, source.swap(first, second)


def _renamed(source: Source, node: ast.Attribute, names: list[str]) -> Iterator[tuple[ast.AST, Edit]]:
    other = _neighbour(node.attr, names)
    if other:
        end = source.span(node)[1]
        yield node, Edit(end - len(node.attr.encode()), end, other)


def _neighbour(name: str, names: list[str]) -> str:
    """Return the name that stands before another one in order of the alphabet; empty when there is no other."""
    ordered = sorted(set(names) | {name})
    return ordered[ordered.index(name) - 1] if len(ordered) > 1 else ""
