"""Comparisons with True in conditions."""

from __future__ import annotations

from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, Source, parse
from fixers.model import Tier
from fixers.tools.repairs.base import Case, Example, FindingRepair
from fixers.tools.repairs.none_comparison import for_truth

_MESSAGE = "Avoid equality comparisons to `True`; use `if x:` for truth checks"


class TruthComparison(FindingRepair):
    """Ask for the truth of a value that a condition compares with True.

    A comparison with False is left alone: None is neither, and `not x` takes it for one.
    """

    NAME = "truth-comparison"
    NUMBER = 32
    TIER = Tier.B
    PRIOR = 0.93
    MESSAGE = "a condition compares with True"
    CODES = frozenset({"E712"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("q = select(t).where(t.c == True)\n", "q = select(t).where(t.c == True)\n", "E712", _MESSAGE, 1),
        Example("def f(x):\n    if x == False:\n        g()\n", "def f(x):\n    if x == False:\n        g()\n", "E712",
                "Avoid equality comparisons to `False`; use `if not x:` for false checks", 2),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(x, y):\n    if x == True and not y.z == True:\n        g()\n",
                "def f(x, y):\n    if x and not y.z:\n        g()\n", "E712", _MESSAGE, 2),
        Example("def f(x):\n    while x() != True:\n        g()\n", "def f(x):\n    while not x():\n        g()\n",
                "E712", "comparison to True should be 'if cond is not True:' or 'if not cond:'", 2),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Mend the comparisons on the findings' lines."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits = Edits(source)
        for line in {finding.line for finding in case.findings}:
            for node in source.all(cst.Comparison):
                if source.line(node) == line and for_truth(source, node):
                    _mend(source, edits, node)
        return edits.text()


def _mend(source: Source, edits: Edits, node: cst.Comparison) -> None:
    target = node.comparisons[0]
    is_true = isinstance(target.comparator, cst.Name) and target.comparator.value == "True"
    if len(node.comparisons) != 1 or not is_true:
        return
    if isinstance(target.operator, cst.Equal):
        edits.put(node, node.left.with_changes(lpar=node.lpar or node.left.lpar, rpar=node.rpar or node.left.rpar))
    elif isinstance(target.operator, cst.NotEqual) and not isinstance(source.parents[node], cst.UnaryOperation):
        edits.put(node, cst.UnaryOperation(cst.Not(), node.left, lpar=node.lpar, rpar=node.rpar))
