"""The inbox: a delivery is stored before it is acknowledged, and stays until something was made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Insert

from tasks.store.database import now
from tasks.store.models import Delivery, DeliveryState
from tasks.store.queue import look_at


@dataclass(frozen=True, slots=True)
class Incoming:
    """A delivery as it came."""

    guid: str
    event: str
    body: bytes


def receive(session: Session, *, guid: str, event: str, body: bytes) -> int:
    """Store a delivery and return its id; the same guid again only counts, and returns the first one's id."""
    receive_all(session, [Incoming(guid, event, body)])
    return session.scalars(select(Delivery.id).where(Delivery.guid == guid)).one()


def receive_all(session: Session, incoming: Sequence[Incoming]) -> None:
    """Store deliveries; the same guid again only counts."""
    moment = now(session)
    rows = [
        {"guid": first.guid, "event": first.event, "body": first.body, "received_at": moment, "times": times}
        for first, times in _once_each(incoming)
    ]
    connection = session.connection()
    connection.execute(_counted(connection.dialect.name), rows)


@cache
def _counted(dialect: str) -> Insert:
    # Made once: making it costs more than a commit.
    row = (insert_postgresql if dialect == "postgresql" else insert_sqlite)(Delivery)
    return row.on_conflict_do_update(
        index_elements=[Delivery.guid], set_={"times": Delivery.times + row.excluded.times}
    )


def _once_each(incoming: Sequence[Incoming]) -> Iterator[tuple[Incoming, int]]:
    # One statement may not touch a row twice; in order of guid, so that two processes never wait for each other.
    times = Counter(each.guid for each in incoming)
    first = {each.guid: each for each in reversed(incoming)}
    return ((first[guid], times[guid]) for guid in sorted(times))


def waiting(session: Session, *, limit: int = 100) -> Sequence[int]:
    """Return ids of deliveries that nothing was made of yet, oldest first: what a sweep hands to workers."""
    return session.scalars(
        select(Delivery.id).where(Delivery.state == DeliveryState.RECEIVED).order_by(Delivery.id).limit(limit)
    ).all()


def claim(session: Session, delivery_id: int) -> Delivery | None:
    """Return a delivery that waits, locked until the session ends; None when it is done already."""
    return session.scalars(
        select(Delivery).where(Delivery.id == delivery_id, Delivery.state == DeliveryState.RECEIVED).with_for_update()
    ).one_or_none()


def finish(session: Session, delivery_id: int, *, reason: str, attempt_id: int | None = None) -> None:
    """Close a delivery with what was made of it; `reason` is one sentence for a person."""
    session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id)
        .values(state=DeliveryState.DONE, reason=reason, attempt_id=attempt_id)
    )
    if attempt_id is not None:
        look_at(session, attempt_id)


def first_of(session: Session, delivery_id: int, semantic_key: str) -> Delivery | None:
    """Give a delivery the key of its event; return the one that has it already, when the event was told before."""
    try:
        with session.begin_nested():  # two that tell of it may be handled at the same moment
            session.execute(update(Delivery).where(Delivery.id == delivery_id).values(semantic_key=semantic_key))
    except IntegrityError:
        return session.scalars(select(Delivery).where(Delivery.semantic_key == semantic_key)).one()
    return None


def failed(session: Session, delivery_id: int, *, most: int, reason: str) -> None:
    """Count that nothing could be made of a delivery; at the count `most` it is closed with the reason."""
    counted = update(Delivery).where(Delivery.id == delivery_id).values(tries=Delivery.tries + 1)
    if session.execute(counted.returning(Delivery.tries)).scalar_one() >= most:
        finish(session, delivery_id, reason=reason)
