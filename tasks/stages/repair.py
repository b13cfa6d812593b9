"""Repair: find patches that turn the failing tests green."""

from __future__ import annotations

from fixers.evidence import Localized, Observed
from tasks.failpoint import K, failpoint
from tasks.stages.bench import at_bench
from tasks.stages.engine import Bench, Engine
from tasks.stages.turn import Turn, Turns
from tasks.store.documents import Kind
from tasks.store.states import State


def repair(attempt_id: int, *, turns: Turns, engine: Engine) -> State:
    """Move an attempt from REPAIRING to VERIFYING; that nothing was found is for verify to say."""
    return at_bench(attempt_id, State.REPAIRING, _repair, turns=turns, engine=engine)


def _repair(bench: Bench, turn: Turn) -> State:
    found = bench.repair(turn.get(Kind.REPRODUCTION, Observed), turn.get(Kind.LOCALIZATION, Localized))
    why = f"{found.budget.plausible} of {found.budget.generated} candidates pass the failing tests."
    state = turn.finish(State.VERIFYING, why=why, found={Kind.REPAIRS: found})
    failpoint(K.REPAIRED)
    return state
