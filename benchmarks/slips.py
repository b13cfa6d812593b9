"""Realistic one-place mistakes, put into a function by the smallest edit of its text.

Independent of the product on purpose: it shares no code and no table with what
repairs, so that a repair is not merely a generator run backwards.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the bytes from `start` to `end` of a file's UTF-8 text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Slip:
    """One mistake: what kind, where, and the file's text with it."""

    kind: str
    function: str
    line: int
    text: str
    was: str
    """The source that the mistake replaced."""
    now: str


Maker = Callable[["Source", Function], Iterator[tuple[ast.AST, Edit]]]


class Source:
    """A file's text with the byte offsets that ast positions mean."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.data = text.encode()
        self.tree = ast.parse(text)
        self._starts = [0]
        for line in self.data.split(b"\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return where a node stands, in bytes."""
        start = self._starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
        end = self._starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]
        return start, end

    def of(self, node: ast.AST) -> str:
        """Return a node's source."""
        start, end = self.span(node)
        return self.data[start:end].decode()

    def put(self, node: ast.AST, text: str) -> Edit:
        """Return the edit that writes `text` in a node's place."""
        return Edit(*self.span(node), text)

    def applied(self, edit: Edit) -> str:
        """Return the file's text after an edit."""
        return (self.data[: edit.start] + edit.text.encode() + self.data[edit.end :]).decode()


def slips(text: str) -> Iterator[Slip]:
    """Yield every mistake we know for the functions of a file, in order of place; each parses and differs."""
    source = Source(text)
    before = ast.dump(source.tree)
    for name, function in functions(source.tree):
        for kind, maker in MAKERS.items():
            for node, edit in maker(source, function):
                changed = source.applied(edit)
                if _differs(changed, before):
                    was = source.data[edit.start : edit.end].decode()
                    yield Slip(kind, name, node.lineno, changed, was, edit.text)  # type: ignore[attr-defined]


def functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Yield the functions of a module with their dotted names; those inside functions belong to the outer one."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield f"{prefix}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.If | ast.Try):
            yield from functions(node, prefix)


def _differs(text: str, before: str) -> bool:
    try:
        return ast.dump(ast.parse(text)) != before
    except SyntaxError:
        return False


def _nodes(function: Function) -> Iterator[ast.AST]:
    """Yield what stands in a function's body; annotations and decorators are no place for these mistakes."""
    for statement in function.body:
        yield from ast.walk(statement)


