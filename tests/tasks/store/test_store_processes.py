"""A process is alive while it is heard of; counters of all add up."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from tasks.store import counts, processes
from tasks.store.counts import Tally
from tasks.store.database import Store, now
from tasks.store.models_running import Process


def test_a_process_is_alive_while_it_is_heard_of(store: Store) -> None:
    with store.write() as session:
        for owner in ("a1", "a2"):
            processes.heard(session, name="analyze", owner=owner)
        processes.heard(session, name="beat", owner="b")
        processes.heard(session, name="beat", owner="b")
    with store.write() as session:
        silent = now(session) - timedelta(minutes=1)
        session.execute(update(Process).where(Process.owner == "a1").values(seen_at=silent))
        assert processes.alive(session) == {"analyze": 1, "beat": 1}
        processes.left(session, owner="b")
        assert processes.alive(session) == {"analyze": 1}


def test_what_two_processes_count_adds_up(store: Store) -> None:
    tallies = Tally(), Tally()
    for tally in tallies:
        tally.add("deliveries", outcome="stored")
        tally.observe("stage_seconds", 0.3, stage="observe")
        with store.write() as session:
            counts.write(session, tally.take())
            counts.write(session, tally.take())
    with store.read() as session:
        found = {(name, tuple(labels.items())): value for name, labels, value in counts.read(session)}
    assert found["deliveries", (("outcome", "stored"),)] == 2
    assert found["stage_seconds_bucket", (("le", "1"), ("stage", "observe"))] == 2
    assert found["stage_seconds_sum", (("stage", "observe"),)] == 0.6
