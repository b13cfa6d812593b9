"""Handlers that catch whatever there is."""

from __future__ import annotations

from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, parse
from fixers.model import Tier
from fixers.tools.repairs.base import Case, Example, FindingRepair

_MESSAGE = "do not use bare 'except'"


class BareExcept(FindingRepair):
    """Write `except Exception` for a bare `except`, and `except BaseException` where the error is raised again.

    What asks a program to end gets out of the first; the second lets out everything, as it did.
    """

    NAME = "bare-except"
    NUMBER = 20
    TIER = Tier.B
    PRIOR = 0.93
    MESSAGE = "a handler catches even what asks the program to end"
    CODES = frozenset({"E722"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("try:\n    f()\nexcept KeyError:\n    pass\n", "try:\n    f()\nexcept KeyError:\n    pass\n", "E722",
                _MESSAGE, 3),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("try:\n    f()\nexcept:  # any\n    pass\n", "try:\n    f()\nexcept Exception:  # any\n    pass\n",
                "E722", _MESSAGE, 3),
        Example("try:\n    f()\nexcept:\n    undo()\n    raise\n",
                "try:\n    f()\nexcept BaseException:\n    undo()\n    raise\n", "E722", _MESSAGE, 3),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Mend the handlers on the findings' lines."""
        source = parse(case.text)
        if source is None:
            return case.text
        lines = {finding.line for finding in case.findings}
        edits = Edits(source)
        for handler in source.all(cst.ExceptHandler):
            if handler.type is None and source.line(handler) in lines:
                kind = "BaseException" if _raises_again(handler) else "Exception"
                space = cst.SimpleWhitespace(" ")
                edits.put(handler, handler.with_changes(type=cst.Name(kind), whitespace_after_except=space))
        return edits.text()


def _raises_again(handler: cst.ExceptHandler) -> bool:
    last = handler.body.body[-1]
    inner = last.body[-1] if isinstance(last, cst.SimpleStatementLine) else last
    return isinstance(inner, cst.Raise) and inner.exc is None
