"""Statements outside functions: no failing test runs them, yet a suspicious function may read what they define."""

from __future__ import annotations

import ast
from collections import defaultdict

from fixers.localize.board import Board, Score
from fixers.localize.syntax import identifiers, statements_of, tree_of
from fixers.project import Project

_USERS = 12


def add_constants(board: Board) -> None:
    """Let module- and class-level statements inherit from the suspicious functions that use what they define."""
    totals = [(score.total(board.weights), score) for score in board.suspected() if score.statement.function]
    best: dict[tuple[str, str], float] = {}
    for total, user in sorted(totals, key=lambda pair: -pair[0])[:_USERS]:
        key = (user.statement.path, user.statement.function)
        best[key] = max(best.get(key, 0.0), total)
    uses: dict[tuple[str, str], float] = defaultdict(float)
    for (path, function), value in best.items():
        for name in _names_used(board, path, function):
            uses[path, name] = max(uses[path, name], value)
    definitions = {path: _definitions(board.project, path) for path in {p for p, _ in best}}
    for (path, line), score in board.scores.items():
        _inherit(board, score, definitions.get(path, {}).get(line, set()), uses, path in definitions)


def _inherit(board: Board, score: Score, names: set[str], uses: dict[tuple[str, str], float], known: bool) -> None:
    statement = score.statement
    if not statement.at_import or statement.failed:
        return
    reason = "defines a name that a suspicious function reads"
    if statement.function and not statement.passed and known:
        names = _names_used(board, statement.path, statement.function)
        reason = "runs only at import, and uses a name that a suspicious function reads"
    values = [uses.get((statement.path, name), 0.0) for name in names]
    if any(values):
        score.add("constant", max(values), reason)


def _names_used(board: Board, path: str, function: str) -> set[str]:
    node = board.node(path, function)
    return identifiers(node) | {node.name} if node is not None else set()


def _definitions(project: Project, path: str) -> dict[int, set[str]]:
    """Map the line of each module- or class-level statement to the names it defines."""
    found: dict[int, set[str]] = {}
    for node, _ in statements_of(tree_of(project, path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found[node.lineno] = {node.name}  # its defaults and decorators run at import
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
            found.setdefault(node.lineno, names)
    return found
