"""Annotations that leave out the None that stands beside them."""

from __future__ import annotations

import re
from typing import ClassVar

import libcst as cst

from fixers.codemods.imports import Import, add_import
from fixers.codemods.source import Edits, Source, parse
from fixers.evidence import Finding
from fixers.tools.repairs.base import Case, Example, FindingRepair
from fixers.tools.repairs.unions import is_optional_imported, optional, united, writes_unions

_ARGUMENT = re.compile(
    r'^Incompatible default for (?:argument|parameter) "(?P<name>\w+)" \(default has type "None"'
    r'|^Expression of type "None" cannot be assigned to parameter of type'
)
_VARIABLE = re.compile(
    r'^Incompatible types in assignment \(expression has type "None", variable has type'
    r'|^Type "None" is not assignable to declared type'
)


class ImplicitOptional(FindingRepair):
    """Say `| None` of a parameter or variable whose written default is None.

    Written as the file writes it: `Optional[X]` where it imports that, `X | None` where
    the project writes unions so, because the oldest Python that must import the file is
    not known here.
    """

    NAME = "implicit-optional"
    NUMBER = 30
    PRIOR = 0.98
    MESSAGE = "a default is None, and the annotation does not say so"
    CODES = frozenset({"assignment", "reportArgumentType", "reportAssignmentType", "RUF013"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(a: int = 0) -> int:\n    a = None\n    return a\n",
                "def f(a: int = 0) -> int:\n    a = None\n    return a\n", "assignment",
                'Incompatible types in assignment (expression has type "None", variable has type "int")', 2, column=5),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(a: int = None) -> bool:\n    return a is None\n",
                "from typing import Optional\n\n\ndef f(a: Optional[int] = None) -> bool:\n    return a is None\n",
                "assignment",
                'Incompatible default for argument "a" (default has type "None", argument has type "int")', 1, 16),
        Example("def f(a: int = None, b: str | None = None): ...\n",
                "def f(a: int | None = None, b: str | None = None): ...\n", "assignment",
                'Incompatible default for argument "a" (default has type "None", argument has type "int")', 1, 16),
        Example("class A:\n    def g(\n        self,\n        a: 'A' = None,\n        b: list | None = None,\n"
                "    ): ...\n",
                "class A:\n    def g(\n        self,\n        a: 'A | None' = None,\n        b: list | None = None,\n"
                "    ): ...\n", "assignment",
                'Incompatible default for argument "a" (default has type "None", argument has type "A")', 4, 18),
        Example("from typing import Optional\n\nLIMIT: int = None\nOTHER: Optional[str] = None\n",
                "from typing import Optional\n\nLIMIT: Optional[int] = None\nOTHER: Optional[str] = None\n",
                "assignment",
                'Incompatible types in assignment (expression has type "None", variable has type "int")', 3, 14),
        Example("from typing import Optional\n\n\ndef f(a: int = None): ...\n",
                "from typing import Optional\n\n\ndef f(a: Optional[int] = None): ...\n", "RUF013",
                "PEP 484 prohibits implicit `Optional`", 4, 10),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Widen every annotation that a finding is about."""
        return _widened(case, as_union=not is_optional_imported(case) and writes_unions(case))

    def otherwise(self, case: Case) -> str:
        """Write `X | None`: a linter that wants this knows the oldest Python of the project."""
        return _widened(case, as_union=True)


def _widened(case: Case, *, as_union: bool) -> str:
    source = parse(case.text)
    if source is None:
        return case.text
    edits, wide = Edits(source), is_optional_imported(case)
    changed = False
    for annotation in dict.fromkeys(_annotations(source, case)):
        new = united(annotation.annotation) if as_union else optional(annotation.annotation)
        if new is not None:
            edits.put(annotation, annotation.with_changes(annotation=new))
            changed = True
    if changed and not as_union and not wide:
        edits = add_import(edits, case.project, case.path, Import("typing", "Optional"))
    return edits.text()


def _annotations(source: Source, case: Case) -> list[cst.Annotation]:
    found = []
    for finding in case.findings:
        if finding.code == "RUF013":
            found += [
                p.annotation
                for p in source.all(cst.Param)
                if p.annotation is not None and _is_none(p.default) and _on(source, p.annotation, finding)
            ]
        elif _ARGUMENT.match(finding.message):
            found += [
                p.annotation
                for p in source.all(cst.Param)
                if p.annotation is not None and _is_none(p.default) and _at(source, p, finding.line, finding.column)
            ]
        elif _VARIABLE.match(finding.message):
            found += [
                node.annotation
                for node in source.all(cst.AnnAssign)
                if source.line(node) == finding.line and _is_none(node.value)
            ]
    return found


def _on(source: Source, annotation: cst.Annotation, finding: Finding) -> bool:
    start = source.place(annotation.annotation).start
    return (start.line, start.column + 1) == (finding.line, finding.column)


def _at(source: Source, parameter: cst.Param, line: int, column: int) -> bool:
    """Say whether a finding stands at a parameter's default; without a column any of the line is meant."""
    if parameter.default is None:
        return False
    start = source.place(parameter.default).start
    return start.line == line and column in {0, start.column + 1}


def _is_none(node: cst.BaseExpression | None) -> bool:
    return isinstance(node, cst.Name) and node.value == "None"
