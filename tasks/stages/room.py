"""Room for a new pull request: counted and reserved at once, and what to do when there is none."""

from __future__ import annotations

from dataclasses import replace

from fixers.evidence import Trace
from tasks.errors import Waiting
from tasks.github.protocol import CheckOutput
from tasks.policy.decide import Decision, Room
from tasks.policy.model import EffectivePolicy
from tasks.stages.documents import Order
from tasks.stages.settle import Settled, settle
from tasks.stages.turn import Turn
from tasks.store import slots
from tasks.store.documents import Kind

_SECONDS = 300.0
"""How often a repair that waits for room looks whether there is some."""


class NoRoom(Waiting):
    """Raised when a proven repair waits because the repository has pull requests enough."""

    def __init__(self, sentence: str, retry_after: float = _SECONDS) -> None:
        super().__init__(sentence, retry_after)  # all arguments, so that pickle can rebuild it
        self.sentence, self.retry_after = sentence, retry_after

    def __str__(self) -> str:
        return self.sentence


def settle_with_room(turn: Turn, trace: Trace, policy: EffectivePolicy) -> Settled:
    """Settle how the trace may be shown; a slot is taken in the same transaction when a request may be opened.

    Two workers that publish in one repository at the same moment cannot both take the last slot.
    """
    attempt = turn.attempt
    order = turn.find(Kind.ORDER, Order)
    if order is not None and order.fork_pull:
        return settle(trace, policy, turn.stopped(), fork=True)
    if attempt.follows is not None:  # it carries on a pull request that is open
        return settle(trace, policy, turn.stopped())
    stopped = turn.stopped()
    with turn.writing() as session:
        if slots.has(session, attempt):
            return settle(trace, policy, stopped)
        slots.lock(session, attempt.repository_id)
        room = Room(slots.count_open(session, attempt), slots.count_new(session, attempt))
        settled = settle(trace, policy, stopped, room)
        if settled.opens:
            slots.take(session, attempt)
    return settled


def waiting(output: CheckOutput, decision: Decision) -> CheckOutput:
    """Return the check run of a repair that waits."""
    said = f"The pull request waits for room. {decision.sentence} It is opened as soon as there is."
    return replace(output, title="A proven repair waits for room", summary=f"{said}\n\n{output.summary}")
