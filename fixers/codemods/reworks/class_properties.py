"""Properties of classes, which `classmethod` around `property` does not make since Python 3.13."""

from __future__ import annotations

import libcst as cst

from fixers.codemods.symbols import definitions
from fixers.codemods.workfile import Workfile

_NAME = "classproperty"
_CLASS = f'''class {_NAME}:
    """A property that can be read of a class and of its objects."""

    def __init__(self, function):
        self.function = function

    def __get__(self, instance, owner):
        return self.function(owner)
'''


def descriptors(work: Workfile) -> None:
    """Put one descriptor in place of the two decorators, and its class before the first that needs it."""
    stacked = [function for function in work.source.all(cst.FunctionDef) if _both(function)]
    classes = [node for node in work.source.module.body if isinstance(node, cst.ClassDef)]
    tops = [node for node in classes if any(work.source.inside(f, node) for f in stacked)]
    if not stacked or not tops or _NAME in definitions(work.project.tree(work.path)):
        return
    for function in stacked:
        first = function.decorators[0].with_changes(decorator=cst.Name(_NAME))
        work.edits.change(
            function,
            cst.FunctionDef,
            lambda node, first=first: node.with_changes(decorators=[first]),  # type: ignore[misc]
        )
    made = cst.ensure_type(cst.parse_statement(_CLASS), cst.ClassDef)
    gap = [cst.EmptyLine(indent=False), cst.EmptyLine(indent=False)]

    def behind(node: cst.ClassDef) -> cst.FlattenSentinel[cst.BaseStatement]:
        kept = [line for line in node.leading_lines if line.comment is not None]
        return cst.FlattenSentinel(
            [made.with_changes(leading_lines=gap), node.with_changes(leading_lines=[*gap, *kept])]
        )

    work.edits.change(tops[0], cst.ClassDef, behind)


def _both(function: cst.FunctionDef) -> bool:
    names = [node.decorator.value for node in function.decorators if isinstance(node.decorator, cst.Name)]
    return names == ["classmethod", "property"] and len(function.decorators) == len(names)
