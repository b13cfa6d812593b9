"""One visible effect: decided, intended, looked up, made, concluded.

Killed at any point and run again, the same key leads to the same effect: the intent
is in the table and the ledger before anything is visible, and what is visible
already is found instead of made.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from sqlalchemy.orm import Session

from tasks.errors import Refused
from tasks.failpoint import K, failpoint
from tasks.ledger.chain import append
from tasks.ledger.entry import Actor, EffectRecord, Note
from tasks.policy.decide import NEEDS_A_PATCH, Action, Decision, decide
from tasks.policy.facts import PatchFacts
from tasks.policy.model import EffectivePolicy
from tasks.report.outgoing import EgressBlocked
from tasks.stages.settle import said
from tasks.stop import Stopped
from tasks.store import effects
from tasks.store.database import Store
from tasks.store.models import Attempt

STANDS = frozenset({"done", "found"})
"""Outcomes after which the effect is visible."""


class NotNow(Refused):
    """Raised when policy or the stop switch refuses an effect at the moment of making it."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision)  # all arguments, so that pickle can rebuild it
        self.decision = decision

    def __str__(self) -> str:
        return self.decision.sentence


@dataclass(frozen=True, slots=True)
class Made:
    """What is visible now."""

    remote_id: str
    url: str = ""


class Holder(Protocol):
    """Whoever holds the right to make effects: a turn at an attempt, or at a command."""

    @property
    def store(self) -> Store:
        """Where it all stands."""

    @property
    def attempt(self) -> Attempt:
        """The attempt that the effects belong to."""

    @property
    def actor(self) -> Actor:
        """Who the ledger says made them."""

    @property
    def key(self) -> str:
        """What makes their keys unlike those of others."""

    def stopped(self) -> Stopped | None:
        """Say whether the attempt's repository is stopped now."""

    def writing(self) -> AbstractContextManager[Session]:
        """Give a session for changes; LostTurn when another worker has taken over."""


@dataclass(frozen=True, slots=True)
class Hand:
    """What may make the effects of one turn, and by which policy."""

    turn: Holder
    policy: EffectivePolicy
    facts: PatchFacts | None

    def make(
        self,
        action: Action,
        *,
        kind: str,
        target: str,
        look: Callable[[], Made | None],
        do: Callable[[], Made],
    ) -> Made:
        """Make the effect unless it stands already; NotNow when it may not be made, LostTurn when another does.

        One effect of each kind for a turn: `kind` and the turn's key are its key.
        """
        effect_id, known = self._intend(self._allowed(action), kind, target)
        if known is not None:
            return known
        failpoint(K.INTENDED)
        found = look()
        if found is None:
            self._allowed(action)  # a look-up may take its time, and a person may have stopped everything meanwhile
        try:
            made = found or do()
        except EgressBlocked as leak:
            self._block(effect_id, action, kind, target, str(leak))
            raise
        self._conclude(effect_id, action, kind, target, made, "found" if found else "done")
        failpoint(K.CONCLUDED)
        return made

    def _allowed(self, action: Action) -> Decision:
        facts = self.facts if action in NEEDS_A_PATCH else None
        decision = decide(action, facts, self.policy, self.turn.stopped())
        if decision.result != "allow":
            raise NotNow(decision)
        return decision

    def _intend(self, decision: Decision, kind: str, target: str) -> tuple[int, Made | None]:
        with self.turn.writing() as session:
            effect, new = effects.intend(
                session, key=self._key(kind), attempt_id=self.turn.attempt.id, kind=kind, target=target
            )
            if new:
                note = self._note("intent", decision.action, kind, target, decision.result, why="About to be made.")
                append(session, note.model_copy(update={"policy": said(decision)}))
            return effect.id, Made(effect.remote_id, effect.url) if effect.outcome in STANDS else None

    def _conclude(
        self, effect_id: int, action: Action, kind: str, target: str, made: Made, outcome: Literal["found", "done"]
    ) -> None:
        with self.turn.writing() as session:
            if effects.conclude(session, effect_id, outcome=outcome, remote_id=made.remote_id, url=made.url):
                why = "It stood already." if outcome == "found" else "It was made."
                append(session, self._note("outcome", action, kind, target, outcome, why=why, made=made))

    def _block(self, effect_id: int, action: Action, kind: str, target: str, why: str) -> None:
        with self.turn.writing() as session:
            if effects.conclude(session, effect_id, outcome="blocked", remote_id="", url=""):
                append(session, self._note("outcome", action, kind, target, "deny", why=why))

    def _note(
        self,
        step: Literal["intent", "outcome"],
        action: str,
        kind: str,
        target: str,
        result: Literal["allow", "ask", "deny", "done", "found"],
        *,
        why: str,
        made: Made | None = None,
    ) -> Note:
        attempt = self.turn.attempt
        return Note(
            kind=step,
            action=action,
            result=result,
            why=why,
            actor=self.turn.actor,
            attempt=attempt.id,
            repository_id=attempt.repository_id,
            target={"base": attempt.base, "head_sha": attempt.head_sha, kind: target},
            effect=EffectRecord(key=self._key(kind), remote_id=made.remote_id if made else ""),
        )

    def _key(self, kind: str) -> str:
        return f"{kind}:{self.turn.key}"
