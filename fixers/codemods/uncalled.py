"""Reads of a method that are meant as its value."""

from __future__ import annotations

import ast
import re

import libcst as cst

from fixers.codemods.source import Edits, Source, parse
from fixers.codemods.symbols import methods, trees
from fixers.project import Project

_READS = 2


def called_everywhere(project: Project, name: str) -> dict[str, str]:
    """Return the texts of the files in which a method of this name is read as a value, with each such read a call.

    What is handed on is left alone: as an argument, in a container or under another name, the method itself is meant.
    """
    texts: dict[str, str] = {}
    for path in project.repairable():
        source = parse(text) if f".{name}" in (text := project.text(path)) else None
        if source is None:
            continue
        edits = Edits(source)
        for node in source.all(cst.Attribute):
            if node.attr.value == name and is_bare(source, node) and not _is_handed_on(source, node):
                edits.change(node, cst.Attribute, cst.Call)
        if edits.changes:
            texts[path] = edits.text()
    return texts


def is_read_only(project: Project, name: str) -> bool:
    """Say whether nothing calls a method of this name, tests included, and a property stands beside it.

    At least two places read it: one alone is as likely a slip of its own.
    """
    texts = [text for text in project.files.values() if f".{name}" in text]
    beside = any(_stands_by_property(tree, name) for _, tree in trees(project, mentioning=f"def {name}"))
    if not beside or any(re.search(rf"\.{name}\(", text) for text in texts):
        return False
    return sum(len(re.findall(rf"\.{name}\b", text)) for text in texts) >= _READS


def is_bare(source: Source, node: cst.Attribute) -> bool:
    """Say whether an attribute is read and neither called nor assigned."""
    parent = source.parents[node]
    called = isinstance(parent, cst.Call) and parent.func is node
    return not called and not isinstance(parent, (cst.AssignTarget, cst.AnnAssign, cst.Del, cst.Decorator))


def _is_handed_on(source: Source, node: cst.Attribute) -> bool:
    return isinstance(source.parents[node], (cst.Arg, cst.Assign, cst.Element, cst.DictElement, cst.Expr))


def _stands_by_property(tree: ast.Module, name: str) -> bool:
    for node in ast.walk(tree):
        found = methods(node) if isinstance(node, ast.ClassDef) else []
        marked = {"property", "cached_property"}
        if name in {method.name for method in found} and any(
            isinstance(decorator, ast.Name) and decorator.id in marked
            for method in found
            for decorator in method.decorator_list
        ):
            return True
    return False
