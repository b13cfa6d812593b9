"""Unions in the spelling of older Pythons that a linter does not rewrite by itself."""

from __future__ import annotations

from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, Source, parse
from fixers.codemods.spelling import resolve, tidied
from fixers.model import Tier
from fixers.tools.repairs.base import Case, Example, FindingRepair

_MESSAGE = "Use `X | Y` for type annotations"
_TYPES = (cst.Name, cst.Attribute, cst.Subscript)


class UnionCall(FindingRepair):
    """Write `Union[X, Y]` as `X | Y` where it is a value, as in an alias of a type.

    Only of names and what is made of them: a text is no type before it is read.
    """

    NAME = "union-call"
    NUMBER = 30
    TIER = Tier.B
    PRIOR = 0.95
    MESSAGE = "a union is written as older Pythons want it"
    CODES = frozenset({"UP007", "UP045"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("from typing import Union\n\nA = Union['B', int]\n",
                "from typing import Union\n\nA = Union['B', int]\n", "UP007", _MESSAGE, 3, 5),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("from typing import Dict, Union\n\nA = Union[int, Dict[str, int], None]\n",
                "from typing import Dict\n\nA = int | Dict[str, int] | None\n", "UP007", _MESSAGE, 3, 5),
        Example("import typing as t\n\nA = t.Optional[int]\n", "A = int | None\n", "UP045", _MESSAGE, 3, 5),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Mend the unions at the findings' places."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits = Edits(source)
        places = {(finding.line, finding.column) for finding in case.findings}
        for node in source.all(cst.Subscript):
            start = source.place(node).start
            parts = _parts(case, source, node) if (start.line, start.column + 1) in places else []
            if parts:
                edits.put(node, cst.parse_expression(" | ".join(parts)))
        return tidied(case.project, case.path, edits.text()) if edits.changes else case.text


def _parts(case: Case, source: Source, node: cst.Subscript) -> list[str]:
    """Return the members of a union in their order; none where one of them may not be a type."""
    real = resolve(case.project, case.path, node.value)
    if real not in {"typing.Union", "typing.Optional"}:
        return []
    members = [part.slice.value for part in node.slice if isinstance(part.slice, cst.Index)]
    if len(members) != len(node.slice) or not all(isinstance(member, _TYPES) for member in members):
        return []
    if source.within(node, cst.SimpleString):
        return []
    return [*(source.code(member) for member in members), *(["None"] if real.endswith("Optional") else [])]
