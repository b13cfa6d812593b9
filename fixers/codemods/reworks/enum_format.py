"""Enumerations of texts or numbers, which Python 3.11 and later format as their members' names."""

from __future__ import annotations

import re

import libcst as cst

from fixers.codemods.workfile import Workfile

_METHOD = '''def __format__(self, format_spec):
    """Format the value, as Python did before 3.11."""
    return format(self.value, format_spec)
'''
_OWN = frozenset({"__format__", "__str__"})


def formatted(work: Workfile) -> None:
    """Let the enumerations of which the failure shows a member's name and its value be formatted as before."""
    for owner in work.source.all(cst.ClassDef):
        bases = [work.real(base.value) or work.source.code(base.value) for base in owner.bases]
        names = [bases[0], bases[-1]] if len(bases) == 2 else ["", ""]
        if names[0] not in {"str", "int"} or names[1] != "enum.Enum" or not isinstance(owner.body, cst.IndentedBlock):
            continue
        own = {name.value for name in work.source.within(owner.body, cst.Name)}
        if own & _OWN or not _shown(work, owner):
            continue
        method = cst.ensure_type(cst.parse_statement(_METHOD), cst.FunctionDef)
        body = [*owner.body.body, method.with_changes(leading_lines=[cst.EmptyLine(indent=False)])]
        work.edits.put(owner.body, owner.body.with_changes(body=body))


def _shown(work: Workfile, owner: cst.ClassDef) -> bool:
    """Say whether the failure's message has `Name.MEMBER`, or its end where pytest cut what stands before."""
    for assign in work.source.within(owner.body, cst.Assign):
        target = assign.targets[0].target
        if isinstance(target, cst.Name):
            name = f"{owner.name.value}.{target.value}"
            ends = [f"...{name[cut:]}" for cut in range(1, len(name) - 1)]
            if re.search(rf"\b{re.escape(name)}\b", work.said) or any(end in work.said for end in ends):
                return True
    return False
