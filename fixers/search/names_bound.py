"""A cheap look at names before any test runs: an edit may not read what nobody bound."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from fixers.search.scope import comprehension_names
from fixers.search.site import Site
from fixers.search.syntax import FUNCTIONS
from fixers.search.template import Edit, Insert


def keeps_names_bound(site: Site, edit: Edit) -> bool:
    """Say whether every name the edit brings in is bound at the site, and no name loses its only binding."""
    if isinstance(edit.change, Insert):
        after = edit.change.after
        names = _read(edit.change.statement, ())
        return all(site.view.visible(name, site.statement, site, after=after) for name in names)
    kept = set(site.slots)
    swapped = len(edit.change.pairs) > 1
    for old, new in edit.change.pairs.items():
        if not all(_visible(name, site, old) for name in _read(new, kept)):
            return False
        if (
            isinstance(old, ast.Name)
            and isinstance(old.ctx, ast.Store)
            and not swapped
            and not _may_be_rebound(old, new, site)
        ):
            return False
    return True


def _visible(name: str, site: Site, node: ast.AST) -> bool:
    return site.view.visible(name, node, site)


def _read(node: ast.AST, kept: Collection[ast.AST], bound: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the names read in the new parts of `node`; parts in `kept` were read there before."""
    if node in kept:
        return
    bound += comprehension_names(node)
    if isinstance(node, ast.Name) and node.id not in bound and isinstance(node.ctx, ast.Load):
        yield node.id
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        yield node.target.id
    for child in ast.iter_child_nodes(node):
        yield from _read(child, kept, bound)


def _may_be_rebound(old: ast.Name, new: ast.AST, site: Site) -> bool:
    """Say whether the old name of a target is bound elsewhere too, and `+=` finds its new name bound."""
    if isinstance(site.statement, ast.AugAssign):
        return isinstance(new, ast.Name) and _visible(new.id, site, old)
    if not site.functions or not isinstance(site.functions[0], FUNCTIONS):
        return True
    others = (
        node
        for node in site.view.within(site.functions[0])
        if isinstance(node, ast.Name) and node.id == old.id and isinstance(node.ctx, ast.Store) and node is not old
    )
    scope = site.view.scope(site.functions[0])
    return old.id in scope.parameters or old.id not in scope.loaded or next(others, None) is not None
