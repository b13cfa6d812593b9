"""Variables of a loop that a function made within it reads when the loop is over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, Source, parse
from fixers.tools.repairs.base import Case, Example, FindingRepair

_MESSAGE = re.compile(r"does not bind loop variable [`'](?P<name>\w+)[`']")


class LateBoundVariable(FindingRepair):
    """Give a lambda the variable as it is now, by a default: `lambda entry=entry: ...`.

    Only a lambda without variable parameters, which could take the new one for something that it is passed.
    """

    NAME = "late-bound-variable"
    NUMBER = 1
    PRIOR = 0.93
    MESSAGE = "a function made in a loop reads the loop's variable only when it is called"
    CODES = frozenset({"B023"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("for x in xs:\n    f(lambda *a: g(x, a))\n", "for x in xs:\n    f(lambda *a: g(x, a))\n", "B023",
                "Function definition does not bind loop variable `x`", 2, 20),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("for x in xs:\n    f(lambda: g(x))\n", "for x in xs:\n    f(lambda x=x: g(x))\n", "B023",
                "Function definition does not bind loop variable `x`", 2, 17),
        Example("for x in xs:\n    f(lambda a: g(x, a))\n", "for x in xs:\n    f(lambda a, x=x: g(x, a))\n", "B023",
                "Function definition does not bind loop variable `x`", 2, 19),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Bind each variable in the lambda around the place that a finding names."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits = Edits(source)
        bound: dict[cst.Lambda, list[str]] = {}
        for finding in case.findings:
            named = _MESSAGE.search(finding.message)
            around = _lambda(source, finding.line, finding.column - 1) if named else None
            if around is not None and named and named["name"] not in bound.setdefault(around, []):
                bound[around].append(named["name"])
        for made, names in bound.items():
            edits.put(made.params, made.params.with_changes(params=[*_open(made.params.params), *map(_default, names)]))
        return edits.text()


def _lambda(source: Source, line: int, column: int) -> cst.Lambda | None:
    names = [n for n in source.all(cst.Name) if source.line(n) == line and source.place(n).start.column == column]
    made = source.up(names[0], cst.Lambda) if len(names) == 1 else None
    if made is None:
        return None
    params = made.params
    variable = isinstance(params.star_arg, cst.Param) or params.star_kwarg is not None or params.kwonly_params
    return None if variable or params.posonly_params else made


def _open(params: Sequence[cst.Param]) -> list[cst.Param]:
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return [param.with_changes(comma=comma) for param in params]


def _default(name: str) -> cst.Param:
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    return cst.Param(cst.Name(name), default=cst.Name(name), equal=tight)
