"""A value, an operator or a bound that is not the right one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from benchmarks.source import Edit, Function, Source, nodes

_CONFUSED: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
_MISTAKEN: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "+",
    ast.Div: "//",
    ast.FloorDiv: "/",
    ast.Mod: "//",
    ast.BitAnd: "|",
    ast.BitOr: "&",
    ast.LShift: ">>",
    ast.RShift: "<<",
}


def off_by_one(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Miss an end, an index or a count by one."""
    for node in nodes(function):
        match node:
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=ast.Constant(value=1)):
                yield node, source.put(node, source.of(left))
            case ast.Subscript(slice=ast.Constant(value=int() as value) as index):
                yield index, source.put(index, str(int(value) + 1))
            case ast.Slice(lower=ast.Constant(value=int() as value) as bound):
                yield bound, source.put(bound, str(int(value) + 1))
            case ast.Slice(upper=ast.Name() | ast.Call() as bound):
                yield bound, source.put(bound, f"{source.of(bound)} - 1")
            case ast.Call(func=ast.Name(id="range"), args=[*_, ast.Name() | ast.Call() as bound]):
                yield bound, source.put(bound, f"{source.of(bound)} - 1")


def wrong_comparison(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Compare the other way round, or let an edge in or out."""
    for node in nodes(function):
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            left, right = source.of(node.left), source.of(node.comparators[0])
            yield node, source.put(node, f"{left} {_CONFUSED[type(node.ops[0])]} {right}")


def wrong_operator(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Take the operator beside the right one, in an operation, an update or a condition."""
    for node in nodes(function):
        match node:
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _MISTAKEN:
                yield node, _between(source, left, right, _MISTAKEN[type(op)])
            case ast.AugAssign(target=target, op=op, value=value) if type(op) in _MISTAKEN:
                yield node, _between(source, target, value, f"{_MISTAKEN[type(op)]}=")
            case ast.BoolOp(op=op, values=[left, right]):
                yield node, _between(source, left, right, "or" if isinstance(op, ast.And) else "and")


def lost_negation(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Forget a `not` or a minus."""
    for node in nodes(function):
        match node:
            case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
                yield node, source.put(node, source.of(operand))


def wrong_literal(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Miss a number."""
    for node in nodes(function):
        match node:
            case ast.Constant(value=int() as value) if not isinstance(value, bool):
                yield node, source.put(node, str(value * 2 if value > 2 else value + 1))
            case ast.Constant(value=float() as value):
                yield node, source.put(node, repr(value * 10 if value else 1.0))


def wrong_truth(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Flip a truth value, or say None where one is meant."""
    for node in nodes(function):
        match node:
            case ast.Constant(value=bool() as value):
                yield node, source.put(node, str(not value))


def wrong_string(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Mistype a string: leave out its last character, or put the one beside it in the function in its place."""
    prose = {id(n.value) for n in nodes(function) if isinstance(n, ast.Expr)}
    constants = [n for n in nodes(function) if isinstance(n, ast.Constant) and id(n) not in prose]
    found = [n for n in constants if isinstance(n.value, str)]
    texts = list(dict.fromkeys(str(n.value) for n in found))
    for node in found:
        value = str(node.value)
        if "\n" in source.of(node) or source.of(node)[:1] not in {"'", '"'}:
            continue
        if value:
            yield node, source.put(node, repr(value[:-1]))
        if len(texts) > 1:
            yield node, source.put(node, repr(texts[texts.index(value) - 1]))


def wrong_default(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Give a parameter another default."""
    for node in (*function.args.defaults, *function.args.kw_defaults):
        match node:
            case ast.Constant(value=bool() as value):
                yield node, source.put(node, str(not value))
            case ast.Constant(value=int() as value):
                yield node, source.put(node, str(value + 1))
            case ast.Constant(value=None):
                yield node, source.put(node, "False")
            case ast.Constant(value=str() as value) if source.of(node)[:1] in {"'", '"'}:
                yield node, source.put(node, repr(value[:-1] if value else " "))


def lost_element(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Forget one of the elements of a list, tuple or set, or the second of the pairs of a dict."""
    for node in nodes(function):
        yield from elements(source, node)


def elements(source: Source, node: ast.AST) -> Iterator[tuple[ast.AST, Edit]]:
    """Yield the edits that leave one element of a display out."""
    match node:
        case ast.List(elts=[_, _, *_] as items, ctx=ast.Load()) | ast.Set(elts=[_, _, *_] as items):
            for item in items:
                yield node, source.without_item(item, list(items))
        case ast.Tuple(elts=[_, _, _, *_] as items, ctx=ast.Load()):
            yield node, source.without_item(items[-1], list(items))
        case ast.Dict(keys=[_, ast.expr(), *_] as keys, values=values) if None not in keys:
            for before, last in pairwise(values):
                yield node, Edit(source.span(before)[1], source.span(last)[1], "")


def _between(source: Source, left: ast.expr, right: ast.expr, operator: str) -> Edit:
    """Write another operator between two operands, whatever brackets stand around them."""
    start, end = source.span(left)[1], source.span(right)[0]
    between = source.data[start:end].decode()
    opened = between[: len(between) - len(between.lstrip(" )\n\t\\"))]
    closed = between[len(between.rstrip(" (\n\t\\")) :]
    return Edit(start, end, f"{opened or ' '}{operator}{closed or ' '}")
