"""Comparisons with None by value."""

from __future__ import annotations

from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, Source, parse
from fixers.tools.repairs.base import Case, Example, FindingRepair

_TRUTH = (cst.BooleanOperation, cst.UnaryOperation)


class NoneComparison(FindingRepair):
    """Compare with None by identity where the result is asked for its truth.

    `column == None` builds a query in some libraries and compares element by element
    in others; neither result has a truth. So where truth is asked for, no such object
    stands there, and everywhere else the comparison is left alone.
    """

    NAME = "none-comparison"
    NUMBER = 32
    PRIOR = 0.97
    MESSAGE = "None is compared by value"
    CODES = frozenset({"E711"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("q = select(t).where(t.c == None)\n", "q = select(t).where(t.c == None)\n", "E711",
                "Comparison to `None` should be `cond is None`", 1, column=28),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(x):\n    if x == None:\n        return 1\n    return 0\n",
                "def f(x):\n    if x is None:\n        return 1\n    return 0\n", "E711",
                "comparison to None should be 'if cond is None:'", 2, column=10),
        Example("def f(x):\n    while x and x.y != None:\n        x = x.y\n",
                "def f(x):\n    while x and x.y is not None:\n        x = x.y\n", "E711",
                "Comparison to `None` should be `cond is not None`", 2, column=22),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Mend the comparisons on the findings' lines."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits = Edits(source)
        for line in {finding.line for finding in case.findings}:
            for comparison in source.all(cst.Comparison):
                if source.line(comparison) == line and for_truth(source, comparison):
                    _mend(edits, comparison)
        return edits.text()


def _mend(edits: Edits, node: cst.Comparison) -> None:
    target = node.comparisons[0]
    if len(node.comparisons) != 1 or not (
        isinstance(target.comparator, cst.Name) and target.comparator.value == "None"
    ):
        return
    new: cst.BaseCompOp
    if isinstance(target.operator, cst.Equal):
        new = cst.Is()
    elif isinstance(target.operator, cst.NotEqual):
        new = cst.IsNot()
    else:
        return
    edits.put(node, node.with_changes(comparisons=[target.with_changes(operator=new)]))


def for_truth(source: Source, node: cst.CSTNode) -> bool:
    """Say whether the value decides a condition: itself, negated, or in a connective."""
    parent = source.parents.get(node)
    while isinstance(parent, _TRUTH):
        if isinstance(parent, cst.UnaryOperation) and not isinstance(parent.operator, cst.Not):
            return False
        node, parent = parent, source.parents.get(parent)
    match parent:
        case cst.If(test=test) | cst.While(test=test) | cst.IfExp(test=test) | cst.Assert(test=test):
            return test is node
        case cst.CompIf(test=test):
            return test is node
    return False
