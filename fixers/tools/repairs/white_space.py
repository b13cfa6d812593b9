"""White space and blank lines, for projects whose linter finds them and mends nothing."""

from __future__ import annotations

from typing import ClassVar

from fixers.checks.layout import same_program
from fixers.evidence import Finding
from fixers.tools.repairs.base import Case, Example, FindingRepair
from fixers.tools.repairs.lines import from_the_end, parted, split

_BLANK_LINES = {"E301": 1, "E302": 2, "E305": 2, "E306": 1}


class WhiteSpace(FindingRepair):
    """Take white space away where there is too much, and put blank lines where there are too few.

    Only where the program stays the same to the last constant: white space inside a
    text may matter.
    """

    NAME = "white-space"
    NUMBER = 1
    PRIOR = 0.99
    MESSAGE = "white space or blank lines are not as the linter wants them"
    CODES = frozenset({"W291", "W292", "W293", "W391", "E303", *_BLANK_LINES})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example('X = """a  \nb"""\n', 'X = """a  \nb"""\n', "W291", "trailing whitespace", 1),  # part of the text
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("x = 1  \ny = 2\n", "x = 1\ny = 2\n", "W291", "trailing whitespace", 1),
        Example("def f():\n    a = 1\n    \n    return a\n", "def f():\n    a = 1\n\n    return a\n", "W293",
                "blank line contains whitespace", 3),
        Example("x = 1", "x = 1\n", "W292", "no newline at end of file", 1),
        Example("x = 1\n\n\n", "x = 1\n", "W391", "blank line at end of file", 2),
        Example("x = 1\ndef f():\n    pass\n", "x = 1\n\n\ndef f():\n    pass\n", "E302",
                "expected 2 blank lines, found 0", 2),
        Example("@d\ndef f():\n    pass\nx = 1\n", "@d\ndef f():\n    pass\n\n\nx = 1\n", "E305",
                "expected 2 blank lines after class or function definition, found 0", 4),
        Example("x = 1\n\n\n\n\ny = 2\n", "x = 1\n\n\ny = 2\n", "E303", "too many blank lines (4)", 6),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Mend each finding of the file, or none where the program would change."""
        lines = split(case.text)
        for finding, index in from_the_end(case.findings, lines):
            _mend(finding, index, lines)
        after = "".join(lines)
        return after if same_program(case.text, after) else case.text


def _mend(finding: Finding, index: int, lines: list[str]) -> None:
    body, end = parted(lines[index])
    if finding.code in {"W291", "W293"}:
        lines[index] = body.rstrip(" \t") + end
    elif finding.code == "W292":
        lines[index] = body + "\n"
    elif finding.code == "W391":
        while lines and not lines[-1].strip():
            lines.pop()
    elif finding.code == "E303":
        first = _first_blank(lines, index)
        keep = 1 if body[:1].isspace() else 2
        del lines[first + keep : index]
    else:
        first = _first_blank(lines, index)
        lines[first:index] = ["\n"] * _BLANK_LINES[finding.code]


def _first_blank(lines: list[str], index: int) -> int:
    """Return where the blank lines above a line begin; the line itself when there is none."""
    while index and not lines[index - 1].strip():
        index -= 1
    return index
