"""Values that are given a name and never read."""

from __future__ import annotations

import re
from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, Source, parse
from fixers.model import Tier
from fixers.tools.repairs.base import Case, Example, FindingRepair

_MESSAGE = re.compile(r"^[Ll]ocal variable ['`](?P<name>\w+)['`] is assigned to but never used")
_SAYS = "Local variable `size` is assigned to but never used"
_PLAIN = (
    cst.Name, cst.SimpleString, cst.Integer, cst.Float, cst.ConcatenatedString, cst.List, cst.Tuple, cst.Dict, cst.Set,
    cst.Comparison, cst.BooleanOperation, cst.UnaryOperation, cst.BinaryOperation, cst.FormattedString, cst.Lambda,
)  # fmt: skip
_RAISING = (cst.Divide, cst.FloorDivide, cst.Modulo, cst.Power, cst.LeftShift, cst.MatrixMultiply)
_ACTS = (cst.Call, cst.Await, cst.Yield, cst.Subscript, cst.Attribute, cst.NamedExpr, cst.BaseComp)
_COPIES = frozenset({"len", "str", "repr", "list", "dict", "set", "tuple", "bool", "sorted", "type", "id"})
_HELD = frozenset({"create_task", "ensure_future", "open", "mkdtemp", "acquire", "subscribe", "connect", "start"})


class UnreadValue(FindingRepair):
    """Drop a name that nothing reads: a call goes on being made, a plain value goes altogether.

    Nothing that runs can tell the difference. It is another matter where the value may want to be returned, as the
    last thing that a function without a result computes; or where it works for as long as it is held.
    """

    NAME = "unread-value"
    NUMBER = 1
    TIER = Tier.B
    PRIOR = 0.9
    MESSAGE = "a value is given a name that nothing reads"
    CODES = frozenset({"F841"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(a):\n    size = a + 1\n", "def f(a):\n    size = a + 1\n", "F841", _SAYS, 2, 5),  # return it?
        Example("def f(a):\n    size = a.size\n    return a\n", "def f(a):\n    size = a.size\n    return a\n", "F841",
                _SAYS, 2, 5),
        Example("def f(a):\n    size = Guard(a)\n    return a\n", "def f(a):\n    size = Guard(a)\n    return a\n",
                "F841", _SAYS, 2, 5),  # holds as long as the name
        Example("def f(a):\n    size = 1 / a\n    return a\n", "def f(a):\n    size = 1 / a\n    return a\n", "F841",
                _SAYS, 2, 5),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(a):\n    size = a.pop()\n    return a\n", "def f(a):\n    a.pop()\n    return a\n", "F841",
                _SAYS, 2, 5),
        Example("def f(a):\n    size = a + 1\n    return a\n", "def f(a):\n    return a\n", "F841", _SAYS, 2, 5),
        Example("def f(a):\n    if a:\n        size: int = 0\n    return a\n",
                "def f(a):\n    if a:\n        pass\n    return a\n", "F841", _SAYS, 3, 9),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Mend the assignments on the findings' lines."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits = Edits(source)
        for finding in case.findings:
            named, line = _MESSAGE.match(finding.message), source.statement(finding.line)
            if named and line is not None and len(line.body) == 1 and not _may_be_meant(source, line):
                value = _given(line.body[0], named["name"])
                if value is not None and _is_call(value):
                    edits.put(line.body[0], cst.Expr(value))
                elif value is not None and _is_plain(source, value):
                    edits.put(line, cst.RemovalSentinel.REMOVE)
        return edits.text()


def _given(statement: cst.BaseSmallStatement, name: str) -> cst.BaseExpression | None:
    """Return the value that a statement gives this name and no other."""
    if isinstance(statement, cst.AnnAssign):
        target, value = statement.target, statement.value
    elif isinstance(statement, cst.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0].target, statement.value
    else:
        return None
    return value if isinstance(target, cst.Name) and target.value == name else None


def _is_call(value: cst.BaseExpression) -> bool:
    inner = value.expression if isinstance(value, cst.Await) else value
    if isinstance(inner, cst.Call) and _may_be_held(inner):
        return False
    pure = isinstance(inner, cst.Call) and isinstance(inner.func, cst.Name) and inner.func.value in _COPIES
    return isinstance(inner, cst.Call) and not pure


def _may_be_held(call: cst.Call) -> bool:
    """Say whether a call makes something that works for as long as it is held: a task, a lock, a folder."""
    func = call.func.attr if isinstance(call.func, cst.Attribute) else call.func
    name = func.value if isinstance(func, cst.Name) else ""
    return name[:1].isupper() or name in _HELD


def _is_plain(source: Source, value: cst.BaseExpression) -> bool:
    if isinstance(value, cst.Call) and isinstance(value.func, cst.Name) and value.func.value in _COPIES:
        return all(isinstance(argument.value, (cst.Name, cst.SimpleString)) for argument in value.args)
    acts = any(True for kind in (*_ACTS, *_RAISING) for _ in source.within(value, kind))
    return isinstance(value, _PLAIN) and not acts


def _may_be_meant(source: Source, line: cst.SimpleStatementLine) -> bool:
    """Say whether a value ends a function that has no result, so that a `return` may be what is missing."""
    function = source.up(line, cst.FunctionDef)
    if function is None:
        return True
    returns = [node for node in source.within(function.body, cst.Return) if node.value is not None]
    return function.body.body[-1] is line and not returns
