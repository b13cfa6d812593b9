"""What values say: a function gets a kind of value in failing tests that it gets in no passing one."""

from __future__ import annotations

from fixers.localize.board import Board

_AS_ARGUMENT, _AS_LOCAL = 1.0, 0.6


def add_kinds(board: Board) -> None:
    """Lift the functions to which only failing tests bring a kind of value; arguments say more than locals."""
    found: dict[tuple[str, str], tuple[float, str]] = {}
    for kind in board.spectrum.kinds if board.spectrum else ():
        value = _AS_ARGUMENT if kind.at_start else _AS_LOCAL
        place = (kind.path, kind.function)
        if value > found.get(place, (0.0, ""))[0]:
            where = "argument" if kind.at_start else "variable"
            found[place] = value, f"its {where} {kind.name} is `{kind.kind}` only in failing tests"
    for place, scores in board.functions().items():
        if place in found:
            for score in scores:
                score.add("kinds", *found[place])
