"""Copies of foreign code with one variable renamed to fit its new place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import islice
from typing import TypeVar, cast

from fixers.search.ingredients import Ingredients
from fixers.search.site import Site
from fixers.search.syntax import copied

Node = TypeVar("Node", bound=ast.AST)
_ALIKE = 8


def renamed(node: Node, site: Site, ingredients: Ingredients) -> Iterator[Node]:
    """Yield `node` as it is if the site sees all its names, then with one of its variables renamed.

    A name the site cannot see must be the renamed one, so code with two such
    names is not yielded at all.
    """
    unseen = ingredients.unseen(node, site)
    if len(unseen) > 1:
        return
    if not unseen:
        yield node
    used = ingredients.reads(node) | ingredients.binds(node)
    variables = [item for item in ingredients.names(site) if ingredients.kind(item) == "variable" and item != "self"]
    for old in sorted(unseen or {item for item in used if item in variables}):
        for new in variables:
            if new != old:
                yield cast("Node", _with_name(node, old, new))


def _with_name(node: ast.AST, old: str, new: str) -> ast.AST:
    if isinstance(node, ast.Name):
        return copied(node, id=new) if node.id == old else node
    changes: dict[str, object] = {}
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            changes[field] = _with_name(value, old, new)
        elif isinstance(value, list):
            changes[field] = [_with_name(item, old, new) if isinstance(item, ast.AST) else item for item in value]
    return copied(node, **changes)


def mirrored(node: ast.expr, site: Site, ingredients: Ingredients) -> Iterator[ast.expr]:
    """Yield an expression of the site with one of its variables replaced by another one, alike ones first."""
    used = [child.id for child in ast.walk(node) if isinstance(child, ast.Name)]
    for old in (item for item in dict.fromkeys(used) if ingredients.kind(item) == "variable" and item != "self"):
        others = (item for item in ingredients.alike(old, site, node) if ingredients.kind(item) == "variable")
        for new in islice((item for item in others if item not in {"self", "cls"}), _ALIKE):
            yield cast("ast.expr", _with_name(node, old, new))
