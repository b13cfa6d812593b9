"""Continuation lines that do not stand below what they continue."""

from __future__ import annotations

import io
import tokenize
from typing import ClassVar

from fixers.checks.layout import same_program
from fixers.tools.repairs.base import Case, Example, FindingRepair
from fixers.tools.repairs.lines import from_the_end, parted, split

_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")


class Continuation(FindingRepair):
    """Indent a continuation line to the column behind the bracket that it stands in.

    Only where something follows that bracket on its own line, which is what the finding says, and where the program
    stays the same.
    """

    NAME = "continuation"
    NUMBER = 1
    PRIOR = 0.98
    MESSAGE = "a continuation line is not indented to its bracket"
    CODES = frozenset({"E127", "E128"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("x = f(\n    1)\n", "x = f(\n    1)\n", "E128", "continuation line under-indented", 2),
        Example("x = f('''a\n  b''', 1)\n", "x = f('''a\n  b''', 1)\n", "E128", "continuation line under-indented", 2),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(a,\n    b=1):\n    return a\n", "def f(a,\n      b=1):\n    return a\n", "E128",
                "continuation line under-indented for visual indent", 2, 5),
        Example("x = f(1, g(2,\n             3),\n      4)\n", "x = f(1, g(2,\n           3),\n      4)\n", "E127",
                "continuation line over-indented for visual indent", 2, 14),
        Example("x = [1,  # one\n     2,\n  3]\n", "x = [1,  # one\n     2,\n     3]\n", "E128",
                "continuation line under-indented for visual indent", 3, 3),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Indent the lines of the findings."""
        lines, columns = split(case.text), _columns(case.text)
        for finding, index in from_the_end(case.findings, lines):
            body, end = parted(lines[index])
            if columns.get(finding.line, 0):
                lines[index] = " " * columns[finding.line] + body.lstrip(" \t") + end
        after = "".join(lines)
        return after if same_program(case.text, after) else case.text


def _columns(text: str) -> dict[int, int]:
    """Return for each line that begins within a bracket the column behind it, 0 when nothing follows the bracket."""
    found: dict[int, int] = {}
    within: list[tuple[int, int]] = []
    last = (0, 0)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in {tokenize.NL, tokenize.COMMENT}:
                continue
            row = token.start[0]
            if within and row > last[0]:
                found.setdefault(row, within[-1][1])
            if within and within[-1][1] == -1:
                same = row == within[-1][0]
                within[-1] = (within[-1][0], token.start[1] if same else 0)
                found[row] = found[row] if found.get(row, -1) != -1 else within[-1][1]
            if token.type == tokenize.OP and token.string in _OPEN:
                within.append((row, -1))
            elif token.type == tokenize.OP and token.string in _CLOSE and within:
                within.pop()
            last = token.end
    except (tokenize.TokenError, SyntaxError):
        return {}
    return {line: column for line, column in found.items() if column > 0}
