"""What a Starlette application does when it starts and ends, which 1.0 takes as one context manager only."""

from __future__ import annotations

import ast

import libcst as cst

from fixers.codemods.symbols import definitions
from fixers.codemods.workfile import Workfile

_APPS = frozenset({"starlette.applications.Starlette", "fastapi.FastAPI", "fastapi.applications.FastAPI"})
_NAME = "lifespan"
_WHEN = ("on_startup", "on_shutdown")


def one_lifespan(work: Workfile) -> None:
    """Write the context manager before the application that lists functions of its file to call."""
    calls = [call for call in work.source.all(cst.Call) if work.real(call.func) in _APPS and _listed(call)]
    words = {name.value for name in work.source.all(cst.Name)}
    steps = [_steps(work, _listed(call).get(when)) for call in calls[:1] for when in _WHEN]
    statement = work.source.up(calls[0], cst.SimpleStatementLine) if len(calls) == 1 else None
    if statement is None or _NAME in words or any(step is None for step in steps):
        return
    decorator = work.spelled("contextlib.asynccontextmanager")
    if decorator is None:
        return
    before, after = (step or [] for step in steps)
    lines = "".join(f"    {line}\n" for line in (*before, "yield", *after))
    written = cst.ensure_type(cst.parse_statement(f"@{decorator}\nasync def {_NAME}(app):\n{lines}"), cst.FunctionDef)
    top = work.source.parents[statement] is work.source.module
    gap = [cst.EmptyLine(indent=False)] * (2 if top else 1)
    work.edits.change(
        statement,
        cst.SimpleStatementLine,
        lambda node: cst.FlattenSentinel([written.with_changes(leading_lines=gap), _apart(node, gap)]),
    )
    work.edits.change(calls[0], cst.Call, _with_lifespan)


def _listed(call: cst.Call) -> dict[str, cst.BaseExpression]:
    return {arg.keyword.value: arg.value for arg in call.args if arg.keyword is not None and arg.keyword.value in _WHEN}


def _steps(work: Workfile, listed: cst.BaseExpression | None) -> list[str] | None:
    """Return the calls of listed functions, awaited where they are coroutines; None where one is not of the file."""
    if listed is None:
        return []
    known = definitions(work.project.tree(work.path))
    elements = listed.elements if isinstance(listed, (cst.List, cst.Tuple)) else [None]
    names = [e.value.value if e is not None and isinstance(e.value, cst.Name) else "" for e in elements]
    found = [known.get(name) for name in names]
    if not all(isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) for node in found):
        return None
    awaited = [isinstance(node, ast.AsyncFunctionDef) for node in found]
    return [f"{'await ' if wait else ''}{name}()" for name, wait in zip(names, awaited, strict=True)]


def _apart(node: cst.SimpleStatementLine, gap: list[cst.EmptyLine]) -> cst.SimpleStatementLine:
    return node.with_changes(leading_lines=[*gap, *(line for line in node.leading_lines if line.comment is not None)])


def _with_lifespan(call: cst.Call) -> cst.Call:
    kept = [arg for arg in call.args if arg.keyword is None or arg.keyword.value not in _WHEN]
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    new = cst.Arg(cst.Name(_NAME), keyword=cst.Name(_NAME), equal=equal, comma=call.args[-1].comma)
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    spaced = [arg if isinstance(arg.comma, cst.Comma) else arg.with_changes(comma=comma) for arg in kept]
    return call.with_changes(args=[*spaced, new])
