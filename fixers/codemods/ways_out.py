"""How a function may leave before a line that it must not reach."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

import libcst as cst

from fixers.codemods.base import Scene
from fixers.codemods.crash import Site
from fixers.codemods.scopes import function_at, own_nodes
from fixers.codemods.source import Edits
from fixers.codemods.symbols import tree_of


def guards(scene: Scene, site: Site, node: cst.CSTNode, test: str) -> Iterator[tuple[float, Edits]]:
    """Yield an early way out, when `test` holds, before the statement of `node`: with its prior, best first."""
    source = site.source
    owner = source.owner(node)
    if owner is None or source.up(owner, cst.FunctionDef) is None:
        return
    if isinstance(owner, cst.If) and isinstance(source.parents[owner], cst.If):
        return  # nothing can stand before an `elif`
    for prior, way_out in _ways_out(scene, site, owner):
        guard = cst.parse_statement(f"if {test}:\n    {way_out}\n")
        yield prior, Edits(source).put(owner, cst.FlattenSentinel([guard, owner]))


def _ways_out(scene: Scene, site: Site, owner: cst.CSTNode) -> Iterator[tuple[float, str]]:
    """Yield the ways out of the enclosing loop or function, those the function already uses first."""
    loop, function = site.source.up(owner, cst.For), site.source.up(owner, cst.FunctionDef)
    if loop is not None and (function is None or site.source.inside(loop, function)):
        yield 0.5, "continue"
    tree = tree_of(scene.project, site.path)
    node = function_at(tree, site.line) if tree else None
    if node is None or any(isinstance(item, (ast.Yield, ast.YieldFrom)) for item in own_nodes(node)):
        return
    returned = [item.value for item in own_nodes(node) if isinstance(item, ast.Return)]
    text = scene.project.text(site.path)
    written = (ast.get_source_segment(text, value) for value in returned if value is not None and _is_empty(value))
    plain = Counter(way for way in written if way)
    for text, _ in plain.most_common(2):
        yield 0.5, f"return {text}"
    if not plain:
        yield 0.4, "return None" if any(value is not None for value in returned) else "return"


def _is_empty(value: ast.expr) -> bool:
    """Say whether a returned value is a constant or an empty collection, so no result of real work."""
    if isinstance(value, ast.Constant):
        return True
    return (isinstance(value, (ast.List, ast.Tuple)) and not value.elts) or (
        isinstance(value, ast.Dict) and not value.keys
    )
