"""Wrong arithmetic."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixers.model import Tier
from fixers.search.ingredients import Ingredients
from fixers.search.site import Site
from fixers.search.syntax import copied, is_load, literal, name, number_of
from fixers.search.template import Edit, Example, Template, fading, merged, replace

_NEIGHBOURS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mod),
    ast.Mult: (ast.Div, ast.Pow, ast.Add, ast.FloorDiv),
    ast.Div: (ast.FloorDiv, ast.Mult, ast.Mod),
    ast.FloorDiv: (ast.Div, ast.Mod, ast.Mult),
    ast.Mod: (ast.FloorDiv, ast.Div),
    ast.Pow: (ast.Mult,),
    ast.BitOr: (ast.BitAnd, ast.BitXor),
    ast.BitAnd: (ast.BitOr, ast.BitXor, ast.Sub),
    ast.BitXor: (ast.BitOr, ast.BitAnd),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
    ast.MatMult: (ast.Mult,),
}
_ORDERED = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.Add, ast.LShift, ast.RShift)
_VALUES = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.BinOp)


class WrongOperand(Template):
    """Change an operator, the order of its operands, or add or drop an operand."""

    NAME = "wrong-operand"
    NUMBER = 58
    TIER = Tier.B
    PRIOR = 0.45
    SUMMARY = "the calculation may be the wrong one"
    BY_SLOT = True
    VALID = ("def f():\n    g()\n",)
    INVALID = (
        Example("def f(a, b):\n    return a + b\n", "def f(a, b):\n    return a - b\n"),
        Example("def f(a, b):\n    return a - b\n", "def f(a, b):\n    return b - a\n"),
        Example("def f(a, b):\n    return a / b\n", "def f(a, b):\n    return a // b\n"),
        Example("def f(a, b):\n    return a\n", "def f(a, b):\n    return a + b\n"),
        Example("def f(a, b):\n    return a * b\n", "def f(a, b):\n    return a\n"),
        Example("def f(a, b):\n    a += b\n    return a\n", "def f(a, b):\n    a -= b\n    return a\n"),
        Example("def f(a, b):\n    a = b\n    return a\n", "def f(a, b):\n    a += b\n    return a\n"),
        Example("def f(a, b):\n    a += b\n    return a\n", "def f(a, b):\n    a = b\n    return a\n"),
        Example("def f(a):\n    return a\n", "def f(a):\n    return -a\n"),
    )

    def edits(self, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
        """Yield operators and operand order, then dropped, then added operands."""
        for slot in site.slots:
            if slot is _target(site.statement):
                yield from _assignment(site)
            if isinstance(slot, ast.BinOp):
                yield from merged(_operation(slot), _extended(slot, site, ingredients))
            elif isinstance(slot, ast.UnaryOp) and isinstance(slot.op, ast.USub) and number_of(slot) is None:
                yield replace(slot, slot.operand)
            elif isinstance(slot, ast.Compare) and len(slot.ops) == 1:
                yield replace(slot, copied(slot, left=slot.comparators[0], comparators=[slot.left]), 0.4)
            elif _is_operand(slot, site):
                yield from _extended(slot, site, ingredients)


def _target(statement: ast.stmt) -> ast.expr | None:
    if isinstance(statement, ast.AugAssign):
        return statement.target
    return statement.targets[0] if isinstance(statement, ast.Assign) else None


def _assignment(site: Site) -> Iterator[Edit]:
    statement = site.statement
    if isinstance(statement, ast.AugAssign):
        for rank, other in enumerate(_NEIGHBOURS[type(statement.op)]):
            yield replace(statement, copied(statement, op=other()), fading(rank, 0.4))
        plain = ast.Assign(targets=[statement.target], value=statement.value, lineno=statement.lineno)
        yield replace(statement, plain, 0.6)
    elif isinstance(statement, ast.Assign) and isinstance(
        statement.targets[0], (ast.Name, ast.Attribute, ast.Subscript)
    ):
        for rank, operator in enumerate((ast.Add(), ast.Sub(), ast.Mult(), ast.BitOr())):
            if len(statement.targets) == 1:
                new = ast.AugAssign(target=statement.targets[0], op=operator, value=statement.value)
                yield replace(statement, new, 0.4 * fading(rank, 0.4))


def _operation(slot: ast.BinOp) -> Iterator[Edit]:
    for rank, other in enumerate(_NEIGHBOURS[type(slot.op)]):
        yield replace(slot, copied(slot, op=other()), fading(rank, 0.4))
    if isinstance(slot.op, _ORDERED):
        yield replace(slot, copied(slot, left=slot.right, right=slot.left), 0.7)
    # a * (b + c) written without its parentheses is a * b + c.
    if isinstance(slot.left, ast.BinOp):
        inner = slot.left
        regrouped = copied(inner, right=copied(slot, left=inner.right))
        yield replace(slot, regrouped, 0.5)
    if isinstance(slot.right, ast.BinOp):
        inner = slot.right
        yield replace(slot, copied(inner, left=copied(slot, right=inner.left)), 0.5)
    yield replace(slot, slot.left, 0.6)
    yield replace(slot, slot.right, 0.5)


def _is_operand(slot: ast.expr, site: Site) -> bool:
    parent = site.view.parents[slot]
    if (
        not isinstance(slot, _VALUES)
        or not is_load(slot)
        or isinstance(parent, (ast.Expr, ast.Attribute, ast.excepthandler))
    ):
        return False
    return not site.is_callee(slot)


def _extended(slot: ast.expr, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
    kind = ingredients.value_kind(slot, site)
    if not _is_operand(slot, site) or not ingredients.is_value(slot) or kind in {"truth", "mapping"}:
        return
    if kind in {"text", "collection"}:
        yield from _joined(slot, kind, site, ingredients)
        return
    yield replace(slot, ast.UnaryOp(op=ast.USub(), operand=slot), 0.4)
    variables = [
        item for item in ingredients.names(site, slot) if ingredients.kind(item) == "variable" and item != "self"
    ]
    unused = set(ingredients.unused(site))
    values = [*(name(item) for item in variables), *(literal(value) for value in ingredients.numbers(site))]
    for rank, value in enumerate(values):
        weight = 0.7 if isinstance(value, ast.Name) and value.id in unused else 0.4 * fading(rank)
        for step, operator in enumerate((ast.Add(), ast.Sub(), ast.Mult(), ast.Mod(), ast.FloorDiv(), ast.Div())):
            yield replace(slot, ast.BinOp(left=slot, op=operator, right=value), weight * fading(step, 0.3))


def _joined(slot: ast.expr, kind: str, site: Site, ingredients: Ingredients) -> Iterator[Edit]:
    """Yield what may be added to a text or a collection: what is, or may be, one too."""
    others = (name(item) for item in ingredients.names(site, slot) if ingredients.kind(item) == "variable")
    fit = (other for other in others if other.id not in {"self", "cls"})
    known = (other for other in fit if ingredients.value_kind(other, site) in {None, kind})
    for rank, other in enumerate(known):
        yield replace(slot, ast.BinOp(left=slot, op=ast.Add(), right=other), 0.4 * fading(rank))
        yield replace(slot, ast.BinOp(left=other, op=ast.Add(), right=slot), 0.2 * fading(rank))
