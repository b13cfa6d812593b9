"""Imports that wait: when their names are used, and where they can stand instead."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

import libcst as cst

from fixers.codemods.imports import Import, add_import
from fixers.codemods.source import Edits
from fixers.project import Project


@dataclass(frozen=True, slots=True)
class Uses:
    """When the names of an import are used."""

    at_import: bool
    hints: bool
    functions: tuple[int, ...]
    """Lines of the outermost functions that use a name when they run."""


def uses_of(tree: ast.Module, names: set[str]) -> Uses:
    """Tell uses while the module is imported from those in annotations and in functions that run later."""
    functions: dict[int, None] = {}
    at_import = hints = False

    def walk(node: ast.AST, function: int, *, hint: bool) -> None:
        nonlocal at_import, hints
        if isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load):
            if hint:
                hints = True
            elif function:
                functions[function] = None
            else:
                at_import = True
        for name, child in ast.iter_fields(node):
            for item in child if isinstance(child, list) else [child]:
                if not isinstance(item, ast.AST):
                    continue
                is_hint = hint or name in {"annotation", "returns"}
                inside = function
                if name == "body" and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                    inside = function or (0 if isinstance(node, ast.Lambda) else node.lineno)
                walk(item, inside, hint=is_hint)

    walk(tree, 0, hint=False)
    return Uses(at_import, hints, tuple(functions))


def into_functions(edits: Edits, line: cst.SimpleStatementLine, lines: tuple[int, ...]) -> None:
    """Import at the head of the functions on these lines."""
    source = edits.source
    moved = line.with_changes(leading_lines=[], trailing_whitespace=cst.TrailingWhitespace())
    for number in lines:
        found = [f for f in source.all(cst.FunctionDef) if source.place(f.name).start.line == number]
        for function in found:
            body = function.body
            if isinstance(body, cst.IndentedBlock):
                first = int(_is_docstring(body.body[0]))
                rest = list(body.body[first:])
                if rest and isinstance(rest[0], (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
                    edits.change(body, cst.IndentedBlock, _with_import(moved, first))


def taken_away(edits: Edits, line: cst.SimpleStatementLine) -> None:
    """Take an import away from the head of its module."""
    edits.put(line, cst.RemoveFromParent())
    edits.change(edits.source.module, cst.Module, _tidied)


def under_type_checking(edits: Edits, project: Project, path: str, line: cst.SimpleStatementLine) -> None:
    """Import for type checkers only, and leave annotations unevaluated."""
    moved = line.with_changes(leading_lines=[])
    guarded = cst.If(cst.Name("TYPE_CHECKING"), cst.IndentedBlock([moved]), leading_lines=[cst.EmptyLine(indent=False)])
    edits.change(edits.source.module, cst.Module, lambda module: _after_imports(module, guarded))
    add_import(edits, project, path, Import("typing", "TYPE_CHECKING"))
    if "from __future__ import annotations" not in edits.source.text:
        add_import(edits, project, path, Import("__future__", "annotations"))


def _with_import(moved: cst.SimpleStatementLine, first: int) -> Callable[[cst.IndentedBlock], cst.IndentedBlock]:
    def change(block: cst.IndentedBlock) -> cst.IndentedBlock:
        following = block.body[first]
        gap = cst.EmptyLine(indent=False)
        if isinstance(following, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
            following = following.with_changes(leading_lines=[gap, *following.leading_lines])
        return block.with_changes(body=[*block.body[:first], moved, following, *block.body[first + 1 :]])

    return change


def _after_imports(module: cst.Module, block: cst.If) -> cst.Module:
    body = list(module.body)
    last = max((n for n, item in enumerate(body) if _is_import(item)), default=int(_is_docstring(body[0])) - 1)
    body.insert(last + 1, block)
    return module.with_changes(body=body)


def _tidied(module: cst.Module) -> cst.Module:
    """Take away blank lines that a module would begin with."""
    if not module.body or module.header:
        return module
    first = module.body[0]
    if isinstance(first, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
        kept = list(first.leading_lines)
        while kept and kept[0].comment is None:
            kept.pop(0)
        return module.with_changes(body=[first.with_changes(leading_lines=kept), *module.body[1:]])
    return module


def _is_import(item: cst.CSTNode) -> bool:
    return isinstance(item, cst.SimpleStatementLine) and isinstance(item.body[0], (cst.Import, cst.ImportFrom))


def _is_docstring(item: cst.CSTNode) -> bool:
    expression = item.body[0] if isinstance(item, cst.SimpleStatementLine) else None
    return isinstance(expression, cst.Expr) and isinstance(expression.value, (cst.SimpleString, cst.ConcatenatedString))
