"""What tracebacks say: where the exception was raised, and through which calls."""

from __future__ import annotations

from collections.abc import Sequence

from fixers.localize.board import Board, Score
from fixers.model import Failure
from fixers.project import is_repairable


def add_traces(board: Board, failures: Sequence[Failure]) -> None:
    """Lift the statements of the frames of an exception and of what it came from: 1/(1 + calls further out)."""
    best: dict[int, tuple[Score, int]] = {}
    for failure in failures:
        for frames in (failure.frames, *(cause.frames for cause in failure.causes)):
            inner = [f for f in reversed(frames) if f.in_project and is_repairable(f.path)]
            inner = [f for f in inner if f.path in board.project.files]
            for depth, frame in enumerate(inner):
                score = board.holding(frame.path, frame.line)
                if score is not None and depth < best.get(id(score), (score, depth + 1))[1]:
                    best[id(score)] = score, depth
    for score, depth in best.values():
        where = "where the exception was raised" if depth == 0 else f"in the traceback, {depth} calls out"
        score.add("trace", 1 / (1 + depth), where)
