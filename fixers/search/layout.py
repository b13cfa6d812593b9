"""Which libcst node stands for which syntax-tree node: found by position."""

from __future__ import annotations

import ast
from functools import lru_cache

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider, WhitespaceInclusivePositionProvider

Place = tuple[int, int, int, int]
Found = cst.BaseExpression | cst.BaseSmallStatement | cst.BaseCompoundStatement


@lru_cache(maxsize=4)
def layout_of(text: str) -> Layout:
    """Read a module's layout; the last few are kept, as the survivors of a search share their files."""
    return Layout(text)


class Layout:
    """A module as its author wrote it, with an index from positions to nodes."""

    def __init__(self, text: str) -> None:
        # Positions and nodes must be of one and the same tree, so nothing is copied.
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
        self.module = wrapper.module
        self._lines = text.encode().splitlines(keepends=True)
        self._expressions: dict[Place, cst.BaseExpression] = {}
        self._enclosed: dict[Place, cst.BaseExpression] = {}
        self._statements: dict[tuple[int, int], cst.BaseSmallStatement | cst.BaseCompoundStatement] = {}
        self.lines: dict[cst.CSTNode, range] = {}
        """The lines of every statement line and block, decorators left out."""
        for node, position in wrapper.resolve(PositionProvider).items():
            if isinstance(node, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
                self.lines[node] = range(position.start.line, position.end.line + 1)
            if isinstance(node, cst.BaseExpression):
                # A parent and its only child can share a place; the parent comes last and is the larger one.
                self._expressions[_place(position)] = node
            elif isinstance(node, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
                self._statements[position.start.line, position.start.column] = node
        for node, position in wrapper.resolve(WhitespaceInclusivePositionProvider).items():
            # Python counts the parentheses of these as theirs, libcst does not.
            if isinstance(node, (cst.Tuple, cst.GeneratorExp)) and len(node.lpar) == 1:
                self._enclosed[_place(position)] = node

    def find(self, node: ast.AST) -> Found | None:
        """Return the libcst node of an expression or statement; None when its place is not its own."""
        if isinstance(node, ast.expr):
            start, end = self._column(node.lineno, node.col_offset), self._column(node.end_lineno, node.end_col_offset)
            place = (*start, *end)
            if isinstance(node, (ast.Tuple, ast.GeneratorExp)) and place in self._enclosed:
                return self._enclosed[place]
            return self._expressions.get(place)
        if isinstance(node, ast.stmt):
            return self._statements.get(self._column(node.lineno, node.col_offset))
        return None

    def replaceable(self, node: ast.AST) -> bool:
        """Say whether `node` can be replaced alone; blocks can not, their comments would be lost."""
        found = self.find(node)
        return found is not None and not isinstance(found, cst.BaseCompoundStatement)

    def _column(self, line: int | None, offset: int | None) -> tuple[int, int]:
        """Turn the parser's byte offset into a column of characters."""
        line, offset = line or 1, offset or 0
        return (line, len(self._lines[line - 1][:offset].decode(errors="replace")))


def _place(position: CodeRange) -> Place:
    return (position.start.line, position.start.column, position.end.line, position.end.column)
