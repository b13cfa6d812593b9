"""Expressions with holes, matched against a file's code and filled again.

`$x` stands for one expression (`$text` for a literal string), `$*x` for any further arguments or elements, `$**x` for
further keyword arguments. Any other name is the dotted name of an object, however the
file imports it: `pandas.concat` matches `pd.concat` and an imported `concat` alike.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import libcst as cst
from libcst.helpers import get_full_name_for_node

_ONE, _MANY, _NAMED = "hole_", "holes_", "named_"
_BOUND = frozenset({"item", "part"})
"""Names that patterns bind themselves, in comprehensions."""
_ATOMS = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.List, cst.Dict, cst.Set, cst.BaseString, cst.BaseNumber)
_TIGHT = (cst.Attribute, cst.Subscript, cst.BinaryOperation, cst.UnaryOperation, cst.Comparison, cst.BooleanOperation)

Filling = cst.BaseExpression | tuple[cst.Arg, ...] | tuple[cst.BaseElement, ...]
Holes = Mapping[str, Filling]
Resolve = Callable[[cst.CSTNode], str]
"""The real dotted name of an expression that starts at an import; empty for any other."""


@dataclass(frozen=True, slots=True)
class Found:
    """An instance of a pattern."""

    holes: dict[str, Filling] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    """How the code spells the pattern's dotted names."""


@lru_cache(maxsize=1024)
def pattern(text: str) -> cst.BaseExpression:
    """Return the expression that a pattern's text is, shared between callers."""
    text = re.sub(r"\$\*\*(\w+)", rf"**{_NAMED}\1", text)
    text = re.sub(r"\$\*(\w+)", rf"*{_MANY}\1", text)
    return cst.parse_expression(re.sub(r"\$(\w+)", rf"{_ONE}\1", text))


def repeated(text: str) -> frozenset[str]:
    """Return the holes that a pattern's text names more than once."""
    named = re.findall(r"\$\**(\w+)", text)
    return frozenset(name for name in named if named.count(name) > 1)


def match(wanted: cst.BaseExpression, node: cst.CSTNode, resolve: Resolve) -> Found | None:
    """Return what the holes of a pattern stand for when `node` is an instance of it, else None."""
    found = Found()
    return found if _Match(resolve, found).one(wanted, node) else None


def fill(wanted: cst.BaseExpression, holes: Holes, spell: Callable[[str], str]) -> cst.BaseExpression:
    """Return a pattern with its holes filled and its dotted names as the file spells them."""
    filled = wanted.visit(_Fill(holes, spell))
    assert isinstance(filled, cst.BaseExpression)  # noqa: S101 - _Fill only puts expressions for expressions
    return filled


def parenthesized(node: cst.BaseExpression) -> cst.BaseExpression:
    """Return an expression that may stand anywhere."""
    if isinstance(node, _ATOMS) or node.lpar:
        return node
    return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def objects(wanted: cst.BaseExpression) -> frozenset[str]:
    """Return the dotted names in a pattern, builtins left out."""
    found: set[str] = set()
    wanted.visit(_Objects(found))
    return frozenset(found)


def object_name(node: cst.CSTNode) -> str:
    """Return the dotted name that a pattern's name or attribute is; empty when it starts at a hole or a call."""
    name = get_full_name_for_node(node) if _plain(node) else None
    root = (name or "").partition(".")[0]
    return "" if not name or root in _BOUND or root.startswith((_ONE, _MANY, _NAMED)) else name


@dataclass(slots=True)
class _Match:
    resolve: Resolve
    found: Found

    def one(self, wanted: cst.CSTNode, node: cst.CSTNode) -> bool:
        if isinstance(wanted, cst.Name) and wanted.value.startswith(_ONE):
            return isinstance(node, cst.BaseExpression) and self._bind(wanted.value.removeprefix(_ONE), node)
        if (name := object_name(wanted)) and name.partition(".")[0] not in dir(builtins):
            self.found.written[name] = get_full_name_for_node(node) or name
            return self.resolve(node) == name
        if isinstance(wanted, (cst.Name, cst.Attribute, cst.Call, cst.List, cst.Tuple, cst.Subscript)):
            return isinstance(node, type(wanted)) and self._parts(wanted, node)
        return _value(wanted) is not None and _value(wanted) == _value(node)

    def _parts(self, wanted: cst.CSTNode, node: cst.CSTNode) -> bool:
        """Compare two nodes of one kind."""
        match wanted, node:
            case cst.Name(), cst.Name():
                return bool(wanted.value == node.value)
            case cst.Attribute(), cst.Attribute():
                return wanted.attr.value == node.attr.value and self.one(wanted.value, node.value)
            case cst.Call(), cst.Call():
                return self.one(wanted.func, node.func) and self._call(wanted.args, node.args)
            case cst.Subscript(), cst.Subscript():
                return self.one(wanted.value, node.value) and self._index(wanted, node)
            case ((cst.List() | cst.Tuple()), (cst.List() | cst.Tuple())):
                return self._elements(wanted.elements, node.elements)
        return False

    def _bind(self, name: str, node: Filling) -> bool:
        if name == "text" and not isinstance(node, cst.BaseString):
            return False
        self.found.holes[name] = node
        return True

    def _call(self, wanted: Sequence[cst.Arg], given: Sequence[cst.Arg]) -> bool:
        left = list(given)
        for arg in wanted:
            if arg.star:
                continue
            keyword = arg.keyword.value if arg.keyword else None
            found = next((a for a in left if not a.star and (a.keyword.value if a.keyword else None) == keyword), None)
            if found is None or (keyword is None and found is not left[0]) or not self.one(arg.value, found.value):
                return False
            left.remove(found)
        rest = next((arg for arg in wanted if arg.star), None)
        if rest is None or not isinstance(rest.value, cst.Name):
            return not left
        if rest.star == "**" and any(arg.keyword is None for arg in left):
            return False
        return self._bind(rest.value.value.partition("_")[2], tuple(left))

    def _elements(self, wanted: Sequence[cst.BaseElement], given: Sequence[cst.BaseElement]) -> bool:
        if len(wanted) == 1 and isinstance(wanted[0], cst.StarredElement) and isinstance(wanted[0].value, cst.Name):
            return self._bind(wanted[0].value.value.partition("_")[2], tuple(given))
        pairs = list(zip(wanted, given, strict=False))
        return len(wanted) == len(given) and all(self.one(w.value, g.value) for w, g in pairs)

    def _index(self, wanted: cst.Subscript, node: cst.Subscript) -> bool:
        one, other = wanted.slice[0].slice, node.slice[0].slice
        if isinstance(one, cst.Slice) and len(node.slice) == 1:
            return one.deep_equals(other)
        if len(node.slice) != 1 or not isinstance(one, cst.Index) or not isinstance(other, cst.Index):
            return False
        return self.one(one.value, other.value)


