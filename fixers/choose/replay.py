"""Ask the server for the behaviour of every candidate on recorded and invented calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fixers.hunt import Hunt, Plausible
from fixers.runner.servers import Server, ServerGone, first_line

OBSERVED = 6
"""Functions whose calls are recorded at most."""
CALLS = 80
MUTANTS = 700
REPLAYS = 60_000
"""Calls made again in all: with many candidates, on fewer mutants each."""
LEAST_MUTANTS = 200
TESTS = 150
TEST_SECONDS = 5.0
"""Processor time that a test may take while its calls are recorded."""
SECONDS, WALL = 30.0, 90.0
"""Real time that comparing takes, about; and the most it may take: of one group of calls nobody knows."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What replaying showed: one behaviour per variant, and the calls that tell them apart."""

    calls: int = 0
    behaviours: tuple[str, ...] = ()
    """Of the code before, then of each variant; empty when nothing was replayed."""
    rows: tuple[dict[str, Any], ...] = ()
    raising: tuple[int, ...] = ()
    """Calls that gave a result before and raise now, in the order of `behaviours`."""
    returning: int = 0
    """Calls that give a result with the code before."""
    changed: tuple[int, ...] = ()
    """Calls that only passing tests make, which gave a result before and do otherwise now."""
    mended: tuple[int, ...] = ()
    """Distinct calls of failing tests that do otherwise now."""
    settled: int = 0
    """Calls that only passing tests make, which gave a result before."""
    irregular: tuple[tuple[str, ...], ...] = ()
    """In words, what all results had in common before and have no longer."""
    note: str = ""


def compare(hunt: Hunt, variants: Sequence[Plausible]) -> Comparison:
    """Replay calls of every touched function under every variant, in the server that holds the collected tests."""
    server = hunt.evaluator.collected
    if server is None or not variants:
        return Comparison(note="No call could be replayed: the change is outside any function." if not variants else "")
    places = list(dict.fromkeys((p.origin.path, p.swap.qualname, p.swap.line) for p in variants if p.swap))[:OBSERVED]
    tests: list[str] = list(hunt.failing)
    for path, qualname, _ in places:
        tests += hunt.impacted(path, qualname)
    try:
        answer = _ask(hunt, server, places, variants, list(dict.fromkeys(tests))[:TESTS])
    except ServerGone as gone:
        return Comparison(note=f"Calls could not be replayed: {str(gone)[-200:] or 'the process ended'}.")
    if not answer.get("calls"):
        return Comparison(note=_nothing(answer))
    return Comparison(
        calls=int(answer["calls"]),
        behaviours=tuple(answer["behaviours"]),
        rows=tuple(answer["rows"]),
        raising=tuple(answer["raising"]),
        returning=int(answer["returning"]),
        changed=tuple(answer["changed"]),
        mended=tuple(answer["mended"]),
        settled=int(answer["settled"]),
        irregular=tuple(tuple(words) for words in answer["irregular"]),
        note=f"{answer['cut']} calls were left out of the comparison for lack of time." if answer["cut"] else "",
    )


def place_of(hunt: Hunt, path: str, qualname: str, line: int) -> dict[str, Any]:
    """Return a function as the server inside finds it."""
    return {"path": path, "qualname": qualname, "line": first_line(hunt.project, path, line)}


def _ask(
    hunt: Hunt, server: Server, places: Sequence[tuple[str, str, int]], variants: Sequence[Plausible], tests: list[str]
) -> dict[str, Any]:
    number = server.submit(
        kind="compare",
        observe=[place_of(hunt, *place) for place in places],
        variants=[hunt.evaluator.change(v.origin.path, v.swap) for v in variants],
        tests=tests,
        failing=list(hunt.failing),
        cap=CALLS,
        mutants=min(MUTANTS, max(LEAST_MUTANTS, REPLAYS // (len(variants) + 1))),
        test_seconds=TEST_SECONDS,
        seconds=SECONDS,
        wall=WALL,
    )
    return server.take(number, WALL)


def _nothing(answer: dict[str, Any]) -> str:
    """Say why nothing was replayed."""
    if answer.get("status"):
        return f"Calls could not be replayed: {answer.get('signature') or answer['status']}."
    lost = answer.get("lost", 0)
    why = f"the arguments of {lost} calls cannot be copied" if lost else "the tests make no direct call of it"
    return f"Behaviour was not compared on calls: {why}."
