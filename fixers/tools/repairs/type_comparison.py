"""Types compared by value."""

from __future__ import annotations

from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, parse
from fixers.tools.repairs.base import Case, Example, FindingRepair

_MESSAGE = "Use `is` and `is not` for type comparisons, or `isinstance()` for isinstance checks"


class TypeComparison(FindingRepair):
    """Compare types with `is`, as the linter says: a class is equal to itself and to nothing else.

    `isinstance` would take subclasses too, and so is another condition.
    """

    NAME = "type-comparison"
    NUMBER = 32
    PRIOR = 0.97
    MESSAGE = "a type is compared by value"
    CODES = frozenset({"E721"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("x = a == b\n", "x = a == b\n", "E721", _MESSAGE, 1, 5),
        Example("x = type(a) == 'int'\n", "x = type(a) == 'int'\n", "E721", _MESSAGE, 1, 5),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("x = type(a) == str\n", "x = type(a) is str\n", "E721", _MESSAGE, 1, 5),
        Example("x = type(a) != type(b)\n", "x = type(a) is not type(b)\n", "E721", _MESSAGE, 1, 5),
    )

    def mend(self, case: Case) -> str:
        """Mend the comparisons on the findings' lines."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits, lines = Edits(source), {finding.line for finding in case.findings}
        for node in source.all(cst.Comparison):
            if source.line(node) in lines and len(node.comparisons) == 1:
                target = node.comparisons[0]
                new = _operator(target.operator)
                sides = (node.left, target.comparator)
                if new is not None and any(map(_asks_type, sides)) and all(map(_is_type, sides)):
                    edits.put(node, node.with_changes(comparisons=[target.with_changes(operator=new)]))
        return edits.text()


def _operator(old: cst.BaseCompOp) -> cst.BaseCompOp | None:
    if isinstance(old, cst.Equal):
        return cst.Is()
    return cst.IsNot() if isinstance(old, cst.NotEqual) else None


def _asks_type(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value == "type"


def _is_type(node: cst.BaseExpression) -> bool:
    return _asks_type(node) or isinstance(node, (cst.Name, cst.Attribute))
