"""White space and blank lines, for projects whose linter finds them and mends nothing."""

from __future__ import annotations

from typing import ClassVar

from fixers.checks.layout import same_program
from fixers.evidence import Finding
from fixers.tools.repairs.base import Case, Example, FindingRepair
from fixers.tools.repairs.lines import from_the_end, parted, split

_NONE = frozenset({"E201", "E202", "E203", "E211", "E251"})
"""White space at the column goes."""
_ONE = frozenset({"E221", "E222", "E241", "E271", "E272"})
"""White space at the column becomes one space."""
_OTHER = frozenset({"E231", "E261", "E262", "E265"})
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
    CODES = frozenset({"W291", "W292", "W293", "W391", "E303", *_BLANK_LINES, *_NONE, *_ONE, *_OTHER})
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
        Example("f( 1,2 )\n", "f(1,2 )\n", "E201", "whitespace after '('", 1, column=3),
        Example("f( 1,2 )\n", "f( 1,2)\n", "E202", "whitespace before ')'", 1, column=7),
        Example("f( 1,2 )\n", "f( 1, 2 )\n", "E231", "missing whitespace after ','", 1, column=5),
        Example("x  = 1\n", "x = 1\n", "E221", "multiple spaces before operator", 1, column=2),
        Example("x = 1 # one\n", "x = 1  # one\n", "E261", "at least two spaces before inline comment", 1, column=6),
        Example("#one\nx = 1\n", "# one\nx = 1\n", "E265", "block comment should start with '# '", 1),
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
    elif finding.code in _NONE | _ONE | _OTHER:
        lines[index] = _spaced(finding, body) + end
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


def _spaced(finding: Finding, body: str) -> str:
    """Mend the spaces at a finding's column; the body as it is where they are not as the finding says."""
    at = finding.column - 1
    before, after = body[:at], body[at:]
    rest = after.lstrip(" \t")
    if finding.code in _NONE:
        return before + rest
    if finding.code in _ONE:
        return before + " " + rest if rest != after else body
    if finding.code == "E231":
        return before + after[:1] + " " + after[1:]
    if finding.code == "E261":
        return before.rstrip() + "  " + rest if rest.startswith("#") else body
    text = after.lstrip("#")
    return before + "# " + text.lstrip() if after.startswith("#") and text and not text.startswith("!") else body
