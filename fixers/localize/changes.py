"""What history says: the lines of the failing push, and how long ago the others were last changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from fixers.localize.board import Board
from fixers.localize.syntax import called_names

_RECENT = 20
"""Commits; what is older says nothing."""


def add_push(board: Board, changed: Mapping[str, Collection[int]]) -> None:
    """Lift what the push changed: its lines in full, the rest of a function half, functions that call one a quarter.

    A function that only stands near the fault by this evidence is not lifted: it must have run in a failing test.
    """
    if not changed:
        return
    touched = {
        (path, score.statement.function)
        for (path, _), score in board.scores.items()
        if _changes(changed.get(path, ()), score.statement.line, score.statement.end_line)
    }
    names = {function.rpartition(".")[2] for _, function in touched if function}
    callers = _callers(board, names)
    for (path, _), score in board.scores.items():
        place = (path, score.statement.function)
        if _changes(changed.get(path, ()), score.statement.line, score.statement.end_line):
            score.add("push", 1.0, "changed by this push")
        elif score.statement.function and score.parts:
            if place in touched:
                score.add("push", 0.5, "in a function that this push changed")
            elif place in callers:
                score.add("push", 0.25, "calls a function that this push changed")


def add_recency(board: Board, ages: Mapping[str, int]) -> None:
    """Lift what stands in files changed lately; `ages` says how many commits ago, the newest being 0."""
    for (path, _), score in board.scores.items():
        age = ages.get(path, _RECENT)
        if score.parts and age < _RECENT:
            when = "the last commit" if age == 0 else f"a commit {age} before the last"
            score.add("recency", 1 / (1 + age), f"in a file changed by {when}")


def _changes(lines: Collection[int], first: int, last: int) -> bool:
    return any(first <= line <= last for line in lines)


def _callers(board: Board, names: Collection[str]) -> set[tuple[str, str]]:
    """Return the suspected functions whose code calls one of these names."""
    found = set()
    for path, function in board.functions() if names else ():
        node = board.node(path, function)
        if node is not None and called_names(node) & set(names):
            found.add((path, function))
    return found
