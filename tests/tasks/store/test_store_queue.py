"""Which attempt is next: priority, then fair shares, then age; on both databases."""

from __future__ import annotations

import heapq
import random
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from tasks.store import attempts, queue
from tasks.store.database import Store
from tasks.store.models import Attempt, Priority, Stop
from tasks.store.queue import next_attempt, put_off
from tasks.store.states import State

ALL = ("observe", "reproduce", "localize", "repair", "verify", "decide", "publish", "watch")
QUIET = [*range(1, 21)]
NOISY = 99
LONGEST_JOB = 1.5


class Clock:
    """The database's clock, moved by the test."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, _: object) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    for module in (queue, attempts):
        monkeypatch.setattr(module, "now", found)
    return found


@pytest.fixture
def open_one(store: Store) -> Callable[..., int]:
    return lambda **values: opened(store, **values)


def opened(store: Store, *, state: State = State.RECEIVED, installation: int = 1, **values: object) -> int:
    with store.write() as session:
        return attempts.open_attempt(session, made(installation, state=state, **values))[0].id


def opened_together(store: Store, installations: list[int]) -> list[int]:
    with store.write() as session:
        rows = [made(one, created_at=queue.now(session), changed_at=queue.now(session)) for one in installations]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def made(installation: int, **values: object) -> Attempt:
    key = f"{installation}:{random.random()}"
    names = {"repository_id": installation, "repository": "o/r", "installation_id": installation}
    return Attempt(semantic_key=key, **names, base="main", head_sha="a" * 40, **values)


def picked(store: Store, *stages: str) -> int | None:
    with store.write() as session:
        found = next_attempt(session, stages or ALL)
    return None if found is None else found.id


def lease(store: Store, number: int, state: State = State.RECEIVED) -> attempts.Lease:
    with store.write() as session:
        found = attempts.lease(session, number, state=state, owner="w", seconds=30)
    assert found is not None
    return found


def test_what_people_asked_for_comes_first_and_old_work_last(store: Store, clock: Clock, open_one) -> None:
    old = open_one(priority=Priority.DEFAULT_BRANCH)
    wish = open_one(priority=Priority.COMMAND)
    clock.seconds = 2 * 3600
    pull = open_one(priority=Priority.PULL_REQUEST)
    fresh = open_one(priority=Priority.DEFAULT_BRANCH)
    assert [picked(store) for _ in range(5)] == [wish, fresh, pull, old, None]


def test_whoever_has_least_under_way_comes_first_then_whoever_was_served_longest_ago(store: Store, open_one) -> None:
    first, second = open_one(installation=1), open_one(installation=1)
    third, fourth = open_one(installation=2), open_one(installation=2)
    assert picked(store) == first
    assert picked(store) == third  # the second of installation 1 is older
    lease(store, third)
    assert picked(store) == second  # installation 2 has one under way
    assert [picked(store), picked(store)] == [fourth, None]


def test_a_worker_gets_only_what_its_stages_can_do(store: Store, open_one) -> None:
    open_one(state=State.REPAIRING)
    publishing = open_one(state=State.PUBLISHING)
    assert [picked(store, "publish"), picked(store, "publish")] == [publishing, None]


def test_many_workers_at_once_never_get_the_same_one(store: Store, open_one) -> None:
    wanted = {open_one(installation=number % 3) for number in range(24)}
    with ThreadPoolExecutor(6) as pool:
        got = list(pool.map(lambda _: picked(store), range(24)))
    assert len(got) == len(wanted)
    assert {number for number in got if number is not None} == wanted


def test_what_was_picked_and_not_begun_is_picked_again_later_and_counted(store: Store, clock: Clock, open_one) -> None:
    number = open_one()
    assert [picked(store), picked(store)] == [number, None]
    clock.seconds = 6
    with store.write() as session:
        again = next_attempt(session, ALL)
    assert again is not None
    assert (again.id, again.tries) == (number, 2)


def test_what_waits_comes_back_at_its_time_and_only_a_try_counts(store: Store, clock: Clock, open_one) -> None:
    open_one()
    for tries, counts in ((1, False), (1, True), (2, False), (2, True)):
        with store.write() as session:
            found = next_attempt(session, ALL)
            assert found is not None
            assert found.tries == tries
            put_off(session, found, 30, counts=counts)
        clock.seconds += 29
        assert picked(store) is None
        clock.seconds += 2


def test_moving_on_begins_the_count_anew_and_needs_no_wait(store: Store, open_one) -> None:
    number = open_one()
    picked(store)
    held = lease(store, number)
    with store.write() as session:
        attempts.advance(session, held, to=State.REPRODUCING)
        found = next_attempt(session, ALL)
    assert found is not None
    assert (found.state, found.tries) == (State.REPRODUCING, 1)


def test_a_watched_pull_request_is_looked_at_when_something_was_said_about_it(store: Store, clock: Clock, open_one):
    number = open_one(state=State.WATCHING)
    assert picked(store) is None
    with store.write() as session:
        queue.look_at(session, number)
        found = next_attempt(session, ALL)
        assert found is not None
        queue.look_at(session, number)  # while it is looked at, more is said
        put_off(session, found, 3600, counts=False)
    assert picked(store) == number


def test_what_a_stop_holds_is_passed_over(store: Store, open_one) -> None:
    open_one(installation=7)
    other = open_one(installation=8)
    with store.write() as session:
        session.add(Stop(scope="repository:7", reason="r", actor="a", since=datetime.now(UTC)))
    assert [picked(store), picked(store)] == [other, None]


def test_the_lease_of_a_dead_worker_runs_out_and_is_named(store: Store, clock: Clock, open_one) -> None:
    number = open_one()
    lease(store, number)
    clock.seconds = 29
    assert picked(store) is None
    clock.seconds = 31
    with store.write() as session:
        found = next_attempt(session, ALL)
    assert found is not None
    assert (found.id, found.was_held) == (number, True)


@pytest.mark.parametrize("hours", [-30, 30])
def test_a_clock_that_was_set_holds_nothing_up(store: Store, clock: Clock, open_one, hours: int) -> None:
    """Set back, a dead worker's lease and a wait would last as long again; they count for nothing."""
    leased, waiting = open_one(), open_one()
    lease(store, leased)
    with store.write() as session:
        session.execute(update(Attempt).where(Attempt.id == waiting).values(not_before=clock(0) + timedelta(hours=1)))
    clock.seconds = hours * 3600
    assert {picked(store), picked(store)} == {leased, waiting}


