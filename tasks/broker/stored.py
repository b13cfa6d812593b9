"""What the broker knows of attempts: the store's own word, read for each token."""

from __future__ import annotations

from dataclasses import dataclass

from tasks.broker.known import Assignment, Stage
from tasks.store.database import Store, now
from tasks.store.models import Attempt
from tasks.store.states import TERMINAL, State


@dataclass(frozen=True, slots=True)
class StoredKnown:
    """Knows the attempts of a store that a worker holds now."""

    store: Store

    def known(self, attempt: str, stage: Stage) -> Assignment | None:
        """Return the repository of an attempt whose lease is held in a state of that stage; else None."""
        if not attempt.isdecimal():
            return None
        with self.store.read() as session:
            found = session.get(Attempt, int(attempt))
            if found is None or found.installation_id is None or found.lease_until is None:
                return None
            if found.lease_until < now(session) or _stage_of(found.state) != stage:
                return None
            return Assignment(found.installation_id, found.repository)


def _stage_of(state: State) -> Stage | None:
    if state in TERMINAL:
        return None
    return "publish" if state is State.PUBLISHING else "analyze"
