"""What the broker may hand out tokens for: exactly the attempts that are worked on at this moment."""

from __future__ import annotations

from dataclasses import dataclass

from tasks.broker.known import Assignment, Stage
from tasks.store.commands import OPEN
from tasks.store.database import Store, now
from tasks.store.models import Attempt
from tasks.store.models_people import Bystander, CommandRow, Onboarding
from tasks.store.onboardings import READING, WRITING
from tasks.store.states import STAGES
from tasks.store.states import WRITING as WRITING_STATES


@dataclass(frozen=True, slots=True)
class StoreKnown:
    """The broker's `Known` over the store: no lease, no token; no writing state, no token that writes."""

    store: Store

    def known(self, attempt: str, stage: Stage) -> Assignment | None:
        """Return the repository of an attempt (`12`), command (`c12`), onboarding (`o12`), bystander (`b12`) held."""
        kind, number = (attempt[:1], attempt[1:]) if attempt[:1].isalpha() else ("", attempt)
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            return None
        if kind == "c":
            return self._command(int(number)) if stage == "publish" else None
        if kind == "o":
            return self._onboarding(int(number), stage)
        if kind == "b":
            return self._bystander(int(number)) if stage == "publish" else None
        return self._attempt(int(number), stage) if not kind else None

    def _bystander(self, number: int) -> Assignment | None:
        with self.store.read() as session:
            found, moment = session.get(Bystander, number), now(session)
        if found is None or found.lease_until is None or found.lease_until < moment:
            return None
        return Assignment(found.installation_id, found.repository)

    def _command(self, number: int) -> Assignment | None:
        with self.store.read() as session:
            found, moment = session.get(CommandRow, number), now(session)
        if found is None or found.lease_until is None or found.lease_until < moment or found.state not in OPEN:
            return None
        return None if found.installation_id is None else Assignment(found.installation_id, found.repository)

    def _attempt(self, number: int, stage: Stage) -> Assignment | None:
        with self.store.read() as session:
            found, moment = session.get(Attempt, number), now(session)
        if found is None or found.lease_until is None or found.lease_until < moment or found.state not in STAGES:
            return None
        if found.installation_id is None or (found.state in WRITING_STATES) != (stage == "publish"):
            return None
        return Assignment(found.installation_id, found.repository)

    def _onboarding(self, number: int, stage: Stage) -> Assignment | None:
        with self.store.read() as session:
            found, moment = session.get(Onboarding, number), now(session)
        if found is None or found.lease_until is None or found.lease_until < moment:
            return None
        if found.state not in (WRITING if stage == "publish" else READING):
            return None
        return Assignment(found.installation_id, found.repository)
