"""Chained assignment, `frame["a"][mask] = 0`, which changes nothing since pandas 3."""

from __future__ import annotations

import libcst as cst

from fixers.codemods.patterns import parenthesized
from fixers.codemods.workfile import Workfile

_ASKS = frozenset({"between", "duplicated", "isin", "isna", "isnull", "notna", "notnull"})
_IN_PLACE = frozenset({
    "bfill", "clip", "drop_duplicates", "ffill", "fillna", "interpolate", "mask", "replace", "where",
})  # fmt: skip


def masked(work: Workfile) -> None:
    """Assign in one step what a condition selects of a column, and keep what was made in place.

    Only frames and their columns are written to by a condition, so the form alone tells what they are.
    """
    _unchained(work, sure=True)


def unchained(work: Workfile) -> None:
    """Do the same for rows by any name; whether that is a frame the form does not tell, the tests do."""
    _unchained(work, sure=False)


def _unchained(work: Workfile, *, sure: bool) -> None:
    for target in work.source.all(cst.AssignTarget):
        _one_step(work, target.target, sure=sure)
    for line in work.source.all(cst.AugAssign):
        _one_step(work, line.target, sure=sure)
    for statement in work.source.all(cst.Expr):
        call = statement.value
        if isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute) and call.func.attr.value in _IN_PLACE:
            _kept(work, statement, call, call.func.value)


def _one_step(work: Workfile, target: cst.BaseExpression, *, sure: bool) -> None:
    """Write `x[c][m]` and `x[c].loc[m]` as `x.loc[m, c]`."""
    if not isinstance(target, cst.Subscript):
        return
    column = target.value
    if isinstance(column, cst.Attribute) and column.attr.value == "loc":
        column = column.value
    if not isinstance(column, cst.Subscript) or not isinstance(column.value, (cst.Name, cst.Attribute)):
        return
    rows, name = _index(target), _index(column)
    if sure and (rows is None or not _is_condition(work, rows)):
        return
    if rows is None or name is None or not isinstance(name, (cst.SimpleString, cst.Name, cst.Attribute)):
        return
    text = f"{work.source.code(column.value)}.loc[{work.source.code(rows)}, {work.source.code(name)}]"
    work.edits.put(target, cst.parse_expression(text))


def _is_condition(work: Workfile, rows: cst.BaseExpression) -> bool:
    """Say whether an index is a condition over rows, or a name that the function gives to one."""
    if isinstance(rows, cst.Name):
        function = work.source.up(rows, cst.FunctionDef) or work.source.module
        given = [
            line.value
            for line in work.source.within(function, cst.Assign)
            if work.source.code(line.targets[0].target) == rows.value
        ]
        return bool(given) and all(not isinstance(v, cst.Name) and _is_condition(work, v) for v in given)
    if isinstance(rows, cst.UnaryOperation):
        return isinstance(rows.operator, cst.BitInvert)
    if isinstance(rows, cst.BinaryOperation):
        return isinstance(rows.operator, (cst.BitAnd, cst.BitOr)) and _is_condition(work, rows.left)
    called = rows.func if isinstance(rows, cst.Call) else None
    asks = isinstance(called, cst.Attribute) and called.attr.value in _ASKS
    return isinstance(rows, cst.Comparison) or asks


def _index(node: cst.Subscript) -> cst.BaseExpression | None:
    """Return the one index; None for a slice, which counts otherwise in `.loc`, and for several."""
    index = node.slice[0].slice if len(node.slice) == 1 else None
    return index.value if isinstance(index, cst.Index) and not isinstance(index.value, cst.Tuple) else None


def _kept(work: Workfile, statement: cst.Expr, call: cst.Call, column: cst.BaseExpression) -> None:
    """Write `x[c].fillna(0, inplace=True)` as `x[c] = x[c].fillna(0)`."""
    named = isinstance(column, cst.Subscript) and isinstance(column.value, (cst.Name, cst.Attribute))
    inplace = [arg for arg in call.args if arg.keyword is not None and arg.keyword.value == "inplace"]
    if not named or not inplace or work.source.code(inplace[0].value) != "True":
        return
    rest = [arg for arg in call.args if arg is not inplace[0]]
    rest[-1:] = [arg.with_changes(comma=cst.MaybeSentinel.DEFAULT) for arg in rest[-1:]]
    if isinstance(column, cst.Subscript):
        value = parenthesized(call.with_changes(args=rest))
        work.edits.put(statement, cst.Assign([cst.AssignTarget(column.deep_clone())], value))
