"""Results whose type nobody knows, returned from a function that says what it returns."""

from __future__ import annotations

import re
from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, Source, parse
from fixers.tools.repairs.base import Case, Example, FindingRepair

_MESSAGE = re.compile(r'^Returning Any from function declared to return "')
_SAYS = 'Returning Any from function declared to return "dict[str, int]"'
_NAMES = ("result", "value", "found", "answer")


class UnnamedAny(FindingRepair):
    """Give what a function returns a name of the type that the function declares, and return that.

    The claim is the one that the signature makes already; now it is written where a reader sees that nothing checks
    it. What runs is the same.
    """

    NAME = "unnamed-any"
    NUMBER = 30
    PRIOR = 0.95
    MESSAGE = "a function returns what no type is known of"
    CODES = frozenset({"no-any-return"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(t):\n    return g(t)\n", "def f(t):\n    return g(t)\n", "no-any-return", _SAYS, 2, 5),
        Example("def f(t: str) -> T:\n    if t: return g(t)\n", "def f(t: str) -> T:\n    if t: return g(t)\n",
                "no-any-return", _SAYS, 2, 11),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(t: str) -> dict[str, int]:\n    # read\n    return json.loads(t)\n",
                "def f(t: str) -> dict[str, int]:\n    # read\n    result: dict[str, int] = json.loads(t)\n"
                "    return result\n", "no-any-return", _SAYS, 3, 5),
        Example("def f(result: A) -> bool:\n    return result.x > 1  # big\n",
                "def f(result: A) -> bool:\n    value: bool = result.x > 1\n    return value  # big\n",
                "no-any-return", 'Returning Any from function declared to return "bool"', 2, 5),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Name what the findings' lines return."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits = Edits(source)
        for finding in case.findings:
            line = source.statement(finding.line)
            returned = line.body[0] if line is not None and len(line.body) == 1 else None
            if _MESSAGE.match(finding.message) and isinstance(returned, cst.Return) and returned.value and line:
                split = _split(source, line, returned.value)
                if split is not None:
                    edits.put(line, split)
        return edits.text()


def _split(
    source: Source, line: cst.SimpleStatementLine, value: cst.BaseExpression
) -> cst.FlattenSentinel[cst.CSTNode] | None:
    function = source.up(line, cst.FunctionDef)
    used = {node.value for node in source.within(function, cst.Name)}
    name = next((name for name in _NAMES if name not in used), "")
    if function is None or function.returns is None or not name:
        return None
    annotation = cst.Annotation(function.returns.annotation)
    given = cst.SimpleStatementLine(
        [cst.AnnAssign(cst.Name(name), annotation, value)], leading_lines=line.leading_lines
    )
    returned = line.with_changes(body=[cst.Return(cst.Name(name))], leading_lines=[])
    return cst.FlattenSentinel([given, returned])
