"""Extensions of Python-Markdown, which 3.0 and later call with one argument less."""

from __future__ import annotations

import libcst as cst

from fixers.codemods.workfile import Workfile


def one_argument(work: Workfile) -> None:
    """Let `extendMarkdown` do without the globals that nobody passes any more."""
    for function in work.source.all(cst.FunctionDef):
        params = function.params.params
        if function.name.value != "extendMarkdown" or len(params) != 3 or params[2].default is not None:
            continue
        used = [name for name in work.source.within(function.body, cst.Name) if name.value == params[2].name.value]
        equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
        if not used:
            work.edits.put(params[2], params[2].with_changes(default=cst.Name("None"), equal=equal))
