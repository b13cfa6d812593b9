"""Comments and docstrings with characters that look like others."""

from __future__ import annotations

import re
from typing import ClassVar

from fixers.checks.layout import same_program
from fixers.tools.repairs.base import Case, Example, FindingRepair
from fixers.tools.repairs.lines import from_the_end, split

_MESSAGE = re.compile(
    r"^(?:Docstring|Comment) contains ambiguous `(?P<old>.)` \([^)]*\)\. Did you mean `(?P<new>[ -~])` \("
)
_SAYS = "Comment contains ambiguous `–` (EN DASH). Did you mean `-` (HYPHEN-MINUS)?"


class LookAlike(FindingRepair):
    """Write the plain character that the linter names in a comment or a docstring; never in a text that is used."""

    NAME = "look-alike"
    NUMBER = 1
    PRIOR = 0.97
    MESSAGE = "a comment or docstring holds a character that looks like another one"
    CODES = frozenset({"RUF002", "RUF003"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("x = 1  # a - b\n", "x = 1  # a - b\n", "RUF003", _SAYS, 1, 12),
        Example("x = 'a – b'\n", "x = 'a – b'\n", "RUF003",
                "String contains ambiguous `–` (EN DASH). Did you mean `-` (HYPHEN-MINUS)?", 1, 8),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("x = '–'  # a – b\n", "x = '–'  # a - b\n", "RUF003", _SAYS, 1, 14),
        Example('"""One – two."""\n', '"""One - two."""\n', "RUF002", _SAYS.replace("Comment", "Docstring"), 1, 8),
    )

    def mend(self, case: Case) -> str:
        """Put each character right where it stands."""
        lines = split(case.text)
        for finding, index in from_the_end(case.findings, lines):
            said, at = _MESSAGE.match(finding.message), finding.column - 1
            if said and lines[index][at : at + 1] == said["old"]:
                lines[index] = lines[index][:at] + said["new"] + lines[index][at + 1 :]
        after = "".join(lines)
        documented = any(finding.code == "RUF002" for finding in case.findings)
        return after if documented or same_program(case.text, after) else case.text
