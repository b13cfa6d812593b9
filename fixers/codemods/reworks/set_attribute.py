"""Setters that became assignments: `thread.setDaemon(True)`, `array.itemset(0, 1)`, `frame.set_value(1, "a", 2)`."""

from __future__ import annotations

import re

import libcst as cst

from fixers.codemods.workfile import Workfile

_SAID = re.compile(r"\b(?P<old>\w+)\(\) is deprecated, set the (?P<new>\w+) attribute instead")
_ATTRIBUTES = {"setDaemon": "daemon", "setName": "name"}


def set_attributes(work: Workfile) -> None:
    """Assign in every statement of the file that calls such a setter; a setter within an expression is left."""
    said = _SAID.search(work.said)
    attributes = {**_ATTRIBUTES, **({said["old"]: said["new"]} if said else {})}
    for line in work.source.all(cst.Expr):
        call = line.value
        if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute):
            continue
        if any(arg.keyword is not None or arg.star for arg in call.args):
            continue
        name, owner = call.func.attr.value, work.source.code(call.func.value)
        if name not in work.said and not (said is None and name in attributes and "Thread" in work.said):
            continue
        target = _target(name, owner, [work.source.code(arg.value) for arg in call.args[:-1]], attributes)
        if target and call.args:
            work.edits.put(line, _assignment(target, work.source.code(call.args[-1].value)))


def _target(name: str, owner: str, places: list[str], attributes: dict[str, str]) -> str:
    if name in attributes and not places:
        return f"{owner}.{attributes[name]}"
    if name == "itemset" and places:
        return f"{owner}[{', '.join(places)}]"
    if name == "set_value" and len(places) == 2:
        return f"{owner}.at[{', '.join(places)}]"
    return ""


def _assignment(target: str, value: str) -> cst.BaseSmallStatement:
    statement = cst.ensure_type(cst.parse_statement(f"{target} = {value}"), cst.SimpleStatementLine)
    return statement.body[0]
