"""What the four stages of the engine have in common: a bench, and three ways in which it can fail."""

from __future__ import annotations

from collections.abc import Callable

from fixers.guidance import Guidance
from fixers.model import Declined, Reason
from tasks.errors import BadInput, EnvironmentFailed
from tasks.stages.documents import Order
from tasks.stages.ending import decline
from tasks.stages.engine import Bench, Engine
from tasks.stages.turn import Turn, Turns
from tasks.store.documents import Kind
from tasks.store.states import State


def at_bench(
    attempt_id: int, state: State, work: Callable[[Bench, Turn], State], *, turns: Turns, engine: Engine
) -> State:
    """Run `work` on the attempt's bench when it is in `state`; otherwise return the state it is in."""
    with turns.take(attempt_id, state) as turn:
        if turn is not None:
            try:
                guidance = turn.find(Kind.GUIDANCE, Guidance)
                with engine.prepare(turn.attempt, turn.get(Kind.ORDER, Order), guidance) as bench:
                    return work(bench, turn)
            except EnvironmentFailed as error:
                mend = "Name the commands that set it up under `setup` in .github/goldseam.yml."
                return decline(turn, Declined(Reason.ENVIRONMENT_FAILED, str(error), mend))
            except BadInput as error:
                return decline(turn, Declined(Reason.UNSUPPORTED, str(error), "Repair this one by hand."))
    return turns.state_of(attempt_id)
