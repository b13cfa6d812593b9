"""What a person named: a file, a function, a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fixers.localize.board import Board, Score


@dataclass(frozen=True, slots=True)
class Hint:
    """A place that a person named."""

    path: str
    """Empty when only a function was named."""
    function: str
    """Its name, with or without its class; empty when only a file was named."""
    line: int
    """0 when none was named."""
    reason: str
    """Who named it and how, for a reader."""
    test: str = ""
    """A test, a test class or a test file that was named instead of a place; empty otherwise."""

    def names(self, test_id: str) -> bool:
        """Say whether the hint names this test: by its id, its end after `::`, or its file, parameters left out."""
        base = test_id.partition("[")[0]
        path, *inner = base.split("::")
        said_path, *said_inner = self.test.partition("[")[0].split("::")
        if "." in said_path:
            return (path == said_path or path.endswith(f"/{said_path}")) and inner[: len(said_inner)] == said_inner
        words = [said_path, *said_inner]
        return any(inner[n : n + len(words)] == words for n in range(len(inner)))


def add_hints(board: Board, hints: Sequence[Hint]) -> None:
    """Lift what was named and ran in a failing test; what no failing test ran cannot be its fault.

    A line counts in full, its function and a named function nearly so, the rest of a named file half, and what
    a named test ran as much.
    """
    ran = {hint: _ran_by(hint, board) for hint in hints if hint.test}
    for score in [s for s in board.scores.values() if s.parts]:
        said = [(value, hint.reason) for hint in hints if (value := _fits(score, hint, board, ran))]
        if said:
            score.add("hint", *max(said, key=lambda pair: pair[0]))


def _ran_by(hint: Hint, board: Board) -> frozenset[tuple[str, str]]:
    """Return path and function of all that the named tests ran."""
    reached = board.spectrum.reached if board.spectrum is not None else {}
    return frozenset().union(*(places for test, places in reached.items() if hint.names(test)))


def _fits(score: Score, hint: Hint, board: Board, ran: Mapping[Hint, frozenset[tuple[str, str]]]) -> float:
    statement = score.statement
    if hint.test:
        return 0.5 if (statement.path, statement.function) in ran[hint] else 0.0
    if hint.path and statement.path != hint.path:
        return 0.0
    if hint.function:
        named = f".{statement.function}".endswith(f".{hint.function}")
        return 0.9 if named else 0.0
    if not hint.line:
        return 0.5
    if statement.line <= hint.line <= statement.end_line:
        return 1.0
    node = board.node(statement.path, statement.function) if statement.function else None
    inside = node is not None and node.lineno <= hint.line <= (node.end_lineno or node.lineno)
    return 0.8 if inside else 0.0
