"""What a server's database holds after a run."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from tasks.store.database import open_store
from tasks.store.models import Delivery


@dataclass(frozen=True, slots=True)
class Stored:
    """Deliveries in the inbox, and how often they came."""

    rows: int
    times: int


def stored(url: str) -> Stored:
    """Count the deliveries."""
    store = open_store(url)
    with store.read() as session:
        rows, times = session.execute(select(func.count(), func.sum(Delivery.times)).select_from(Delivery)).one()
    store.engine.dispose()
    return Stored(rows, times or 0)
