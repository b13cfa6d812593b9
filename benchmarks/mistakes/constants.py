"""A table or a constant, outside all functions, that is not right."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from benchmarks.mistakes.values import elements
from benchmarks.source import Edit, Source


def wrong_constant(source: Source) -> Iterator[tuple[ast.AST, Edit]]:
    """Miss a number, a truth value or an element in what a module or a class assigns."""
    for value in _assigned(source.tree):
        for node in ast.walk(value):
            match node:
                case ast.Constant(value=bool() as known):
                    yield node, source.put(node, str(not known))
                case ast.Constant(value=int() as known):
                    yield node, source.put(node, str(known + 1))
                case _:
                    yield from elements(source, node)


def _assigned(node: ast.Module | ast.ClassDef) -> Iterator[ast.expr]:
    for statement in node.body:
        match statement:
            case ast.ClassDef():
                yield from _assigned(statement)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if not name.startswith("__"):
                yield value
            case ast.AnnAssign(target=ast.Name(), value=ast.expr() as value):
                yield value
