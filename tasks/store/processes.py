"""Which processes of the server are alive: each writes when it was last heard of, health asks the table."""

from __future__ import annotations

from datetime import timedelta
from importlib.metadata import version

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from tasks.store.database import now
from tasks.store.models_running import Process

BEAT_SECONDS = 5.0
"""How often a process says that it is alive."""
ALIVE = timedelta(seconds=20)
_FORGOTTEN = timedelta(hours=1)


def heard(session: Session, *, name: str, owner: str) -> None:
    """Note that a process is alive, and forget those that ended long ago."""
    moment = now(session)
    insert = insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
    row = insert(Process).values(owner=owner, name=name, version=version("goldseam"), started_at=moment, seen_at=moment)
    session.execute(row.on_conflict_do_update(index_elements=[Process.owner], set_={"seen_at": moment}))
    session.execute(delete(Process).where(Process.seen_at < moment - _FORGOTTEN))


def left(session: Session, *, owner: str) -> None:
    """Note that a process ends."""
    session.execute(delete(Process).where(Process.owner == owner))


def alive(session: Session) -> dict[str, int]:
    """Return how many processes of each name were heard of lately."""
    moment = now(session)
    rows = session.execute(
        select(Process.name, func.count().label("number"))
        .where(Process.seen_at.between(moment - ALIVE, moment + ALIVE))
        .group_by(Process.name)
    )
    return {row.name: row.number for row in rows}


def is_alive(session: Session, *, name: str, host: str) -> bool:
    """Say whether a process of that name on that host was heard of lately."""
    moment = now(session)
    heard_of = Process.seen_at.between(moment - ALIVE, moment + ALIVE)
    found = select(Process.owner).where(heard_of, Process.owner.startswith(f"{name}@{host}:", autoescape=True))
    return session.scalars(found.limit(1)).first() is not None
