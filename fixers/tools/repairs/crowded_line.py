"""Several statements on one line, for linters that want each on its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, Source, parse
from fixers.tools.repairs.base import Case, Example, FindingRepair

_NO_SEMICOLON = cst.MaybeSentinel.DEFAULT


class CrowdedLine(FindingRepair):
    """Give every statement a line of its own, and a block its indentation.

    The program stays the same; a comment stays with the last statement of its line.
    """

    NAME = "crowded-line"
    NUMBER = 1
    PRIOR = 0.97
    MESSAGE = "several statements stand on one line"
    CODES = frozenset({"E701", "E702", "E703", "E704"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("if x:\n    y = 1\n", "if x:\n    y = 1\n", "E701", "multiple statements on one line (colon)", 2),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(x):\n    if x: return 1  # one\n    return 2\n",
                "def f(x):\n    if x:\n        return 1  # one\n    return 2\n", "E701",
                "multiple statements on one line (colon)", 2, 9),
        Example("a = 1; b = 2\n", "a = 1\nb = 2\n", "E702", "multiple statements on one line (semicolon)", 1, 6),
        Example("def f():\n    a = 1;  # one\n    return a\n", "def f():\n    a = 1  # one\n    return a\n", "E703",
                "statement ends with a semicolon", 2, 10),
        Example("def f(x): a = x; return a\n", "def f(x):\n    a = x\n    return a\n", "E704",
                "multiple statements on one line (def)", 1),
        Example("for x in y:\n    try: f(x)\n    except KeyError: pass\n",
                "for x in y:\n    try:\n        f(x)\n    except KeyError:\n        pass\n", "E701",
                "multiple statements on one line (colon)", 2, 8),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Part what stands on the findings' lines; of a `try`, all its blocks."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits, lines = Edits(source), {finding.line for finding in case.findings}
        for suite in source.all(cst.SimpleStatementSuite):
            if _head(source, suite) in lines:
                edits.put(suite, _block(suite))
        for line in source.all(cst.SimpleStatementLine):
            crowded = len(line.body) > 1 or line.body[-1].semicolon is not _NO_SEMICOLON
            if source.line(line) in lines and crowded:
                edits.put(line, cst.FlattenSentinel(_parted(line.body, line.leading_lines, line.trailing_whitespace)))
        return edits.text()


def _head(source: Source, suite: cst.SimpleStatementSuite) -> int:
    """Return the line of the compound statement whose block this is: of a `try`, the one line stands for all."""
    owner = source.parents[suite]
    outer = source.parents[owner] if isinstance(owner, (cst.ExceptHandler, cst.Finally, cst.Else)) else owner
    return source.line(outer.name) if isinstance(outer, (cst.FunctionDef, cst.ClassDef)) else source.line(outer)


def _block(suite: cst.SimpleStatementSuite) -> cst.IndentedBlock:
    return cst.IndentedBlock(body=_parted(suite.body, (), suite.trailing_whitespace))


def _parted(
    body: Sequence[cst.BaseSmallStatement],
    leading: Sequence[cst.EmptyLine],
    trailing: cst.TrailingWhitespace,
) -> list[cst.SimpleStatementLine]:
    statements = [statement.with_changes(semicolon=_NO_SEMICOLON) for statement in body]
    lines = [cst.SimpleStatementLine(body=[statement]) for statement in statements]
    lines[0] = lines[0].with_changes(leading_lines=leading)
    if trailing.comment is not None and not trailing.whitespace.value:
        trailing = trailing.with_changes(whitespace=cst.SimpleWhitespace("  "))
    lines[-1] = lines[-1].with_changes(trailing_whitespace=trailing)
    return lines
