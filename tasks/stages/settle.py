"""Which way of showing a trace policy allows: the furthest one, asked in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from fixers.evidence import Trace
from tasks.errors import BadInput
from tasks.ledger.chain import append
from tasks.ledger.entry import Actor, LedgerEntry, Note, PolicySaid
from tasks.policy.decide import Action, Decision, Room, decide
from tasks.policy.facts import PatchFacts, facts_of
from tasks.policy.model import EffectivePolicy
from tasks.stages.turn import Turn
from tasks.stop import Stopped
from tasks.store.models import Attempt
from tasks.store.states import State

WITH_A_PATCH = (Action.READY, Action.DRAFT, Action.SUGGEST, Action.REPORT)
WITHOUT = (Action.REPORT,)


@dataclass(frozen=True, slots=True)
class Settled:
    """What policy said, of each way that was asked for."""

    decisions: tuple[Decision, ...]
    facts: PatchFacts | None
    """None when nothing can be shown but a reason."""

    @property
    def last(self) -> Decision:
        """The decision that counts: the first that allows, or the last refusal."""
        return self.decisions[-1]

    @property
    def stopped(self) -> bool:
        """Whether the stop switch settled it: nothing is decided then, only put off."""
        return self.last.clause.startswith("stop:")

    @property
    def put_off(self) -> Decision | None:
        """The decision that would open a pull request if only there were room for it; None when there is, or never."""
        fullest = (said for said in self.decisions if said.clause.endswith((":max_open", ":max_new_per_hour")))
        return None if self.opens else next(fullest, None)

    @property
    def opens(self) -> bool:
        """Whether a pull request may be opened."""
        return self.action in {Action.READY, Action.DRAFT}

    @property
    def action(self) -> Action | None:
        """How the trace may be shown; None when it may not be shown at all."""
        return Action(self.last.action) if self.last.result == "allow" else None


def settle(
    trace: Trace,
    policy: EffectivePolicy,
    stopped: Stopped | None,
    room: Room | None = None,
    *,
    fork: bool = False,
) -> Settled:
    """Ask for a ready pull request first, then for less; a reason alone is the least.

    A patch that cannot be read is not shown in any way. `room` counts when a new pull
    request would be opened.
    """
    facts = _facts(trace)
    decisions = []
    for action in WITH_A_PATCH if facts else WITHOUT:
        decision = decide(action, None if action is Action.REPORT else facts, policy, stopped, room, fork=fork)
        decisions.append(decision)
        if decision.result == "allow":
            break
    return Settled(tuple(decisions), facts)


def hold(turn: Turn, decision: Decision) -> State:
    """Leave the attempt where it is because of a stop, and say so in the ledger; a sweep comes back to it.

    Said once for each stop that came during a turn: while it lasts, no turn begins.
    """
    with turn.writing() as session:
        record(session, turn.attempt, turn.actor.id, (decision,))
    return turn.lease.state


def record(session: Session, attempt: Attempt, stage: str, decisions: Sequence[Decision]) -> LedgerEntry:
    """Write decisions to the ledger; return the entry of the last."""
    return [append(session, _note(attempt, stage, decision)) for decision in decisions][-1]


def said(decision: Decision) -> PolicySaid:
    """Return what the ledger keeps of a decision: clauses, not the paths in their sentences."""
    return PolicySaid(
        digest=decision.policy_digest,
        clause=decision.clause,
        clauses=tuple(f"{clause.clause}: {clause.result}" for clause in decision.clauses),
        autonomy=decision.autonomy,
    )


def _note(attempt: Attempt, stage: str, decision: Decision) -> Note:
    return Note(
        kind="decision",
        action=decision.action,
        result=decision.result,
        why=f"Settled by {decision.clause}.",
        actor=Actor(id=stage),
        attempt=attempt.id,
        repository_id=attempt.repository_id,
        target={"base": attempt.base, "head_sha": attempt.head_sha},
        policy=said(decision),
    )


def _facts(trace: Trace) -> PatchFacts | None:
    if trace.status != "fixed":
        return None
    try:
        return facts_of(trace.patch)
    except BadInput:
        return None
