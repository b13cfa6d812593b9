"""Counters of all processes together: each adds what it counted meanwhile, `/metrics` reads the sums."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from tasks.store.models_running import Count

SECONDS = (0.005, 0.02, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0, 60.0, 300.0, 1800.0)
"""Upper bounds of the buckets in which durations are counted."""

_Key = tuple[str, str]


@dataclass(slots=True)
class Tally:
    """What this process counted since it last wrote it down; safe to share between threads."""

    _values: dict[_Key, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, name: str, value: float = 1, **labels: str) -> None:
        """Count."""
        self.restore({(name, _text(**labels)): value})

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        """Count a duration: its bucket, the sum and the number."""
        bound = next((f"{bound:g}" for bound in SECONDS if seconds <= bound), "+Inf")
        text = _text(**labels)
        self.restore(
            {
                (f"{name}_sum", text): seconds,
                (f"{name}_count", text): 1,
                (f"{name}_bucket", _text(**labels, le=bound)): 1,
            }
        )

    def take(self) -> Mapping[_Key, float]:
        """Return what was counted and begin anew."""
        with self._lock:
            taken, self._values = self._values, {}
        return taken

    def restore(self, taken: Mapping[_Key, float]) -> None:
        """Put back what could not be written."""
        with self._lock:
            for key, value in taken.items():
                self._values[key] = self._values.get(key, 0) + value


TALLY = Tally()
"""Of this process. Counting is the one thing that every module may do to a global: it decides nothing."""


def write(session: Session, taken: Mapping[_Key, float]) -> None:
    """Add what was taken from a tally to the table."""
    insert = insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
    for (name, labels), value in sorted(taken.items()):  # sorted, so that two processes cannot wait for each other
        row = insert(Count).values(name=name, labels=labels, value=value)
        sum_ = {"value": Count.value + value}
        session.execute(row.on_conflict_do_update(index_elements=[Count.name, Count.labels], set_=sum_))


def read(session: Session) -> Iterator[tuple[str, dict[str, str], float]]:
    """Yield name, labels and value of every counter, by name."""
    for row in session.scalars(select(Count).order_by(Count.name, Count.labels)):
        yield row.name, json.loads(row.labels), row.value


@lru_cache(4096)  # few labels, and many times
def _text(**labels: str) -> str:
    return json.dumps(labels, sort_keys=True)