def test_depth_counts_what_is_ready_and_says_how_long(store: Store, clock: Clock, open_one) -> None:
    open_one()
    clock.seconds = 50
    lease(store, open_one())
    open_one(state=State.WATCHING)
    open_one(state=State.PUBLISHING)
    with store.read() as session:
        assert queue.depth(session) == {"observe": (1, 50.0), "publish": (1, 0.0)}


@pytest.mark.parametrize(("quiet", "times", "longest"), [(130, 2.0, 0.0), (30, 0.0, LONGEST_JOB)], ids=["busy", "idle"])
def test_one_noisy_installation_does_not_make_the_quiet_ones_wait(
    sqlite_store: Store, clock: Clock, quiet: int, times: float, longest: float
) -> None:
    """Nine in ten events are one installation's, far beyond what four workers can do in 40 seconds.

    Where the quiet ones alone keep the workers busy, they wait at most twice as long as without it. Where they
    do not, they would not wait at all without it, and wait for the job that is under way with it: no job is broken off.
    """
    arrivals = random.Random(7)
    calm = sorted((arrivals.uniform(0, 40), arrivals.choice(QUIET)) for _ in range(quiet))
    noise = [(arrivals.uniform(0, 40), NOISY) for _ in range(9 * quiet)]
    alone = waits(sqlite_store, clock, calm)
    beside = waits(sqlite_store, clock, sorted(calm + noise))
    assert beside <= max(times * alone, longest), f"p95 {beside:.2f} s beside the noisy one, {alone:.2f} s alone"


def waits(store: Store, clock: Clock, events: list[tuple[float, int]]) -> float:
    """Let four workers serve the events in their own time; return the quiet ones' 95th percentile, in seconds."""
    began, base = {}, clock.seconds + 1000
    free, waited, left = [base] * 4, defaultdict(list), [(base + at, who) for at, who in events]
    spread = random.Random(3)
    while free[0] < base + 45 and (left or free):
        clock.seconds = heapq.heappop(free)
        come = [event for event in left if event[0] <= clock.seconds]
        left = left[len(come) :]
        began |= dict(zip(opened_together(store, [who for _, who in come]), come, strict=True))
        number = picked(store)
        if number is None:
            heapq.heappush(free, left[0][0] if left else base + 50)
            continue
        at, who = began[number]
        waited[who].append(clock.seconds - at)
        lease(store, number)
        with store.write() as session:
            took = spread.uniform(0.5, LONGEST_JOB)
            done = {"state": State.DONE, "lease_until": clock(0) + timedelta(seconds=took - 0.001)}
            session.execute(update(Attempt).where(Attempt.id == number).values(**done))
        heapq.heappush(free, clock.seconds + took)
    with store.write() as session:
        session.execute(update(Attempt).values(state=State.DONE, lease_until=None))
    found = sorted(wait for who in QUIET for wait in waited[who])
    return found[len(found) * 95 // 100]
