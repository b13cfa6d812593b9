"""`type: ignore` comments that ignore nothing."""

from __future__ import annotations

import re
from typing import ClassVar

from fixers.checks.source import comments
from fixers.tools.repairs.base import Case, Example, FindingRepair
from fixers.tools.repairs.lines import from_the_end, parted, split

_MESSAGE = re.compile(r'^[Uu]nused "type: ignore(?:\[(?P<codes>[\w, -]+)\])?" comment')
_COMMENT = re.compile(r"#\s*type:\s*ignore(?:\[(?P<codes>[^\]]*)\])?[ \t]*")


class StaleIgnore(FindingRepair):
    """Take a `type: ignore` away that the type checker calls unused, or the codes of it that are."""

    NAME = "stale-ignore"
    NUMBER = 30
    PRIOR = 0.99
    MESSAGE = "a comment ignores a type error that is no longer there"
    CODES = frozenset({"unused-ignore", "misc"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            'x = "# type: ignore"\n', 'x = "# type: ignore"\n', "unused-ignore", 'Unused "type: ignore" comment', 1
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("x = 1  # type: ignore\n", "x = 1\n", "unused-ignore", 'Unused "type: ignore" comment', 1),
        Example("x = 1  # type: ignore[arg-type, misc]\n", "x = 1  # type: ignore[misc]\n", "unused-ignore",
                'Unused "type: ignore[arg-type]" comment', 1),
        Example("x = 1  # type: ignore[misc]  # kept\n", "x = 1  # kept\n", "unused-ignore",
                'Unused "type: ignore[misc]" comment', 1),
        Example("x = 1  # type:ignore # noqa: E501\n", "x = 1  # noqa: E501\n", "unused-ignore",
                'Unused "type: ignore" comment', 1),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Shorten or drop the comment of each finding's line."""
        lines = split(case.text)
        written = dict(comments(case.text))
        for finding, index in from_the_end(case.findings, lines):
            unused = _MESSAGE.match(finding.message)
            comment = written.get(finding.line, "")
            stale = _COMMENT.search(comment)
            body, end = parted(lines[index])
            if unused and stale and body.endswith(comment):
                code = body[: len(body) - len(comment)]
                rest = comment[: stale.start()] + _kept(stale["codes"], unused["codes"]) + comment[stale.end() :]
                lines[index] = (code + rest).rstrip() + end
        return "".join(lines)


def _kept(written: str | None, unused: str | None) -> str:
    dropped = {code.strip() for code in (unused or "").split(",")}
    left = [code.strip() for code in (written or "").split(",") if code.strip() and code.strip() not in dropped]
    return f"# type: ignore[{', '.join(left)}]  " if left and unused else ""
