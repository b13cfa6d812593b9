"""Conditions that a place might test."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixers.search.ingredients import Ingredients
from fixers.search.renaming import renamed
from fixers.search.site import Site
from fixers.search.syntax import name, negated


def conditions(site: Site, ingredients: Ingredients) -> Iterator[ast.expr]:
    """Yield what the module tests nearby, truth values of variables, tests of elsewhere renamed, and negations."""
    names = [
        item for item in ingredients.names(site) if ingredients.kind(item) == "variable" and item not in {"self", "cls"}
    ]
    known = ingredients.conditions(site)
    distinct = {ingredients.view.shapes.of(node): node for node in reversed(known)}
    truths = [
        test for item in names for test in (ast.UnaryOp(op=ast.Not(), operand=name(item)), _is_none(item), name(item))
    ]
    # Lazy: a large module has tens of thousands of these, and few are ever asked for.
    foreign = (copy for node in ingredients.foreign_conditions(site) for copy in renamed(node, site, ingredients))
    near = list(reversed(distinct.values()))
    # Three pools, taken in turn: none of them is better than the other two.
    pools = [iter(near), iter(truths), iter(foreign), (negated(node) for node in near)]
    while pools:
        for pool in list(pools):
            node = next(pool, None)
            if node is None:
                pools.remove(pool)
            else:
                yield node


def _is_none(identifier: str) -> ast.expr:
    return ast.Compare(left=name(identifier), ops=[ast.Is()], comparators=[ast.Constant(value=None)])
