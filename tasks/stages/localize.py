"""Localize: rank the statements that may hold the fault."""

from __future__ import annotations

from fixers.evidence import Observed
from tasks.failpoint import K, failpoint
from tasks.stages.bench import at_bench
from tasks.stages.engine import Bench, Engine
from tasks.stages.turn import Turn, Turns
from tasks.store.documents import Kind
from tasks.store.states import State


def localize(attempt_id: int, *, turns: Turns, engine: Engine) -> State:
    """Move an attempt from LOCALIZING to REPAIRING."""
    return at_bench(attempt_id, State.LOCALIZING, _localize, turns=turns, engine=engine)


def _localize(bench: Bench, turn: Turn) -> State:
    localized = bench.localize(turn.get(Kind.REPRODUCTION, Observed))
    failpoint(K.LOCALIZED)
    why = f"{len(localized.suspects)} places may hold the fault."
    return turn.finish(State.REPAIRING, why=why, found={Kind.LOCALIZATION: localized})
