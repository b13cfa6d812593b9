"""A burst while no worker runs, drained afterwards; and the largest payload that GitHub sends."""

from __future__ import annotations

import hashlib
import hmac
import time
import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from benchmarks.load_client import fire
from benchmarks.load_posts import Post, Target, head, posts
from benchmarks.load_servers import Served
from tasks.stages.receive import receive
from tasks.store.database import Store, open_store
from tasks.store.deliveries import waiting
from tasks.store.models import Attempt, Delivery, DeliveryState

LARGEST = 25 << 20
BODIES = 1000


def largest(served: Served) -> dict[str, Any]:
    """Send four payloads of 25 MiB at once."""
    fired = fire(served.target, _large(served.target), count=4, connections=4)
    resident, _ = served.memory()
    return {
        "statuses": {str(status): count for status, count in fired.statuses.items()},
        "slowest_ms": round(fired.percentile(1.0)),
        "largest_process_mb": resident >> 20,
    }


def burst(served: Served, count: int, connections: int) -> dict[str, Any]:
    """Send deliveries while no worker runs, then receive them as a worker does; count what came of them."""
    store = open_store(served.database_url)
    with store.read() as session:
        before = session.execute(select(func.max(Delivery.id))).scalar_one() or 0
    source = posts(served.target, size=20_000, repeats=0.2, seed=3, bodies=BODIES)
    fired = fire(served.target, source, count=count, connections=connections)
    start = time.perf_counter()
    handled = _drain(store)
    seconds = time.perf_counter() - start
    with store.read() as session:
        mine = session.execute(select(Delivery.guid, Delivery.state).where(Delivery.id > before)).tuples().all()
        attempts = session.execute(select(func.count()).select_from(Attempt)).scalar_one()
    store.engine.dispose()
    done = {guid for guid, state in mine if state is DeliveryState.DONE}
    return {
        "sent": count,
        "sent_seconds": round(fired.seconds, 1),
        "accepted": len(fired.accepted),
        "errors": fired.errors,
        "handled": handled,
        "handled_a_second": round(handled / seconds),
        "lost": len(fired.accepted - done),
        "attempts": attempts,
    }


def _drain(store: Store) -> int:
    handled = 0
    while True:
        with store.read() as session:
            ids = list(waiting(session))
        if not ids:
            return handled
        for number in ids:
            receive(number, store=store)
        handled += len(ids)


def _large(target: Target) -> Iterator[Post]:
    while True:
        body = bytes(LARGEST)
        guid, signature = str(uuid.uuid4()), hmac.new(target.secret.encode(), body, hashlib.sha256).hexdigest()
        yield Post(guid, head(target, guid, signature, len(body)), body)
