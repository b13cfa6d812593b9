"""Casts to the type that the value has anyway."""

from __future__ import annotations

from typing import ClassVar

import libcst as cst

from fixers.codemods.patterns import parenthesized
from fixers.codemods.source import Edits, parse
from fixers.codemods.spelling import tidied
from fixers.tools.repairs.base import Case, Example, FindingRepair


class RedundantCast(FindingRepair):
    """Drop a cast that the type checker calls redundant; it does nothing when the program runs."""

    NAME = "redundant-cast"
    NUMBER = 30
    PRIOR = 0.97
    MESSAGE = "a value is cast to the type that it has"
    CODES = frozenset({"redundant-cast", "reportUnnecessaryCast"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(x: int) -> int:\n    return int(x)\n", "def f(x: int) -> int:\n    return int(x)\n",
                "redundant-cast", 'Redundant cast to "int"', 2, 12),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("from typing import cast\n\n\ndef f(x: int) -> int:\n    return cast(int, x) + 1\n",
                "def f(x: int) -> int:\n    return x + 1\n", "redundant-cast", 'Redundant cast to "int"', 5, 12),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Drop the casts on the findings' lines, and the import that nobody needs then."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits = Edits(source)
        for line in {finding.line for finding in case.findings}:
            calls = [call for call in source.at(line, cst.Call) if source.code(call.func) in {"cast", "typing.cast"}]
            if len(calls) == 1 and len(calls[0].args) == 2:
                edits.put(calls[0], parenthesized(calls[0].args[1].value))
        return tidied(case.project, case.path, edits.text()) if edits.changes else case.text
