"""Extensions of Jinja that are part of the language since its third release."""

from __future__ import annotations

import libcst as cst

from fixers.codemods.workfile import Workfile

_BUILT_IN = frozenset({"jinja2.ext.with_", "jinja2.ext.autoescape"})


def built_in(work: Workfile) -> None:
    """Drop them from every list of extensions."""
    for display in work.source.all(cst.List):
        kept = [element for element in display.elements if not _is_built_in(element)]
        if len(kept) != len(display.elements):
            kept[-1:] = [element.with_changes(comma=display.elements[-1].comma) for element in kept[-1:]]
            work.edits.put(display, display.with_changes(elements=kept))


def _is_built_in(element: cst.BaseElement) -> bool:
    return isinstance(element.value, cst.SimpleString) and element.value.evaluated_value in _BUILT_IN
