"""Prometheus text of the whole server: read from SQL, so that every process and every worker is in it."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tasks.store import counts, processes, queue, rounds
from tasks.store.counts import SECONDS, TALLY
from tasks.store.database import Store, now
from tasks.store.models import Attempt, Delivery, DeliveryState, Effect, Incident

_COUNTERS = {
    "deliveries": "Deliveries by what the web process did with them.",
    "received": "Deliveries by what a worker made of them.",
    "leases_taken_over": "Attempts taken over from a worker that was not heard of again, by stage.",
    "waits": "Times a stage was put off until GitHub, or a budget, allowed it.",
    "given_up": "Attempts ended because a stage failed for good, by stage.",
    "token_mints": "Installation tokens the broker asked GitHub for, by stage.",
}
"""Counters that always stand on the page, at zero until something is counted."""
_HISTOGRAMS = {
    "delivery_seconds": "Seconds from request to answer.",
    "stage_seconds": "Seconds that a stage of one attempt took.",
}


def count_delivery(outcome: str) -> None:
    """Count a delivery by what became of the request."""
    TALLY.add("deliveries", outcome=outcome)


@contextmanager
def timed_delivery() -> Iterator[None]:
    """Time one request."""
    began = time.monotonic()
    try:
        yield
    finally:
        TALLY.observe("delivery_seconds", time.monotonic() - began)


def page(store: Store) -> bytes:
    """Return the page. What was counted in the last seconds by other processes may not be in it yet."""
    registry = CollectorRegistry(auto_describe=False)
    taken = TALLY.take()
    try:
        with store.write() as session:
            counts.write(session, taken)
    except Exception:
        TALLY.restore(taken)
        raise
    with store.read() as session:
        families = [*_counted(session), *_stored(session)]
    registry.register(_Ready(families))
    return generate_latest(registry)


@dataclass(frozen=True, slots=True, eq=False)
class _Ready:
    families: list[Metric]

    def collect(self) -> Iterable[Metric]:
        return self.families


def _counted(session: Session) -> Iterator[Metric]:
    """Yield what processes counted: counters, and durations in buckets."""
    found: dict[str, list[tuple[dict[str, str], float]]] = defaultdict(list)
    for name, labels, value in counts.read(session):
        found[name].append((labels, value))
    for name, text in _HISTOGRAMS.items():
        yield _histogram(name, text, found)
    durations = {f"{name}_{part}" for name in _HISTOGRAMS for part in ("bucket", "sum", "count")}
    for name in sorted((set(found) | set(_COUNTERS)) - durations):
        rows = found.get(name, [])
        names = sorted({label for row, _ in rows for label in row})
        family = CounterMetricFamily(f"goldseam_{name}", _COUNTERS.get(name, name), labels=names)
        for row, value in rows:
            family.add_metric([row.get(label, "") for label in names], value)
        yield family


def _histogram(name: str, text: str, found: Mapping[str, list[tuple[dict[str, str], float]]]) -> Metric:
    sums = {json.dumps(labels, sort_keys=True): (labels, value) for labels, value in found.get(f"{name}_sum", [])}
    inside: dict[str, dict[str, float]] = defaultdict(dict)
    for labels, value in found.get(f"{name}_bucket", []):
        rest = {label: word for label, word in labels.items() if label != "le"}
        inside[json.dumps(rest, sort_keys=True)][labels["le"]] = value
    names = sorted({label for labels, _ in sums.values() for label in labels})
    family = HistogramMetricFamily(f"goldseam_{name}", text, labels=names)
    for key, (labels, total) in sorted(sums.items()):
        running, buckets = 0.0, []
        for bound in (*(f"{second:g}" for second in SECONDS), "+Inf"):
            running += inside[key].get(bound, 0)
            buckets.append((bound, running))
        family.add_metric([labels[label] for label in names], buckets, total)
    return family


def _stored(session: Session) -> Iterator[Metric]:
    """Yield what the tables say by themselves."""
    waiting = select(func.count(), func.min(Delivery.received_at, type_=Delivery.received_at.type)).where(
        Delivery.state == DeliveryState.RECEIVED
    )
    number, oldest = session.execute(waiting).one()
    yield _gauge("inbox_waiting", "Deliveries of which nothing was made yet.", {"": number})
    age = 0.0 if oldest is None else max(0.0, (now(session) - oldest).total_seconds())
    yield _gauge("inbox_oldest_seconds", "Age of the oldest of them.", {"": age})
    until = rounds.covered_until(session, "missed")
    if until is not None:
        gap = max(0.0, (now(session) - until).total_seconds())
        yield _gauge("deliveries_unchecked_seconds", "Since when the inbox was not compared with GitHub's.", {"": gap})
    depth = queue.depth(session)
    yield _gauge("queue_waiting", "Attempts ready for a stage.", {s: n for s, (n, _) in depth.items()}, "stage")
    ages = {stage: seconds for stage, (_, seconds) in depth.items()}
    yield _gauge("queue_oldest_seconds", "How long the oldest of them has waited.", ages, "stage")
    yield _rows(session, "attempts", "Attempts by state and reason.", Attempt, ("state", "reason"))
    yield _rows(session, "effects", "Effects by kind and outcome; none: intended.", Effect, ("kind", "outcome"))
    opened = session.scalar(select(func.count()).select_from(Incident).where(Incident.closed_at.is_(None)))
    yield _gauge("incidents_open", "Faults that are open.", {"": opened or 0})
    yield _gauge("processes", "Processes that were heard of lately.", processes.alive(session), "name")


def _rows(
    session: Session, name: str, text: str, table: type[Attempt | Effect], columns: tuple[str, str]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"goldseam_{name}", text, labels=columns)
    first, second = (getattr(table, column) for column in columns)
    for one, other, number in session.execute(select(first, second, func.count()).group_by(first, second)):
        family.add_metric([str(one), str(other or "none")], number)
    return family


def _gauge(name: str, text: str, values: Mapping[str, float], label: str = "") -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"goldseam_{name}", text, labels=[label] if label else [])
    for word, value in values.items():
        family.add_metric([word] if label else [], value)
    return family
