"""Mutable defaults that a linter finds."""

from __future__ import annotations

from typing import ClassVar

import libcst as cst

from fixers.codemods.mutable_default import guard_defaults, mutable_defaults
from fixers.codemods.source import Edits, parse
from fixers.tools.repairs.base import Case, Example, FindingRepair
from fixers.tools.repairs.unions import writes_unions


class SharedDefault(FindingRepair):
    """Make a list, dictionary or set anew for every call, by a default of None."""

    NAME = "shared-default"
    NUMBER = 13
    PRIOR = 0.95
    MESSAGE = "a mutable default argument is shared between calls"
    CODES = frozenset({"B006"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(x=()):\n    return list(x)\n", "def f(x=()):\n    return list(x)\n", "B006",
                "Do not use mutable data structures for argument defaults", 1, 9),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(x=[]):\n    return list(x)\n", "def f(x=None):\n    if x is None:\n        x = []\n"
                "    return list(x)\n", "B006", "Do not use mutable data structures for argument defaults", 1, 9),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Guard each default that a finding stands at."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits, places = Edits(source), {(finding.line, finding.column - 1) for finding in case.findings}
        for function in source.all(cst.FunctionDef):
            found = [
                (param, source.place(param.default).start) for param in mutable_defaults(function) if param.default
            ]
            named = [param for param, start in found if (start.line, start.column) in places]
            if named:
                guard_defaults(edits, source, function, named, optional=writes_unions(case))
        return edits.text()
