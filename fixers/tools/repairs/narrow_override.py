"""Overrides that take less than what they override."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, Source, parse
from fixers.codemods.symbols import classes, definitions, imports, methods, tree_of
from fixers.model import Tier
from fixers.tools.repairs.base import Case, Example, FindingRepair

_MESSAGE = re.compile(r'^Signature of "(?P<name>\w+)" incompatible with supertype "(?P<owner>[\w.]+)"')
_BASE = (
    "class Base:\n    def show(self, rows: list[str], *, head: bool = True) -> str: ...\n\n"
    "    def put(self, a: int, b: int = 0) -> None: ...\n\n\n"
)


class NarrowOverride(FindingRepair):
    """Let an override take the parameters with defaults that it lacks, as the method that it overrides has them.

    Whoever calls it as before gets what it gave before. A parameter without a default is another design.
    """

    NAME = "narrow-override"
    NUMBER = 30
    TIER = Tier.B
    PRIOR = 0.9
    MESSAGE = "an override takes fewer parameters than what it overrides"
    CODES = frozenset({"override"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example(_BASE + "class C(Base):\n    def put(self) -> None: ...\n",
                _BASE + "class C(Base):\n    def put(self) -> None: ...\n", "override",
                'Signature of "put" incompatible with supertype "Base"', 8, 5),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(_BASE + "class C(Base):\n    def show(self, rows: list[str]) -> str: ...\n",
                _BASE + "class C(Base):\n    def show(self, rows: list[str], *, head: bool = True) -> str: ...\n",
                "override", 'Signature of "show" incompatible with supertype "pkg.mod.Base"', 8, 5),
        Example(_BASE + "class C(Base):\n    def put(self, a: int) -> None: ...\n",
                _BASE + "class C(Base):\n    def put(self, a: int, b: int = 0) -> None: ...\n",
                "override", 'Signature of "put" incompatible with supertype "Base"', 8, 5),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Mend the overrides on the findings' lines."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits = Edits(source)
        for finding in case.findings:
            found = _MESSAGE.match(finding.message)
            for function in source.all(cst.FunctionDef) if found is not None else ():
                if found is not None and source.line(function.name) == finding.line:
                    base = _base(case, found["owner"], found["name"])
                    params = _widened(case, source, function, base) if base is not None else None
                    if params is not None:
                        edits.put(function.params, params)
        return edits.text()


def _base(case: Case, owner: str, name: str) -> ast.arguments | None:
    found = classes(case.project, owner.rpartition(".")[2])
    if len(found) != 1:
        return None
    return next((method.args for method in methods(found[0][1]) if method.name == name), None)


def _widened(case: Case, source: Source, function: cst.FunctionDef, base: ast.arguments) -> cst.Parameters | None:
    """Return the parameters with those of the base that are lacking; None where one of them is not to be had here."""
    own = function.params
    if isinstance(own.star_arg, cst.Param) or own.star_kwarg or own.posonly_params or base.posonlyargs:
        return None
    names = [param.name.value for param in (*own.params, *own.kwonly_params)]
    known = _known(case)
    first = list(_lacking(base.args, [None] * (len(base.args) - len(base.defaults)) + base.defaults, names))
    last = list(_lacking(base.kwonlyargs, base.kw_defaults, names))
    every = [*first, *last]
    if not every or any(default is None for _, default in every) or (first and own.kwonly_params):
        return None
    if not all(_names(part) <= known for pair in every for part in pair if part is not None):
        return None
    text = source.code(own).strip().rstrip(",")
    star = [] if own.kwonly_params or not last else ["*"]
    more = ", ".join([*map(_written, first), *star, *map(_written, last)])
    made = cst.parse_statement(f"def f({text}, {more}): ...")
    return made.params if isinstance(made, cst.FunctionDef) else None


def _lacking(
    args: list[ast.arg], defaults: list[ast.expr | None], names: list[str]
) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    yield from ((arg, default) for arg, default in zip(args, defaults, strict=True) if arg.arg not in names)


def _written(pair: tuple[ast.arg, ast.expr | None]) -> str:
    arg, default = pair
    value = ast.unparse(default) if default is not None else ""
    annotation = f": {ast.unparse(arg.annotation)} = " if arg.annotation is not None else "="
    return f"{arg.arg}{annotation}{value}"


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _known(case: Case) -> set[str]:
    tree = tree_of(case.project, case.path)
    own = definitions(tree) if tree is not None else {}
    return {*own, *imports(case.project, case.path), *dir(builtins)}
