"""`inspect.getargspec`, whose four fields `getfullargspec` has among seven, one of them under another name."""

from __future__ import annotations

import libcst as cst

from fixers.codemods.workfile import Workfile

_FIELDS = 4


def full_specs(work: Workfile) -> None:
    """Ask for the full specification and read what was read before.

    Unpacked into four names it is cut to four; `.keywords` is `.varkw`, of the call and of a name that holds it.
    """
    new = work.spelled("inspect.getfullargspec")
    if new is None:
        return
    holders: set[str] = set()
    for call in work.source.all(cst.Call):
        if work.real(call.func) != "inspect.getargspec":
            continue
        code = f"{new}({', '.join(work.source.code(arg).rstrip(', ') for arg in call.args)})"
        parent = work.source.parents[call]
        if isinstance(parent, cst.Assign):
            target = parent.targets[0].target
            if isinstance(target, cst.Tuple) and len(target.elements) == _FIELDS:
                code += f"[:{_FIELDS}]"
            elif isinstance(target, cst.Name):
                holders.add(target.value)
        if isinstance(parent, cst.Attribute) and parent.attr.value == "keywords":
            work.edits.put(parent.attr, cst.Name("varkw"))
        work.edits.put(call, cst.parse_expression(code))
    for node in work.source.all(cst.Attribute):
        if isinstance(node.value, cst.Name) and node.value.value in holders and node.attr.value == "keywords":
            work.edits.put(node.attr, cst.Name("varkw"))
