"""Syntax trees as values: edits make new spines and share the rest, so no tree is ever changed.

Original nodes are compared by identity. Operators and contexts (`ast.Add()`,
`ast.Load()`) are shared by the parser, so they have no parent and are changed
by replacing the node that holds them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TypeVar, cast

Node = TypeVar("Node", bound=ast.AST)
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
LOOPS = (ast.For, ast.AsyncFor, ast.While)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
TERMINATORS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_NO_MEANING = frozenset({"kind", "type_comment"})


def copied(node: Node, **changes: object) -> Node:
    """Return a shallow copy of `node` with some fields replaced."""
    # copy.copy goes through __reduce_ex__ and takes six times as long.
    new = type(node).__new__(type(node))
    new.__dict__.update(node.__dict__)
    new.__dict__.update(changes)
    return new


def parents_of(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    """Map every node below `tree` to its parent; shared operators and contexts are left out."""
    return {
        child: node
        for node in ast.walk(tree)
        for child in ast.iter_child_nodes(node)
        if not isinstance(child, (ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop))
    }


def ancestors(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    """Yield the nodes around `node`, innermost first."""
    above = parents.get(node)
    while above is not None:
        yield above
        above = parents.get(above)


def rebuilt(root: Node, pairs: Mapping[ast.AST, ast.AST], parents: Mapping[ast.AST, ast.AST]) -> Node:
    """Return `root` with each key of `pairs` replaced by its value; untouched subtrees are shared."""
    spine = _spine(root, pairs, parents)

    def build(node: ast.AST) -> ast.AST:
        if node in pairs:
            return pairs[node]
        changes: dict[str, object] = {}
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                if value in spine or value in pairs:
                    changes[name] = build(value)
            elif isinstance(value, list) and any(item in spine or item in pairs for item in value):
                changes[name] = [build(item) if item in spine or item in pairs else item for item in value]
        return copied(node, **changes)

    return cast("Node", build(root)) if root in spine or root in pairs else root


def _spine(root: ast.AST, pairs: Mapping[ast.AST, ast.AST], parents: Mapping[ast.AST, ast.AST]) -> set[ast.AST]:
    """Return the nodes between `root` and what is replaced, `root` among them."""
    spine: set[ast.AST] = set()
    for old in pairs:
        node = old
        way = []
        while node is not root and (above := parents.get(node)) is not None:
            way.append(above)
            node = above
        if node is root:
            spine.update(way)
    return spine


class Shapes:
    """Numbers trees by their meaning: equal numbers if and only if `ast.dump` without positions is equal.

    Numbers of original nodes are remembered, so the number of an edited function
    costs its new spine, not its size.
    """

    def __init__(self, originals: Mapping[ast.AST, object]) -> None:
        self._originals = originals
        self._known: dict[ast.AST, int] = {}
        self._numbers: dict[tuple[object, ...], int] = {}
        self._fields: dict[type[ast.AST], tuple[str, ...]] = {}

    def of(self, node: ast.AST) -> int:
        """Return the number of `node`."""
        known = self._known.get(node)
        if known is not None:
            return known
        kind = type(node)
        parts: list[object] = [kind]
        for name in self._fields.get(kind) or self._meaning(kind):
            value = getattr(node, name, None)
            parts.append(self.of(value) if isinstance(value, ast.AST) else self._part(value))
        number = self._numbers.setdefault(tuple(parts), len(self._numbers))
        if node in self._originals:
            self._known[node] = number
        return number

    def _meaning(self, kind: type[ast.AST]) -> tuple[str, ...]:
        self._fields[kind] = tuple(name for name in kind._fields if name not in _NO_MEANING)
        return self._fields[kind]

    def _part(self, value: object) -> object:
        if isinstance(value, list):
            return tuple([self.of(item) if isinstance(item, ast.AST) else self._part(item) for item in value])
        # 1, 1.0 and True are equal and hash alike, but are different programs.
        return (type(value), repr(value))


def name(identifier: str) -> ast.Name:
    """Return a use of a variable."""
    return ast.Name(id=identifier, ctx=ast.Load())


def dotted(text: str) -> ast.expr:
    """Return a use of a name such as `re.sub`."""
    first, *attributes = text.split(".")
    found: ast.expr = name(first)
    for attribute in attributes:
        found = ast.Attribute(value=found, attr=attribute, ctx=ast.Load())
    return found


def literal(value: object) -> ast.expr:
    """Return the expression the parser makes of `repr(value)`; negative numbers are not constants."""
    if isinstance(value, (str, bytes, bool)) or value is None or (type(value) is int and value >= 0):
        return ast.Constant(value=value)
    return ast.parse(repr(value), mode="eval").body


def call(function: ast.expr | str, *args: ast.expr) -> ast.Call:
    """Return a call with positional arguments; the function is an expression or its dotted name."""
    callee = dotted(function) if isinstance(function, str) else function
    return ast.Call(func=callee, args=list(args), keywords=[])


def method(base: ast.expr, attribute: str, *args: ast.expr) -> ast.Call:
    """Return a method call."""
    return call(ast.Attribute(value=base, attr=attribute, ctx=ast.Load()), *args)


def negated(test: ast.expr) -> ast.expr:
    """Return `not test`, or the test itself when it is negated already."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    return ast.UnaryOp(op=ast.Not(), operand=test)


def is_load(node: ast.AST) -> bool:
    """Say whether `node` is an expression that is read, not a target."""
    return isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", None), (ast.Load, type(None)))


def number_of(node: ast.AST) -> int | float | None:
    """Return the value of a numeric literal (a sign counts), else None; bools are no numbers."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = number_of(node.operand)
        return None if value is None else -value
    if isinstance(node, ast.Constant) and type(node.value) in {int, float}:
        return cast("int | float", node.value)
    return None


def is_test(node: ast.expr | None) -> bool:
    """Say whether an expression is certainly a truth value, or made of some."""
    return isinstance(node, (ast.Compare, ast.BoolOp)) or (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance"
    )


def is_truth(node: ast.expr) -> bool:
    """Say whether an expression gives True or False and nothing else, as far as its form tells."""
    return isinstance(node, ast.Compare) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))


def is_dunder(name: str) -> bool:
    """Say whether a name is one of those that Python gives a meaning."""
    return name.startswith("__") and name.endswith("__")
