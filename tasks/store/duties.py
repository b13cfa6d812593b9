"""Duties: what is done at intervals, by one process at a time, however many beats and workers there are."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from tasks.store.database import now
from tasks.store.models_running import Duty


def begin(session: Session, name: str, *, owner: str, seconds: float, every: float) -> bool:
    """Take the duty for `seconds` when it is due; False when another process is at it, or it was done lately.

    A process that dies leaves it to the next one after `seconds`; `every` is the interval that `end` is called with.
    """
    moment = now(session)
    insert = insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
    session.execute(insert(Duty).values(name=name, owner="", until=moment).on_conflict_do_nothing())
    # An end beyond both terms was written before the clock was set back.
    latest = moment + timedelta(seconds=max(seconds, every))
    taken = session.execute(
        update(Duty)
        .where(Duty.name == name, or_(Duty.until <= moment, Duty.until > latest))
        .values(owner=owner, until=moment + timedelta(seconds=seconds))
        .returning(Duty.name)
    )
    return taken.scalar_one_or_none() is not None


def end(session: Session, name: str, *, owner: str, every: float) -> None:
    """Say that it was done: it is due again after `every` seconds. Nothing happens when another took it over."""
    until = now(session) + timedelta(seconds=every)
    session.execute(update(Duty).where(Duty.name == name, Duty.owner == owner).values(until=until))
