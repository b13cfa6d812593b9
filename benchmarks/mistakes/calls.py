"""A call too few, and what was forgotten inside one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from benchmarks.source import Edit, Function, Source, nodes


def lost_wrapper(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Use a value as it is where a function of it is meant."""
    for node in nodes(function):
        match node:
            case ast.Call(
                func=ast.Name(),
                args=[ast.Name() | ast.Attribute() | ast.Call() | ast.Subscript() | ast.BinOp() as inner],
                keywords=[],
            ):
                yield node, source.put(node, _grouped(source, inner))


def lost_method_call(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Use an object where what its method gives is meant."""
    for node in nodes(function):
        match node:
            case ast.Call(func=ast.Attribute(value=owner), args=[] | [ast.Constant()], keywords=[]):
                if isinstance(owner, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
                    yield node, source.put(node, source.of(owner))


def lost_argument(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Leave out the last positional argument of a call that has another one."""
    for node in nodes(function):
        match node:
            case ast.Call(args=[_, *_, last]) if not isinstance(last, ast.Starred):
                yield node, source.without_item(last, list(node.args))


def lost_keyword(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Leave out a keyword argument."""
    for node in nodes(function):
        if isinstance(node, ast.Call) and len(node.args) + len(node.keywords) > 1:
            items: list[ast.AST] = sorted([*node.args, *node.keywords], key=source.span)
            for keyword in node.keywords:
                if keyword.arg is not None:
                    yield node, source.without_item(keyword, items)


def wrong_keyword(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Give a keyword the value that another keyword of the call should have."""
    for node in nodes(function):
        if isinstance(node, ast.Call):
            for one, other in pairwise(node.keywords):
                if one.arg and other.arg:
                    yield node, source.put(one.value, source.of(other.value))


def needless_argument(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Say in so many words what a function of this file would do better by default."""
    optional: dict[str, tuple[int, bool]] = {}
    for statement in source.tree.body:
        if isinstance(statement, Function):
            own = statement.args
            optional[statement.name] = (len(own.posonlyargs) + len(own.args), bool(own.defaults))
    for node in nodes(function):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[*_, last], keywords=[]) if name in optional:
                most, has_default = optional[name]
                if has_default and len(node.args) < most and not isinstance(last, ast.Starred):
                    end = source.span(last)[1]
                    yield node, Edit(end, end, ", None")


def _grouped(source: Source, inner: ast.expr) -> str:
    text = source.of(inner)
    return f"({text})" if isinstance(inner, ast.BinOp) else text
