"""Conditions that a place might test."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import chain, islice

from fixers.search.ingredients import Ingredients
from fixers.search.order import frequent
from fixers.search.renaming import renamed
from fixers.search.scope import arguments_of, targets_of
from fixers.search.site import Site
from fixers.search.syntax import name, negated

_TYPES = ("str", "int", "list", "dict", "tuple", "bytes", "float", "bool", "set")
_COMMON = 4
_MADE = 3


def conditions(site: Site, ingredients: Ingredients) -> Iterator[ast.expr]:
    """Yield what the module tests nearby, truth values of variables, tests of elsewhere renamed, and negations.

    A condition is mostly about what was just bound, and that it is nothing: that first of all.
    """
    close = _close(site, ingredients)
    names = [
        item for item in ingredients.names(site) if ingredients.kind(item) == "variable" and item not in {"self", "cls"}
    ]
    names.sort(key=lambda item: item not in close)
    known = sorted(ingredients.conditions(site), key=lambda node: close.isdisjoint(ingredients.reads(node)))
    distinct = {ingredients.view.shapes.of(node): node for node in reversed(known)}
    truths = [
        test
        for item in names
        for test in (ast.UnaryOp(op=ast.Not(), operand=name(item)), _is_none(item), name(item), _is_there(item))
    ]
    # Lazy: a large module has tens of thousands of these, and few are ever asked for.
    foreign = (copy for node in ingredients.foreign_conditions(site) for copy in renamed(node, site, ingredients))
    near = list(reversed(distinct.values()))
    # Taken in turn: none of the first four is better than the others, and what is often asked has a turn for three.
    usual = chain(_kinds(site), _bounds(site))
    pools = [*[iter(near), iter(truths), iter(foreign), (negated(node) for node in near)] * 3, usual]
    yield from _just_bound(site, ingredients)
    while pools:
        for pool in list(pools):
            node = next(pool, None)
            if node is None:
                pools.remove(pool)
            else:
                yield node


def _just_bound(site: Site, ingredients: Ingredients) -> Iterator[ast.expr]:
    """Yield `not v` and `v is None` of what the statement above has made; a loop or a plain literal makes nothing."""
    match site.statement_above:
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value) as above:
            made = isinstance(value, (ast.Call, ast.Subscript, ast.Attribute, ast.Await, ast.BoolOp))
            for item in islice(targets_of(above), _MADE) if made else ():
                if ingredients.kind(item) == "variable":
                    yield _is_none(item)
                    yield ast.UnaryOp(op=ast.Not(), operand=name(item))


def _close(site: Site, ingredients: Ingredients) -> set[str]:
    """Return the variables that the statement above binds and that the site's own expressions read."""
    above = site.statement_above
    bound = set(targets_of(above)) if above is not None else set()
    read = {slot.id for slot in site.slots if isinstance(slot, ast.Name)}
    return {item for item in bound | read if ingredients.kind(item) == "variable"} - {"self", "cls"}


def _is_none(identifier: str) -> ast.expr:
    return ast.Compare(left=name(identifier), ops=[ast.Is()], comparators=[ast.Constant(value=None)])


def _is_there(identifier: str) -> ast.expr:
    return ast.Compare(left=name(identifier), ops=[ast.IsNot()], comparators=[ast.Constant(value=None)])


def _bounds(site: Site) -> Iterator[ast.expr]:
    """Yield what is often asked of a parameter that is a number or a collection."""
    for template in ("{} < 0", "{} == 0", "{} <= 0", "{} < 1", "len({}) == 0", "len({}) < 2", "{} == ''"):
        for item in _parameters(site):
            yield ast.parse(template.format(item), mode="eval").body


def _kinds(site: Site) -> Iterator[ast.expr]:
    """Yield checks of a parameter's type: those that its annotation names, then those that the module asks for."""
    nodes = [node for node in site.view.within(site.view.tree) if isinstance(node, ast.Call)]
    asked = [
        node.args[1]
        for node in nodes
        if isinstance(node.func, ast.Name) and node.func.id == "isinstance" and len(node.args) == 2
    ]
    common = frequent(ast.unparse(kind) for kind in asked if isinstance(kind, (ast.Name, ast.Attribute, ast.Tuple)))
    for item, annotation in _parameters(site).items():
        named = [n.id for n in ast.walk(annotation) if isinstance(n, ast.Name)] if annotation else []
        for kind in dict.fromkeys([*(n for n in named if n in _TYPES), *common[:_COMMON], *_TYPES]):
            test = ast.parse(f"isinstance({item}, {kind})", mode="eval").body
            yield negated(test)
            yield test


def _parameters(site: Site) -> dict[str, ast.expr | None]:
    found = arguments_of(site.functions[0].args) if site.functions else ()
    return {argument.arg: argument.annotation for argument in found if argument.arg not in {"self", "cls"}}
