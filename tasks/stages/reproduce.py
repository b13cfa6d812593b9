"""Reproduce: see whether it fails here, each time and the same way."""

from __future__ import annotations

from fixers.model import Declined
from tasks.stages.bench import at_bench
from tasks.stages.ending import decline
from tasks.stages.engine import Bench, Engine
from tasks.stages.turn import Turn, Turns
from tasks.store.documents import Kind
from tasks.store.states import State


def reproduce(attempt_id: int, *, turns: Turns, engine: Engine) -> State:
    """Move an attempt from REPRODUCING to LOCALIZING, or declined to DECIDING."""
    return at_bench(attempt_id, State.REPRODUCING, _reproduce, turns=turns, engine=engine)


def _reproduce(bench: Bench, turn: Turn) -> State:
    observed = bench.reproduce()
    if isinstance(observed, Declined):
        return decline(turn, observed)
    run = observed.reproduction
    red = f"`{run.tool.tool}` is red" if run.tool else f"{len(run.failing)} of {run.suite_size} tests fail"
    why = f"{red} here as well."
    return turn.finish(State.LOCALIZING, why=why, found={Kind.REPRODUCTION: observed})
