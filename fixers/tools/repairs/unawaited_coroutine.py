"""Coroutines that a type checker sees dropped."""

from __future__ import annotations

from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, parse
from fixers.tools.repairs.base import Case, Example, FindingRepair


class UnawaitedCoroutine(FindingRepair):
    """Await a coroutine that stands as a statement of a coroutine: nothing else could have been meant."""

    NAME = "unawaited-coroutine"
    NUMBER = 11
    PRIOR = 0.95
    MESSAGE = "a coroutine is made and dropped, so its body never runs"
    CODES = frozenset({"unused-coroutine", "reportUnusedCoroutine"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("def f():\n    g()\n", "def f():\n    g()\n", "unused-coroutine",
                'Value of type "Coroutine[Any, Any, int]" must be used', 2, column=5),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("async def f():\n    g(1)\n", "async def f():\n    await g(1)\n", "unused-coroutine",
                'Value of type "Coroutine[Any, Any, int]" must be used', 2, column=5),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Await the statements of the findings' lines."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits, lines = Edits(source), {finding.line for finding in case.findings}
        for statement in source.all(cst.Expr):
            around = source.up(statement, cst.FunctionDef)
            inside = around is not None and around.asynchronous is not None
            if source.line(statement) in lines and inside and isinstance(statement.value, cst.Call):
                edits.put(statement, statement.with_changes(value=cst.Await(statement.value)))
        return edits.text()
