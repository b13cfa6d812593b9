"""The inbox: a delivery is stored before it is acknowledged, and stays until something was made of it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from tasks.store.database import now
from tasks.store.models import Delivery, DeliveryState


def receive(session: Session, *, guid: str, event: str, body: bytes) -> int:
    """Store a delivery and return its id; the same guid again only counts, and returns the first one's id."""
    insert = insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
    row = insert(Delivery).values(guid=guid, event=event, body=body, received_at=now(session))
    counted = row.on_conflict_do_update(index_elements=[Delivery.guid], set_={"times": Delivery.times + 1})
    return session.execute(counted.returning(Delivery.id)).scalar_one()


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
