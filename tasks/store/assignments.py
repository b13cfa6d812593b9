"""What the broker may hand out tokens for: exactly the attempts that are worked on at this moment."""

from __future__ import annotations

from dataclasses import dataclass

from tasks.broker.known import Assignment, Stage
from tasks.store.database import Store, now
from tasks.store.models import Attempt
from tasks.store.states import STAGES, State


@dataclass(frozen=True, slots=True)
class StoreKnown:
    """The broker's `Known` over the store: no lease, no token; no PUBLISHING, no token that writes."""

    store: Store

    def known(self, attempt: str, stage: Stage) -> Assignment | None:
        """Return the attempt's repository if a worker holds it in this stage now; else None."""
        if not (attempt.isascii() and attempt.isdigit() and len(attempt) < 10):
            return None
        with self.store.read() as session:
            found, moment = session.get(Attempt, int(attempt)), now(session)
        if found is None or found.lease_until is None or found.lease_until < moment or found.state not in STAGES:
            return None
        if found.installation_id is None or (found.state is State.PUBLISHING) != (stage == "publish"):
            return None
        return Assignment(found.installation_id, found.repository)
