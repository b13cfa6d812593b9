"""What a sum or a collection begins with."""

from __future__ import annotations

import libcst as cst


def neutral(statement: cst.AugAssign) -> str:
    """Return the neutral value of what is added, as far as its text tells."""
    value = statement.value
    if isinstance(value, (cst.SimpleString, cst.FormattedString)):
        return '""'
    if isinstance(value, (cst.List, cst.ListComp)):
        return "[]"
    if isinstance(statement.operator, cst.BitOrAssign):
        return "set()" if isinstance(value, (cst.Set, cst.SetComp)) else ""
    return "0"
