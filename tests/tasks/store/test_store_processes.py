"""One process at a time, however many there are; a process that died holds nobody up; counters of all add up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import update

from tasks.store import counts, duties, processes
from tasks.store.counts import Tally
from tasks.store.database import Store, now
from tasks.store.models_running import Duty, Process


def begun(store: Store, owner: str, *, every: float = 300) -> bool:
    with store.write() as session:
        return duties.begin(session, "sweep", owner=owner, seconds=60, every=every)


def shift(store: Store, seconds: float) -> None:
    """Let the duty's end lie `seconds` from now."""
    with store.write() as session:
        session.execute(update(Duty).values(until=now(session) + timedelta(seconds=seconds)))


def test_of_many_that_begin_at_once_one_does_it(store: Store) -> None:
    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(lambda n: begun(store, f"w{n}"), range(6))) == 1


def test_it_is_due_again_after_its_interval(store: Store) -> None:
    assert begun(store, "w1")
    with store.write() as session:
        duties.end(session, "sweep", owner="w1", every=300)
    assert not begun(store, "w2")
    shift(store, -1)
    assert begun(store, "w2")


def test_a_dead_process_leaves_it_to_the_next_and_cannot_end_it(store: Store) -> None:
    assert begun(store, "dead")
    shift(store, -1)
    assert begun(store, "heir")
    with store.write() as session:
        duties.end(session, "sweep", owner="dead", every=0)
    assert not begun(store, "third")


def test_a_clock_set_back_does_not_put_it_off_for_ever(store: Store) -> None:
    assert begun(store, "w1")
    shift(store, 7200)
    assert begun(store, "w2")


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
