"""Incidents: one for a fault while it is open, and at most one attempt at work on it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from tasks.store.database import now
from tasks.store.models import Attempt, Incident
from tasks.store.states import TERMINAL


def attach(session: Session, attempt: Attempt, *, fingerprint: str, title: str) -> Attempt | None:
    """Join an attempt to the open incident of its fault, which is opened when there is none.

    When another attempt is at work on the incident, the given one is marked as
    superseded by it, and that other one is returned.
    """
    incident = _open(session, attempt, fingerprint=fingerprint, title=title)
    rival = session.scalars(
        select(Attempt).where(
            Attempt.incident_id == incident.id,
            Attempt.id != attempt.id,
            Attempt.superseded_by.is_(None),
            Attempt.state.not_in(TERMINAL),
        )
    ).one_or_none()
    if attempt.incident_id is None:  # else a stage that runs twice would count twice
        incident.occurrences += 1
        incident.last_seen_at = now(session)
    if rival is not None:
        attempt.superseded_by = rival.id
    attempt.incident_id = incident.id
    session.flush()
    return rival


def last_closed(session: Session, attempt: Attempt, *, fingerprint: str) -> Incident | None:
    """Return the fault's incident that was closed last, or None."""
    return session.scalars(
        select(Incident)
        .where(*_same_fault(attempt, fingerprint), Incident.closed_at.is_not(None))
        .order_by(Incident.closed_at.desc())
        .limit(1)
    ).one_or_none()


def close(session: Session, incident_id: int, *, because: str, by: str) -> bool:
    """Close an incident that is open; False when it was closed already."""
    closed = session.execute(
        update(Incident)
        .where(Incident.id == incident_id, Incident.closed_at.is_(None))
        .values(closed_at=now(session), closed_because=because, closed_by=by)
        .returning(Incident.id)
    )
    return closed.scalar_one_or_none() is not None


def _open(session: Session, attempt: Attempt, *, fingerprint: str, title: str) -> Incident:
    moment = now(session)
    insert = insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
    session.execute(
        insert(Incident)
        .values(
            repository_id=attempt.repository_id,
            repository=attempt.repository,
            base=attempt.base,
            fingerprint=fingerprint,
            title=title,
            opened_at=moment,
            last_seen_at=moment,
            occurrences=0,
        )
        .on_conflict_do_nothing()
    )
    # Locked, so that two workers that join attempts to one incident take turns.
    return session.scalars(
        select(Incident).where(*_same_fault(attempt, fingerprint), Incident.closed_at.is_(None)).with_for_update()
    ).one()


def _same_fault(attempt: Attempt, fingerprint: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Incident.repository_id == attempt.repository_id,
        Incident.base == attempt.base,
        Incident.fingerprint == fingerprint,
    )
