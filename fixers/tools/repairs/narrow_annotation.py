"""Annotations of results and variables that leave out what the code itself puts there."""

from __future__ import annotations

import builtins
import re
from typing import ClassVar

import libcst as cst

from fixers.codemods.imports import Import, add_import
from fixers.codemods.source import Edits, Source, parse
from fixers.evidence import Finding
from fixers.model import Tier
from fixers.tools.repairs.base import Case, Example, FindingRepair
from fixers.tools.repairs.unions import is_optional_imported, optional, united, writes_unions

_RETURNED = re.compile(r'^Incompatible return value type \(got "(?P<have>.+)", expected "(?P<want>.+)"\)')
_ASSIGNED = re.compile(
    r'^Incompatible types in assignment \(expression has type "(?P<have>.+)", variable has type "(?P<want>.+)"\)'
)
_WIDER = {("float", "int"), ("complex", "int"), ("complex", "float")}


class NarrowAnnotation(FindingRepair):
    """Say `| None`, or `float` for `int`, of a result or a variable that plainly is that at times.

    Nothing that runs is changed. It is believed only when the type checker then finds that every use copes with it.
    """

    NAME = "narrow-annotation"
    NUMBER = 30
    TIER = Tier.B
    PRIOR = 0.75
    MESSAGE = "an annotation leaves out a type that the value has"
    CODES = frozenset({"return-value", "assignment"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(x: int) -> str:\n    return x\n", "def f(x: int) -> str:\n    return x\n", "return-value",
                'Incompatible return value type (got "int", expected "str")', 2, 12),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(d: dict[str, int | None], k: str) -> int:\n    return d.get(k)\n",
                "def f(d: dict[str, int | None], k: str) -> int | None:\n    return d.get(k)\n", "return-value",
                'Incompatible return value type (got "int | None", expected "int")', 2, 12),
        Example("def f(x: float) -> int:\n    return x * 1.5\n", "def f(x: float) -> float:\n    return x * 1.5\n",
                "return-value", 'Incompatible return value type (got "float", expected "int")', 2, 12),
        Example("def f(d: dict[str, str]) -> None:\n    name: str = d.get('a')\n    print(name)\n",
                "from typing import Optional\n\n\n"
                "def f(d: dict[str, str]) -> None:\n    name: Optional[str] = d.get('a')\n    print(name)\n",
                "assignment",
                'Incompatible types in assignment (expression has type "str | None", variable has type "str")', 2, 17),
        Example("X: int | None\n\n\nclass A:\n    def __init__(self) -> None:\n        self.x = None\n\n"
                "    def g(self) -> None:\n        self.x = 'a'\n",
                "X: int | None\n\n\nclass A:\n    def __init__(self) -> None:\n        self.x: str | None = None\n\n"
                "    def g(self) -> None:\n        self.x = 'a'\n", "assignment",
                'Incompatible types in assignment (expression has type "str", variable has type "None")', 9, 18),
        Example("def f(xs: list[float]) -> float:\n    total = 0\n    for x in xs:\n        total += x\n"
                "    return total\n",
                "def f(xs: list[float]) -> float:\n    total: float = 0\n    for x in xs:\n        total += x\n"
                "    return total\n", "assignment",
                'Incompatible types in assignment (expression has type "float", variable has type "int")', 4, 9),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Leave it to the choice among rivals: whether every use copes with it the tool says."""
        return case.text

    def rivals(self, case: Case) -> tuple[str, ...]:
        """Return the text with the one annotation widened."""
        source, finding = parse(case.text), case.findings[0]
        named = (_RETURNED if finding.code == "return-value" else _ASSIGNED).match(finding.message)
        if source is None or named is None:
            return ()
        have, want = named["have"], named["want"]
        if want == "None":
            return _from_none(source, finding, have, case)
        missing_none = have in {f"{want} | None", f"Optional[{want}]", "None"} or have == f"None | {want}"
        if not missing_none and (have, want) not in _WIDER:
            return ()
        edits = Edits(source)
        new = None if missing_none else have
        widened = (
            _result(source, finding, edits, case, new)
            if finding.code == "return-value"
            else _variable(source, finding, edits, case, new)
        )
        return (edits.text(),) if widened else ()


def _result(source: Source, finding: Finding, edits: Edits, case: Case, new: str | None) -> bool:
    returned = [line for line in source.all(cst.Return) if source.line(line) <= finding.line]
    at = [line for line in returned if source.place(line).end.line >= finding.line]
    function = source.up(at[-1], cst.FunctionDef) if at else None
    if function is None or function.returns is None or function.decorators:
        return False
    return _widen(source, function.returns, edits, case, new)


def _variable(source: Source, finding: Finding, edits: Edits, case: Case, new: str | None) -> bool:
    """Widen where the variable is declared in the same function: its annotation, or the first value it is given."""
    scope = source.enclosing(finding.line, cst.FunctionDef) or source.module
    name = _target(source, finding)
    for line in source.within(scope, cst.AnnAssign):
        if source.code(line.target) == name and source.line(line) <= finding.line:
            return _widen(source, line.annotation, edits, case, new)
    for first in source.within(scope, cst.Assign):
        if source.code(first.targets[0].target) != name or len(first.targets) > 1 or "." in name:
            continue
        if new is None or source.line(first) >= finding.line:
            return False
        annotated = cst.AnnAssign(first.targets[0].target, cst.Annotation(cst.parse_expression(new)), first.value)
        edits.put(first, annotated)
        return True
    return False


def _from_none(source: Source, finding: Finding, have: str, case: Case) -> tuple[str, ...]:
    """Return the text in which an attribute that begins as None says what it holds later."""
    owner, name = source.enclosing(finding.line, cst.ClassDef), _target(source, finding)
    first = next(
        (line for line in source.within(owner, cst.Assign) if source.code(line.targets[0].target) == name), None
    )
    known = {node.value for node in source.all(cst.Name)} | set(dir(builtins))
    plain = re.fullmatch(r"[\w\[\], |]+", have) and set(re.findall(r"[^\W\d]\w*", have)) <= known
    if first is None or not name.startswith("self.") or source.code(first.value) != "None" or not plain:
        return ()
    edits = Edits(source)
    as_union = not is_optional_imported(case) and writes_unions(case)
    annotation = f"{have} | None" if as_union else f"Optional[{have}]"
    if not as_union and not is_optional_imported(case):
        add_import(edits, case.project, case.path, Import("typing", "Optional"))
    written = cst.Annotation(cst.parse_expression(annotation))
    return (edits.put(first, cst.AnnAssign(first.targets[0].target, written, first.value)).text(),)


def _target(source: Source, finding: Finding) -> str:
    declared = source.at(finding.line, cst.AnnAssign)
    stepped = source.at(finding.line, cst.AugAssign)
    if declared or stepped:
        return source.code(declared[0].target if declared else stepped[0].target)
    assigned = source.at(finding.line, cst.Assign)
    return source.code(assigned[0].targets[0].target) if assigned else ""


def _widen(source: Source, annotation: cst.Annotation, edits: Edits, case: Case, new: str | None) -> bool:
    written = annotation.annotation
    if new is not None:
        if source.code(written) not in {"int", "float"}:
            return False
        edits.put(annotation, annotation.with_changes(annotation=cst.parse_expression(new)))
        return True
    if isinstance(written, cst.Name) and written.value == "None":
        return False
    as_union = not is_optional_imported(case) and writes_unions(case)
    wide = united(written) if as_union else optional(written)
    if wide is None:
        return False
    edits.put(annotation, annotation.with_changes(annotation=wide))
    if not as_union and not is_optional_imported(case):
        add_import(edits, case.project, case.path, Import("typing", "Optional"))
    return True