class _Fill(cst.CSTTransformer):
    def __init__(self, holes: Holes, spell: Callable[[str], str]) -> None:
        super().__init__()
        self.holes, self.spell = holes, spell
        self.tight: set[cst.CSTNode] = set()
        self.fixed: set[cst.CSTNode] = set()
        """Names that are no expressions: attributes and keywords."""

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Attribute):
            self.fixed.add(node.attr)
        if isinstance(node, cst.Arg) and node.keyword is not None:
            self.fixed.add(node.keyword)
        if isinstance(node, _TIGHT):
            self.tight.update(child for child in node.children if isinstance(child, cst.Name))
            self.tight.update(c.comparator for c in node.children if isinstance(c, cst.ComparisonTarget))
        return not (isinstance(node, (cst.Name, cst.Attribute)) and object_name(node))

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode | cst.FlattenSentinel[cst.CSTNode]:
        if original_node in self.fixed:
            return updated_node
        if isinstance(original_node, (cst.Name, cst.Attribute)) and (name := object_name(original_node)):
            known = name.partition(".")[0] in dir(builtins)
            return updated_node if known else cst.parse_expression(self.spell(name))
        if isinstance(original_node, cst.Name) and original_node.value.startswith(_ONE):
            filling = self.holes[original_node.value.removeprefix(_ONE)]
            if isinstance(filling, cst.BaseExpression):
                return parenthesized(filling) if original_node in self.tight else filling
        if isinstance(updated_node, cst.Call):
            return _without_last_comma(updated_node)
        if isinstance(original_node, (cst.Arg, cst.StarredElement)) and isinstance(original_node.value, cst.Name):
            kind, _, name = original_node.value.value.partition("_")
            if f"{kind}_" in (_MANY, _NAMED) and isinstance(rest := self.holes.get(name), tuple):
                kind_of = cst.Arg if isinstance(original_node, cst.Arg) else cst.Element
                return cst.FlattenSentinel(_separated([_as(kind_of, item) for item in rest], original_node.comma))
        return updated_node


class _Objects(cst.CSTVisitor):
    def __init__(self, found: set[str]) -> None:
        super().__init__()
        self.found = found

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Arg):
            node.value.visit(self)
            return False
        if isinstance(node, (cst.Name, cst.Attribute)) and (name := object_name(node)):
            if name.partition(".")[0] not in dir(builtins):
                self.found.add(name)
            return False
        if isinstance(node, cst.Attribute):
            node.value.visit(self)
            return False
        return True


def _as(kind: type[cst.Arg | cst.Element], item: cst.Arg | cst.BaseElement) -> cst.Arg | cst.BaseElement:
    """Return an argument as an element of a list, or the other way round."""
    if kind is cst.Arg and not isinstance(item, cst.Arg):
        return cst.Arg(item.value, comma=item.comma, star="*" if isinstance(item, cst.StarredElement) else "")
    if kind is cst.Element and isinstance(item, cst.Arg):
        return cst.StarredElement(item.value, item.comma) if item.star else cst.Element(item.value, item.comma)
    return item


def _separated(
    rest: Sequence[cst.Arg | cst.BaseElement], last: cst.Comma | cst.MaybeSentinel
) -> list[cst.Arg | cst.BaseElement]:
    comma = last if isinstance(last, cst.Comma) else cst.MaybeSentinel.DEFAULT
    inner = [
        item
        if isinstance(item.comma, cst.Comma)
        else item.with_changes(comma=cst.Comma(cst.SimpleWhitespace(""), cst.SimpleWhitespace(" ")))
        for item in rest[:-1]
    ]
    return [*inner, *(item.with_changes(comma=comma) for item in rest[-1:])]


def _without_last_comma(call: cst.Call) -> cst.Call:
    """Drop the comma that a spliced list of arguments, when empty, left behind."""
    if not call.args or not isinstance(call.args[-1].comma, cst.Comma):
        return call
    return call.with_changes(args=[*call.args[:-1], call.args[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)])


def _plain(node: cst.CSTNode) -> bool:
    while isinstance(node, cst.Attribute):
        node = node.value
    return isinstance(node, cst.Name)


def _value(node: cst.CSTNode) -> tuple[type, object] | None:
    """Return a literal's value with its type, so that `True` is not 1."""
    if not isinstance(node, cst.BaseExpression):
        return None
    try:
        value = ast.literal_eval(cst.Module(body=[]).code_for_node(node).strip())
        hash(value)
    except (ValueError, SyntaxError, TypeError):
        return None
    return type(value), value
