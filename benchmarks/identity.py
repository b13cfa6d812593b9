"""The change that changes nothing: every function swapped for its own text."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from fixers.project import Project
from fixers.runner.evaluator import Variant
from fixers.search.mutation import Swap


def identities(project: Project, paths: Collection[str]) -> Iterator[Variant]:
    """Yield a variant for each outermost function and method of these files."""
    for path in sorted(paths):
        for qualname, node in _functions(ast.parse(project.text(path)), ""):
            line = node.lineno
            node.decorator_list = []
            yield Variant(path, Swap(qualname, line, ast.unparse(node)), {path: project.text(path)})


def _functions(node: ast.AST, outer: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield outer + child.name, child
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{outer}{child.name}.")
