"""How an attempt that proposes nothing ends: with a trace that says why, on its way to the check run."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Literal

from sqlalchemy.orm import Session

from fixers.evidence import Localized, Observed, Repair, Trace
from fixers.model import Declined, Reason
from tasks.policy.decide import Action
from tasks.stages.documents import Order
from tasks.stages.settle import Settled
from tasks.stages.turn import Documents, Turn, Turns
from tasks.store.documents import Kind
from tasks.store.states import State

_BROKE = "A stage failed for good."
_OURS_TO_MEND = "Nothing to do here; the traceback is in Goldseam's own log."


def decline(turn: Turn, declined: Declined, *, found: Documents | None = None) -> State:
    """Move to DECIDING with a trace of what was seen and why nothing is proposed."""
    known = (found or {}).get(Kind.ORDER)
    trace = unproposed(turn, "declined", declined, order=known if isinstance(known, Order) else None)
    return turn.finish(
        State.DECIDING,
        why=f"Declined: {declined.reason}.",
        reason=declined.reason,
        sentence=declined.sentence,
        found={**(found or {}), Kind.TRACE: trace},
    )


def give_up(attempt_id: int, *, turns: Turns, sentence: str) -> State:
    """End an attempt at which a stage failed for good, whatever its state; `sentence` is shown to people.

    Before DECIDING it still goes on to say so in a check run; afterwards it is FAILED at once.
    """
    state = turns.state_of(attempt_id)
    with turns.take(attempt_id, state) as turn:
        if turn is not None:
            return _give_up(turn, sentence)
    return turns.state_of(attempt_id)


def shown(turn: Turn, trace: Trace, settled: Settled) -> Trace:
    """Return the trace as it may be shown: without its patch when policy lets nobody see that."""
    if trace.status != "fixed" or settled.action in {Action.READY, Action.DRAFT, Action.SUGGEST}:
        return trace
    refusal = next((said for said in reversed(settled.decisions) if said.action != Action.REPORT), settled.last)
    return unproposed(
        turn,
        "declined",
        Declined(
            Reason.REFUSED_BY_POLICY,
            f"There is a proven repair, but policy does not let it be proposed ({refusal.clause}): {refusal.sentence}",
            "Change the policy on the default branch, or repair it by hand.",
        ),
    )


def end(turn: Turn, trace: Trace, *, also: Callable[[Session], object] | None = None) -> State:
    """End an attempt that opened no pull request, by what its trace says."""
    if trace.status == "fixed":
        state, why = State.DONE, "The patch was offered in a check run."
    elif trace.status == "error":
        state, why = State.FAILED, _BROKE
    else:
        state = State.SUPERSEDED if trace.reason is Reason.SUPERSEDED else State.DECLINED
        why = f"Declined: {trace.reason or Reason.NOT_REPRODUCED}."
    reason = trace.reason or (Reason.NOT_REPRODUCED if state is State.DECLINED else None)
    return turn.finish(state, why=why, reason=reason, sentence=trace.sentence, found={Kind.TRACE: trace}, also=also)


def unproposed(
    turn: Turn, status: Literal["declined", "error"], declined: Declined, *, order: Order | None = None
) -> Trace:
    """Gather what the stages have found so far into a trace without a patch; `order` if it is not stored yet."""
    order = order or turn.find(Kind.ORDER, Order)
    observed = turn.find(Kind.REPRODUCTION, Observed)
    localized = turn.find(Kind.LOCALIZATION, Localized)
    repair = turn.find(Kind.REPAIRS, Repair)
    return Trace(
        goldseam_version=version("goldseam"),
        status=status,
        reason=declined.reason if status == "declined" else None,
        sentence=declined.sentence,
        next_step=declined.next_step,
        offers=declined.offers,
        failures=observed.failures if observed else order.failures if order else (),
        reproduction=observed.reproduction if observed else None,
        localization=localized.suspects if localized else (),
        families=repair.families if repair else (),
        notes=order.notes if order else (),
    )


def _give_up(turn: Turn, sentence: str) -> State:
    if turn.lease.state in {State.DECIDING, State.PUBLISHING, State.WATCHING, State.TIDYING}:
        return turn.finish(State.FAILED, why=_BROKE, sentence=sentence)
    trace = unproposed(turn, "error", Declined(Reason.ENVIRONMENT_FAILED, sentence, _OURS_TO_MEND))
    return turn.finish(State.DECIDING, why=_BROKE, sentence=sentence, found={Kind.TRACE: trace})
