"""Code that is commented out."""

from __future__ import annotations

from typing import ClassVar

from fixers.checks.layout import same_program
from fixers.tools.repairs.base import Case, Example, FindingRepair
from fixers.tools.repairs.lines import from_the_end, split

_SAYS = "Found commented-out code"


class DeadComment(FindingRepair):
    """Take out the lines of comment that the linter knows for code; history keeps them."""

    NAME = "dead-comment"
    NUMBER = 1
    PRIOR = 0.95
    MESSAGE = "code is commented out"
    CODES = frozenset({"ERA001", "E800"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("x = 1  # y = 2\n", "x = 1  # y = 2\n", "ERA001", _SAYS, 1, 8),  # it may explain the line
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("def f():\n    # y = 2\n    return 1\n", "def f():\n    return 1\n", "ERA001", _SAYS, 2, 5),
    )

    def mend(self, case: Case) -> str:
        """Take out the findings' lines that hold nothing else."""
        lines = split(case.text)
        for _, index in from_the_end(case.findings, lines):
            if lines[index].lstrip().startswith("#"):
                del lines[index]
        after = "".join(lines)
        return after if same_program(case.text, after) else case.text
