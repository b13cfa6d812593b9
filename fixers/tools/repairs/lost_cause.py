"""Errors that are raised in a handler without a word of the one that was caught."""

from __future__ import annotations

from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, parse
from fixers.tools.repairs.base import Case, Example, FindingRepair


class LostCause(FindingRepair):
    """Raise from the error that the handler caught, where the handler gives it a name."""

    NAME = "lost-cause"
    NUMBER = 1
    PRIOR = 0.95
    MESSAGE = "an error raised in a handler does not say what caused it"
    CODES = frozenset({"B904"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("try:\n    f()\nexcept KeyError:\n    raise ValueError\n",
                "try:\n    f()\nexcept KeyError:\n    raise ValueError\n", "B904",
                "Within an `except` clause, raise exceptions with `raise ... from err` or `raise ... from None`", 4, 5),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("try:\n    f()\nexcept KeyError as e:\n    raise ValueError(str(e))\n",
                "try:\n    f()\nexcept KeyError as e:\n    raise ValueError(str(e)) from e\n", "B904",
                "Within an `except` clause, raise exceptions with `raise ... from err` or `raise ... from None`", 4, 5),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Name the cause at each finding."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits, lines = Edits(source), {finding.line for finding in case.findings}
        for line in source.all(cst.Raise):
            handler = source.up(line, cst.ExceptHandler)
            named = handler.name.name if handler is not None and handler.name is not None else None
            if source.line(line) in lines and line.cause is None and isinstance(named, cst.Name):
                edits.put(line, line.with_changes(cause=cst.From(cst.Name(named.value))))
        return edits.text()
