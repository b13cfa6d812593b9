"""Functions that promise a result and end without one."""

from __future__ import annotations

import re
from typing import ClassVar

import libcst as cst

from fixers.codemods.imports import Import, add_import
from fixers.codemods.source import Edits, Source, parse
from fixers.model import Tier
from fixers.tools.repairs.base import Case, Example, FindingRepair
from fixers.tools.repairs.unions import is_optional_imported, optional, united, writes_unions

_MESSAGE = re.compile(r"^(Missing return statement|Function with declared return type .* must return value)")
_FIND = "def find(rows: list[str]) -> {}:\n    for row in rows:\n        return row\n"


class SilentReturn(FindingRepair):
    """Say that a function may answer None, where it ends without an answer, and answer that in so many words.

    What runs is the same. It is believed only when the type checker then finds that every use copes with None.
    """

    NAME = "silent-return"
    NUMBER = 30
    TIER = Tier.B
    PRIOR = 0.75
    MESSAGE = "a function that promises a result ends without one"
    CODES = frozenset({"return", "reportReturnType"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(x: int) -> int:\n    x + 1\n", "def f(x: int) -> int:\n    x + 1\n", "return",
                "Missing return statement", 1),  # what it computes may be what is meant
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("A: int | None\n\n\n" + _FIND.format("str"),
                "A: int | None\n\n\n" + _FIND.format("str | None") + "    return None\n", "return",
                "Missing return statement", 4),
        Example("from typing import Optional\n" + _FIND.format("Optional[str]"),
                "from typing import Optional\n" + _FIND.format("Optional[str]") + "    return None\n", "return",
                "Missing return statement", 2),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Leave it to the choice among rivals: whether every use copes with it the tool says."""
        return case.text

    def rivals(self, case: Case) -> tuple[str, ...]:
        """Return the text with the one function that answers None."""
        source, finding = parse(case.text), case.findings[0]
        if source is None or not _MESSAGE.match(finding.message):
            return ()
        places = ((node, source.line(node.name), source.line(node)) for node in source.all(cst.FunctionDef))
        named = [node for node, line, first in places if finding.line in {line, first}]
        edits = Edits(source)
        return (edits.text(),) if len(named) == 1 and _answer_none(source, named[0], edits, case) else ()


def _answer_none(source: Source, function: cst.FunctionDef, edits: Edits, case: Case) -> bool:
    returns = [node for node in source.within(function.body, cst.Return) if node.value is not None]
    if function.returns is None or not returns or not isinstance(function.body, cst.IndentedBlock):
        return False
    last = function.body.body[-1]
    if isinstance(last, cst.SimpleStatementLine) and isinstance(last.body[-1], cst.Expr):
        return False
    answer = cst.parse_statement("return None")

    def put(node: cst.IndentedBlock) -> cst.IndentedBlock:
        return node.with_changes(body=[*node.body, answer])

    edits.change(function.body, cst.IndentedBlock, put)
    written = function.returns.annotation
    if re.search(r"\bNone\b|\bOptional\[|\bAny\b", source.code(written)):
        return True
    as_union = not is_optional_imported(case) and writes_unions(case)
    wide = united(written) if as_union else optional(written)
    if wide is None:
        return False
    edits.put(function.returns, function.returns.with_changes(annotation=wide))
    if not as_union and not is_optional_imported(case):
        add_import(edits, case.project, case.path, Import("typing", "Optional"))
    return True
