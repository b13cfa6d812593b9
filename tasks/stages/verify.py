"""Verify: prove one patch, and that no other behaviour passes."""

from __future__ import annotations

from fixers.evidence import Localized, Observed, Repair
from tasks.failpoint import K, failpoint
from tasks.stages.bench import at_bench
from tasks.stages.engine import Bench, Engine
from tasks.stages.turn import Turn, Turns
from tasks.store.documents import Kind
from tasks.store.states import State


def verify(attempt_id: int, *, turns: Turns, engine: Engine) -> State:
    """Move an attempt from VERIFYING to DECIDING, with a trace that ends in a patch or in a reason."""
    return at_bench(attempt_id, State.VERIFYING, _verify, turns=turns, engine=engine)


def _verify(bench: Bench, turn: Turn) -> State:
    trace = bench.verify(
        turn.get(Kind.REPRODUCTION, Observed), turn.get(Kind.LOCALIZATION, Localized), turn.get(Kind.REPAIRS, Repair)
    )
    why = f"Declined: {trace.reason}." if trace.reason else f"Ended as {trace.status}."
    found = {Kind.TRACE: trace}
    state = turn.finish(State.DECIDING, why=why, reason=trace.reason, sentence=trace.sentence, found=found)
    failpoint(K.VERIFIED)
    return state
