"""New code made of old pieces: what stays keeps its quotes, line breaks and comments."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import libcst as cst

from fixers.search.layout import Layout
from fixers.search.syntax import copied

Node = TypeVar("Node", bound=ast.AST)
Code = TypeVar("Code", bound=cst.CSTNode)
_ATOMS = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.List, cst.Dict, cst.Set, cst.ListComp, cst.DictComp,
          cst.SetComp, cst.BaseNumber, cst.SimpleString, cst.FormattedString)  # fmt: skip
_WORDS = (cst.In, cst.NotIn, cst.Is, cst.IsNot)
_MARK = "goldseam_part_{}"


@dataclass(slots=True)
class Pieces:
    """Expressions of the old tree that new code may take over as they are written."""

    layout: Layout
    known: dict[str, cst.BaseExpression] = field(default_factory=dict)
    marked: dict[str, cst.BaseExpression] = field(default_factory=dict)

    @classmethod
    def of(cls, layout: Layout, nodes: Iterable[ast.AST]) -> Pieces:
        """Collect every expression below `nodes`; where two mean the same the first one serves."""
        pieces = cls(layout)
        for node in (child for root in nodes for child in ast.walk(root)):
            found = layout.find(node) if isinstance(node, ast.expr) and not isinstance(node, ast.Starred) else None
            if isinstance(found, cst.BaseExpression):
                pieces.known.setdefault(ast.dump(node), found)
        return pieces

    def marks(self, node: Node) -> Node:
        """Return `node` with a mark in the place of every part that is known."""
        known = self.known.get(ast.dump(node)) if isinstance(node, ast.expr) else None
        if known is not None:
            mark = _MARK.format(len(self.marked))
            self.marked[mark] = known
            return ast.Name(id=mark, ctx=ast.Load())  # type: ignore[return-value]
        if isinstance(node, ast.JoinedStr):
            return node
        changes: dict[str, object] = {}
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.AST):
                changes[name] = self.marks(value)
            elif isinstance(value, list):
                changes[name] = [self.marks(item) if isinstance(item, ast.AST) else item for item in value]
        return copied(node, **changes)


def expression(node: ast.expr, pieces: Pieces) -> cst.BaseExpression:
    """Write `node` as libcst, pieces kept, in parentheses only where precedence or a line break asks for them."""
    config = pieces.layout.module.config_for_parsing
    return _assembled(cst.parse_expression(ast.unparse(pieces.marks(node)), config=config), node, pieces)


def statement(node: ast.stmt, pieces: Pieces) -> cst.SimpleStatementLine | cst.BaseCompoundStatement:
    """Write a new statement as libcst, pieces kept, in the quotes and indentation of the file."""
    config = pieces.layout.module.config_for_parsing
    return _assembled(cst.parse_statement(ast.unparse(pieces.marks(node)), config=config), node, pieces)


def _assembled(skeleton: Code, node: ast.AST, pieces: Pieces) -> Code:
    """Put the pieces in the places of their marks; start with safe parentheses and take away what is not needed."""
    skeleton = _in_house_quotes(skeleton, pieces.layout)
    parts = {mark: enclosed(part) for mark, part in pieces.marked.items()}
    for mark, part in pieces.marked.items():
        bare = {**parts, mark: part}
        if _means(_filled(skeleton, bare), node, pieces.layout):
            parts = bare
    return _filled(skeleton, parts)


def spaced_like(old: cst.BaseExpression, new: cst.BaseExpression) -> cst.BaseExpression:
    """Return `new` with the spacing around its operator that `old` has around its own: `a<b` to `a<=b`."""
    if isinstance(old, cst.BinaryOperation) and isinstance(new, cst.BinaryOperation):
        return new.with_changes(operator=_spaced(old.operator, new.operator))
    if isinstance(old, cst.Comparison) and isinstance(new, cst.Comparison):
        if len(old.comparisons) != len(new.comparisons):
            return new
        pairs = zip(old.comparisons, new.comparisons, strict=True)
        return new.with_changes(
            comparisons=[other.with_changes(operator=_spaced(one.operator, other.operator)) for one, other in pairs]
        )
    return new


def _spaced(old: cst.CSTNode, new: Code) -> Code:
    if isinstance(old, _WORDS) != isinstance(new, _WORDS):
        return new
    return new.with_changes(
        whitespace_before=old.whitespace_before,  # type: ignore[attr-defined]
        whitespace_after=old.whitespace_after,  # type: ignore[attr-defined]
    )


def enclosed(node: cst.BaseExpression) -> cst.BaseExpression:
    """Return `node` in parentheses unless it is an atom or has them already."""
    if node.lpar or (isinstance(node, _ATOMS) and not isinstance(node, cst.BaseNumber)):
        return node
    return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def is_atom(node: cst.BaseExpression) -> bool:
    """Say whether `node` never needs parentheses for its meaning."""
    return isinstance(node, _ATOMS)


class _Filler(cst.CSTTransformer):
    def __init__(self, parts: Mapping[str, cst.BaseExpression]) -> None:
        super().__init__()
        self._parts = parts

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:  # noqa: N802
        part = self._parts.get(original_node.value)
        return updated_node if part is None else part.deep_clone()


def _filled(node: Code, parts: Mapping[str, cst.BaseExpression]) -> Code:
    return node.visit(_Filler(parts))  # type: ignore[return-value]


def _means(node: cst.CSTNode, wanted: ast.AST, layout: Layout) -> bool:
    """Say whether `node` alone parses to `wanted`."""
    text = layout.module.code_for_node(node)
    try:
        parsed = ast.parse(text, mode="eval").body if isinstance(wanted, ast.expr) else ast.parse(text).body[0]
    except SyntaxError:
        return False
    return ast.dump(parsed) == ast.dump(wanted)


class _Quotes(cst.CSTTransformer):
    def leave_SimpleString(  # noqa: N802
        self, original_node: cst.SimpleString, updated_node: cst.SimpleString
    ) -> cst.SimpleString:
        body = original_node.raw_value
        plain = original_node.quote == "'" and not any(character in body for character in "\"'\\")
        return updated_node.with_changes(value=f'{original_node.prefix}"{body}"') if plain else updated_node


def _in_house_quotes(node: Code, layout: Layout) -> Code:
    """Turn the unparser's single quotes into the file's more frequent kind."""
    text = layout.module.code
    return node.visit(_Quotes()) if text.count('"') > text.count("'") else node  # type: ignore[return-value]
