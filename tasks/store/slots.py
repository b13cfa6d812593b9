"""Room for new pull requests in a repository: reserved before one is opened, in one transaction.

A slot is an effect of its own kind. It is taken by an attempt that is publishing, and
by a pull request that is open; a slot of an attempt that ended without one is free again.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from tasks.store import effects
from tasks.store.database import now
from tasks.store.models import Attempt, Effect
from tasks.store.states import State

_KIND = "slot"
_LOCK = 0x601D  # any constant; the other half of the key is the repository
_HOUR = timedelta(hours=1)


def lock(session: Session, repository_id: int) -> None:
    """Let nobody else count or take slots of the repository until the session ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK, repository_id % 2**31)))


def has(session: Session, attempt: Attempt) -> bool:
    """Say whether the attempt took a slot: what is begun is finished."""
    return any(effect.kind == _KIND for effect in effects.of_attempt(session, attempt.id))


def take(session: Session, attempt: Attempt) -> None:
    """Take a slot."""
    effects.intend(session, key=f"{_KIND}:{attempt.id}", attempt_id=attempt.id, kind=_KIND, target=attempt.base)


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
    return _slots(session, attempt, used, Effect.intended_at > now(session) - _HOUR)


def _slots(session: Session, attempt: Attempt, *conditions: ColumnElement[bool]) -> int:
    return session.execute(
        select(func.count())
        .select_from(Effect)
        .join(Attempt, Attempt.id == Effect.attempt_id)
        .where(
            Effect.kind == _KIND,
            Attempt.repository_id == attempt.repository_id,
            Attempt.id != attempt.id,
            *conditions,
        )
    ).scalar_one()
