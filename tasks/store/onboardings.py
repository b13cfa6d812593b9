"""Onboardings: at most one a repository, worked on by one worker at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import false, or_, select, update
from sqlalchemy.orm import Session

from tasks.store.attempts import LostTurn, lapsed
from tasks.store.database import now
from tasks.store.models_people import Onboarding, OnboardingState

READING = (OnboardingState.WAITING, OnboardingState.OPEN)
"""States in which a worker only reads."""
WRITING = (OnboardingState.SURVEYED,)
_AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Held:
    """The right to move an onboarding on."""

    id: int
    state: OnboardingState
    fence: int


def want(session: Session, *, repository_id: int, repository: str, installation_id: int) -> bool:
    """Note that the App has come to a repository; False when it was asked before, whatever it answered.

    Where asking failed, it is tried again after a day.
    """
    moment = now(session)
    row = session.scalars(
        select(Onboarding).where(Onboarding.repository_id == repository_id).with_for_update()
    ).one_or_none()
    if row is None:
        row = Onboarding(repository_id=repository_id, created_at=moment, state=OnboardingState.REMOVED)
        session.add(row)
    row.repository, row.installation_id = repository, installation_id
    failed_long_ago = row.state is OnboardingState.FAILED and row.changed_at < moment - _AGAIN
    if row.state is not OnboardingState.REMOVED and not failed_long_ago:
        session.flush()
        return False
    row.state, row.due_at, row.changed_at, row.tries = OnboardingState.WAITING, moment, moment, 0
    session.flush()
    return True


def leave(session: Session, *, repository_ids: Sequence[int] = (), installation_id: int | None = None) -> None:
    """Note that the App has left; a repository that declined stays so when it comes back."""
    of_installation = false() if installation_id is None else Onboarding.installation_id == installation_id
    where = or_(Onboarding.repository_id.in_(repository_ids), of_installation)
    session.execute(
        update(Onboarding)
        .where(where, Onboarding.state != OnboardingState.DECLINED)
        .values(state=OnboardingState.REMOVED, changed_at=now(session), fence=Onboarding.fence + 1, lease_until=None)
    )


def answered(session: Session, *, repository_id: int, number: int) -> bool:
    """Have the pull request of that number looked at now; False when it is no onboarding."""
    changed = session.execute(
        update(Onboarding)
        .where(
            Onboarding.repository_id == repository_id,
            Onboarding.pull_number == number,
            # A person may reopen what was closed.
            Onboarding.state.in_((OnboardingState.OPEN, OnboardingState.DECLINED)),
        )
        .values(state=OnboardingState.OPEN, due_at=now(session), tries=0)
        .returning(Onboarding.id)
    )
    return changed.scalar_one_or_none() is not None


def due(session: Session, states: Sequence[OnboardingState], *, limit: int = 20) -> Sequence[Onboarding]:
    """Return what is to be looked at now and that nobody holds, the longest waiting first."""
    moment = now(session)
    return session.scalars(
        select(Onboarding)
        .where(
            Onboarding.state.in_(states),
            Onboarding.due_at <= moment,
            lapsed(Onboarding.lease_until, moment),
        )
        .order_by(Onboarding.due_at, Onboarding.id)
        .limit(limit)
    ).all()


def lease(session: Session, row: Onboarding, *, owner: str, seconds: float) -> Held | None:
    """Take an onboarding for `seconds` if it is as it was seen and free; None otherwise."""
    moment = now(session)
    taken = session.execute(
        update(Onboarding)
        .where(
            Onboarding.id == row.id,
            Onboarding.state == row.state,
            lapsed(Onboarding.lease_until, moment),
        )
        .values(
            lease_owner=owner,
            lease_until=moment + timedelta(seconds=seconds),
            fence=Onboarding.fence + 1,
            tries=Onboarding.tries + 1,
        )
        .returning(Onboarding.fence)
    ).scalar_one_or_none()
    return None if taken is None else Held(row.id, row.state, taken)


def move(
    session: Session,
    held: Held,
    to: OnboardingState,
    *,
    sentence: str = "",
    again: float | None = None,
    **found: object,
) -> None:
    """Move it on and end the lease; LostTurn when somebody else has. `again`: seconds until it is looked at next."""
    moment = now(session)
    late = timedelta() if again is None else timedelta(seconds=again)
    found |= {"sentence": sentence} if sentence else {}
    found |= {"changed_at": moment} if to is not held.state else {}
    _change(session, held, state=to, tries=0, due_at=moment + late, lease_owner=None, lease_until=None, **found)


def put_off(session: Session, held: Held, *, sentence: str, seconds: float) -> None:
    """Give it back as it was, to be tried again in `seconds`."""
    late = now(session) + timedelta(seconds=seconds)
    _change(session, held, due_at=late, sentence=sentence, lease_owner=None, lease_until=None)


def guard(session: Session, held: Held) -> None:
    """Raise LostTurn unless the lease still counts; locks the row until the session ends."""
    _change(session, held, fence=held.fence)


def find(session: Session, repository_id: int) -> Onboarding | None:
    """Return a repository's onboarding."""
    return session.scalars(select(Onboarding).where(Onboarding.repository_id == repository_id)).one_or_none()


def _change(session: Session, held: Held, **values: object) -> None:
    changed = session.execute(
        update(Onboarding)
        .where(Onboarding.id == held.id, Onboarding.state == held.state, Onboarding.fence == held.fence)
        .values(**values)
        .returning(Onboarding.id)
    )
    if changed.scalar_one_or_none() is None:
        raise LostTurn(f"Onboarding {held.id} was taken over by another worker while it was {held.state}.")
