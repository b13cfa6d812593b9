"""Effects: the intent stands in the table before anything is visible outside, the outcome after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tasks.store.database import now
from tasks.store.models import Attempt, Effect


def intend(session: Session, *, key: str, attempt_id: int, kind: str, target: str) -> tuple[Effect, bool]:
    """Record that an effect is about to be made; return it and whether the intent is new."""
    found = session.scalars(select(Effect).where(Effect.key == key)).one_or_none()
    if found is not None:
        return found, False
    effect = Effect(key=key, attempt_id=attempt_id, kind=kind, target=target, intended_at=now(session), outcome="")
    session.add(effect)
    session.flush()
    return effect, True


def conclude(
    session: Session, effect_id: int, *, outcome: Literal["found", "done", "blocked"], remote_id: str, url: str
) -> bool:
    """Record what became of an intent; False when that is known already."""
    effect = session.scalars(select(Effect).where(Effect.id == effect_id).with_for_update()).one()
    if effect.outcome:
        return False
    effect.outcome, effect.outcome_at, effect.remote_id, effect.url = outcome, now(session), remote_id, url
    return True


def of_attempt(session: Session, attempt_id: int) -> Sequence[Effect]:
    """Return the attempt's effects in the order they were intended."""
    return session.scalars(select(Effect).where(Effect.attempt_id == attempt_id).order_by(Effect.id)).all()


def count_earlier(session: Session, attempt: Attempt, *, kind: str, target: str) -> int:
    """Return how many earlier attempts in the repository intended an effect whose target begins with `target`."""
    return session.execute(
        select(func.count())
        .select_from(Effect)
        .join(Attempt, Attempt.id == Effect.attempt_id)
        .where(
            Attempt.repository_id == attempt.repository_id,
            Attempt.id < attempt.id,
            Effect.kind == kind,
            Effect.target.startswith(target, autoescape=True),
        )
    ).scalar_one()


def attempt_that_made(session: Session, *, repository_id: int, kind: str, target: str) -> int | None:
    """Return the attempt behind an effect, looked up by its target: the owner of a branch or a pull request."""
    return session.execute(
        select(Effect.attempt_id)
        .join(Attempt, Attempt.id == Effect.attempt_id)
        .where(Attempt.repository_id == repository_id, Effect.kind == kind, Effect.target == target)
        .limit(1)
    ).scalar_one_or_none()