def _swapped_names(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Exchange two neighbouring plain arguments of a call, or the sides of an order-dependent operation."""
    for node in _nodes(function):
        pair: Sequence[ast.expr] = ()
        match node:
            case ast.Call(args=[first, second, *_]):
                pair = (first, second)
            case ast.BinOp(left=left, right=right, op=ast.Sub() | ast.Div() | ast.FloorDiv() | ast.Mod()):
                pair = (left, right)
        if len(pair) == 2 and all(isinstance(p, ast.Name) for p in pair):
            (start, middle), (second_start, end) = source.span(pair[0]), source.span(pair[1])
            between = source.data[middle:second_start].decode()
            yield node, Edit(start, end, source.of(pair[1]) + between + source.of(pair[0]))


def _lost_wrapper(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    for node in _nodes(function):
        match node:
            case ast.Call(func=ast.Name(), args=[ast.Name() | ast.Attribute() | ast.Call() as inner], keywords=[]):
                yield node, source.put(node, source.of(inner))
            case ast.Call(func=ast.Attribute(value=ast.Name() | ast.Attribute() as inner), args=[], keywords=[]):
                yield node, source.put(node, source.of(inner))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield node, source.put(node, source.of(operand))


def _off_by_one(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    for node in _nodes(function):
        match node:
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=ast.Constant(value=1)):
                yield node, source.put(node, source.of(left))
            case ast.Subscript(slice=ast.Constant(value=int() as value) as index):
                yield index, source.put(index, str(int(value) + 1))
            case ast.Slice(lower=ast.Constant(value=int() as value) as bound):
                yield bound, source.put(bound, str(int(value) + 1))
            case ast.Call(func=ast.Name(id="range"), args=[*_, ast.Name() | ast.Call() as bound]):
                yield bound, source.put(bound, f"{source.of(bound)} - 1")


def _wrong_variable(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Read a neighbouring local in place of another one: the one that was bound just before it."""
    names = list(dict.fromkeys(_locals(function)))
    for node in _nodes(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names and len(names) > 1:
            yield node, source.put(node, names[names.index(node.id) - 1])


def _locals(function: Function) -> Iterator[str]:
    arguments = function.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if argument.arg not in {"self", "cls"}:
            yield argument.arg
    for node in _nodes(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


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


def _wrong_comparison(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    for node in _nodes(function):
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            left, right = source.of(node.left), source.of(node.comparators[0])
            yield node, source.put(node, f"{left} {_CONFUSED[type(node.ops[0])]} {right}")


def _lost_guard(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Drop an early exit, or one of the conditions of a test."""
    for block in _blocks(function):
        for statement in block[:-1]:
            match statement:
                case ast.If(body=[ast.Return() | ast.Raise() | ast.Continue() | ast.Break()], orelse=[]):
                    yield statement, _without(source, statement, block)
    for node in _nodes(function):
        if isinstance(node, ast.BoolOp) and len(node.values) == 2:
            for kept in node.values:
                yield node, source.put(node, source.of(kept))


def _lost_statement(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    for block in _blocks(function):
        for statement in block:
            if isinstance(statement, ast.AugAssign) or (
                isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
            ):
                yield statement, _without(source, statement, block)


def _blocks(function: Function) -> Iterator[list[ast.stmt]]:
    yield function.body
    for node in _nodes(function):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block:
                yield block


def _without(source: Source, statement: ast.stmt, block: list[ast.stmt]) -> Edit:
    """Remove a statement with the lines it fills; the only one of a block becomes `pass`."""
    start, end = source.span(statement)
    line_start = source.data.rfind(b"\n", 0, start) + 1
    line_end = source.data.find(b"\n", end)
    alone = not source.data[line_start:start].strip() and not source.data[end:line_end].strip()
    if len(block) == 1 or not alone or line_end < 0:
        return Edit(start, end, "pass")
    return Edit(line_start, line_end + 1, "")


def _wrong_literal(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    """Flip a truth value or miss a number, in the body or in a default."""
    defaults = [d for d in (*function.args.defaults, *function.args.kw_defaults) if d is not None]
    for node in (*defaults, *_nodes(function)):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, bool):
                yield node, source.put(node, str(not node.value))
            elif isinstance(node.value, int):
                yield node, source.put(node, str(node.value * 2 if node.value > 2 else node.value + 1))


def _narrowed_except(source: Source, function: Function) -> Iterator[tuple[ast.AST, Edit]]:
    for node in _nodes(function):
        match node:
            case ast.ExceptHandler(type=ast.Tuple(elts=[first, *_, last]) as caught):
                yield node, source.put(caught, source.of(first))
                yield node, source.put(caught, source.of(last))
            case ast.ExceptHandler(type=ast.Name(id="Exception" | "LookupError" | "ArithmeticError") as caught):
                narrow = {"Exception": "ValueError", "LookupError": "IndexError"}.get(caught.id, "OverflowError")
                yield node, source.put(caught, narrow)


MAKERS: dict[str, Maker] = {
    "swapped names": _swapped_names,
    "lost wrapper": _lost_wrapper,
    "off by one": _off_by_one,
    "wrong variable": _wrong_variable,
    "wrong comparison": _wrong_comparison,
    "lost guard": _lost_guard,
    "lost statement": _lost_statement,
    "wrong literal": _wrong_literal,
    "narrowed except": _narrowed_except,
}
"""Kinds of mistakes, as reviewers name them."""
