"""How far the searches for what was missed came, and which deliveries are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tasks.store.models import Attempt, Delivery
from tasks.store.models_running import Round

_AT_ONCE = 500


def covered_until(session: Session, name: str) -> datetime | None:
    """Return up to when a search found everything; None before its first."""
    found = session.get(Round, name)
    return found.covered_until if found else None


def covered(session: Session, name: str, *, ended_at: datetime, until: datetime) -> None:
    """Note that a search found everything up to `until`."""
    session.merge(Round(name=name, ended_at=ended_at, covered_until=until))


def stored_guids(session: Session, guids: Iterable[str]) -> set[str]:
    """Return those of the guids that the inbox has."""
    found: set[str] = set()
    for some in _chunks(guids):
        found.update(session.scalars(select(Delivery.guid).where(Delivery.guid.in_(some))))
    return found


def attempted(session: Session, repository_id: int, shas: Iterable[str]) -> set[str]:
    """Return those of the commits that an attempt knows."""
    found: set[str] = set()
    for some in _chunks(shas):
        known = select(Attempt.head_sha).where(Attempt.repository_id == repository_id, Attempt.head_sha.in_(some))
        found.update(session.scalars(known))
    return found


def _chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    # Databases limit how many values a statement may hold.
    every = list(texts)
    return (every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE))
