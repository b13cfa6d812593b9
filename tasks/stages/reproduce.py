"""Reproduce: see whether it fails here, each time and the same way."""

from __future__ import annotations

from pydantic import BaseModel

from fixers.evidence import Observed
from fixers.model import Declined
from tasks.stages.bench import at_bench
from tasks.stages.documents import Order
from tasks.stages.ending import decline
from tasks.stages.engine import Bench, Engine
from tasks.stages.observe import join, named
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
    found: dict[Kind, BaseModel] = {Kind.REPRODUCTION: observed}
    order = turn.get(Kind.ORDER, Order)
    if not order.fingerprint:
        order = _told_by_us(turn, order, observed)
        found[Kind.ORDER] = order
        refused = join(turn, order)
        if refused is not None:
            return decline(turn, refused, found=found)
    run = observed.reproduction
    red = f"`{run.tool.tool}` is red" if run.tool else f"{len(run.failing)} of {run.suite_size} tests fail"
    why = f"{red} here as well."
    return turn.finish(State.LOCALIZING, why=why, found=found)


def _told_by_us(turn: Turn, order: Order, observed: Observed) -> Order:
    """Return the order with the failures that were seen here, because no log that could be read told of any."""
    return order.model_copy(
        update={
            "failures": observed.failures,
            "expected": observed.reproduction.failing,
            "fingerprint": named(turn.attempt, observed.failures, order.base),
        }
    )
