"""Room for new pull requests in a repository: reserved before one is opened, in one transaction.

A slot is taken by an attempt that is publishing; that of an attempt which ended without
a pull request is free again.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from tasks.store.database import now
from tasks.store.models import Attempt
from tasks.store.models_running import Slot
from tasks.store.states import State

_LOCK = 0x601D  # any constant; the other half of the key is the repository
_HOUR = timedelta(hours=1)


def lock(session: Session, repository_id: int) -> None:
    """Let nobody else count or take slots of the repository until the session ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK, repository_id % 2**31)))


def has(session: Session, attempt: Attempt) -> bool:
    """Say whether the attempt took a slot: what is begun is finished."""
    return session.get(Slot, attempt.id) is not None


def take(session: Session, attempt: Attempt) -> None:
    """Take a slot."""
    session.add(Slot(attempt_id=attempt.id, taken_at=now(session)))


def count_open(session: Session, attempt: Attempt) -> int:
    """Return how many other pull requests of the repository are open or about to be."""
    watched = session.execute(
        select(func.count(Attempt.pull_number.distinct())).where(
            Attempt.repository_id == attempt.repository_id, Attempt.state == State.WATCHING
        )
    ).scalar_one()
    return watched + _slots(session, attempt, Attempt.state == State.PUBLISHING, Attempt.pull_number.is_(None))


def count_new(session: Session, attempt: Attempt) -> int:
    """Return how many other pull requests were opened in the last hour, or are about to be."""
    used = or_(Attempt.state == State.PUBLISHING, Attempt.pull_number.is_not(None))
    return _slots(session, attempt, used, Slot.taken_at > now(session) - _HOUR)


def _slots(session: Session, attempt: Attempt, *conditions: ColumnElement[bool]) -> int:
    return session.execute(
        select(func.count())
        .select_from(Slot)
        .join(Attempt, Attempt.id == Slot.attempt_id)
        .where(
            Attempt.repository_id == attempt.repository_id,
            Attempt.id != attempt.id,
            *conditions,
        )
    ).scalar_one()
