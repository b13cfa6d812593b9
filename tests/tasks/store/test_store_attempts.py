"""Deliveries, leases, fences and incidents under repetition and races."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import product

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from fixers.model import Reason
from tasks.store import attempts, deliveries, effects, incidents
from tasks.store.attempts import Lease, LostTurn
from tasks.store.database import Store
from tasks.store.models import Attempt, Delivery, Incident
from tasks.store.states import MOVES, State


def make_attempt(store: Store, sha: str = "a" * 40, *, state: State = State.RECEIVED) -> int:
    with store.write() as session:
        attempt, _ = attempts.open_attempt(session, _attempt(sha))
        attempt.state = state
        return attempt.id


def _attempt(sha: str) -> Attempt:
    return Attempt(semantic_key=f"ci:7:{sha}", repository_id=7, repository="o/r", base="main", head_sha=sha)


@contextmanager
def held(store: Store, attempt_id: int, state: State, *, seconds: float = 30) -> Iterator[Lease]:
    with store.write() as session:
        lease = attempts.lease(session, attempt_id, state=state, owner="w", seconds=seconds)
        assert lease is not None
    yield lease


def state_of(store: Store, attempt_id: int) -> State:
    with store.read() as session:
        return session.get_one(Attempt, attempt_id).state


def test_one_delivery_received_many_times_at_once_is_one_row(store: Store) -> None:
    def post(_: int) -> int:
        with store.write() as session:
            return deliveries.receive(session, guid="g1", event="workflow_run", body=b"{}")

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(post, range(40)))
    with store.read() as session:
        rows = session.scalars(select(Delivery)).all()
    assert len(ids) == 1
    assert [row.times for row in rows] == [40]


def test_a_delivery_is_claimed_until_it_is_finished(store: Store) -> None:
    with store.write() as session:
        first = deliveries.receive(session, guid="g1", event="push", body=b"\x00\xff")
        second = deliveries.receive(session, guid="g2", event="push", body=b"{}")
    with store.write() as session:
        claimed = deliveries.claim(session, first)
        assert claimed is not None
        assert claimed.body == b"\x00\xff"
        deliveries.finish(session, first, reason="Ignored: a push.")
    with store.write() as session:
        assert deliveries.claim(session, first) is None
        assert deliveries.waiting(session) == [second]


@pytest.mark.parametrize(("before", "after"), list(product(State, State)), ids=lambda state: state.value)
def test_an_attempt_moves_only_along_the_table(sqlite_store: Store, before: State, after: State) -> None:
    attempt_id = make_attempt(sqlite_store, state=before)
    with held(sqlite_store, attempt_id, before) as lease:
        if after in MOVES[before]:
            with sqlite_store.write() as session:
                attempts.advance(session, lease, to=after)
            assert state_of(sqlite_store, attempt_id) is after
        else:
            with pytest.raises(ValueError, match="cannot go from"), sqlite_store.write() as session:
                attempts.advance(session, lease, to=after)
            assert state_of(sqlite_store, attempt_id) is before


def test_a_lease_keeps_others_out_until_it_is_released_or_over(store: Store) -> None:
    attempt_id = make_attempt(store)

    def take(seconds: float) -> Lease | None:
        with store.write() as session:
            return attempts.lease(session, attempt_id, state=State.RECEIVED, owner="w", seconds=seconds)

    first = take(30)
    assert first is not None
    assert take(30) is None
    with store.write() as session:
        attempts.release(session, first)
    second = take(-1)  # over as soon as it is taken
    third = take(30)
    assert second is not None
    assert third is not None
    assert first.fence < second.fence < third.fence


def test_a_worker_that_lost_its_lease_can_change_nothing(store: Store) -> None:
    """T11: stopped past its lease, continued after another worker took over."""
    attempt_id = make_attempt(store)
    with held(store, attempt_id, State.RECEIVED, seconds=-1) as zombie, held(store, attempt_id, State.RECEIVED) as heir:
        for change in (
            lambda session: attempts.guard(session, zombie),
            lambda session: attempts.advance(session, zombie, to=State.FAILED),
        ):
            with pytest.raises(LostTurn), store.write() as session:
                change(session)
        with store.write() as session:
            assert not attempts.renew(session, zombie, seconds=60)
            attempts.release(session, zombie)
            attempts.guard(session, heir)
            attempts.advance(session, heir, to=State.REPRODUCING)
    assert state_of(store, attempt_id) is State.REPRODUCING


def test_of_many_workers_one_gets_the_lease(store: Store) -> None:
    attempt_id = make_attempt(store)

    def take(number: int) -> Lease | None:
        with store.write() as session:
            return attempts.lease(session, attempt_id, state=State.RECEIVED, owner=f"w{number}", seconds=30)

    with ThreadPoolExecutor(8) as pool:
        taken = [lease for lease in pool.map(take, range(16)) if lease]
    assert len(taken) == 1


def test_a_sweep_sees_what_nobody_holds(store: Store) -> None:
    free, busy, over = (make_attempt(store, sha * 40) for sha in "abc")
    done = make_attempt(store, "d" * 40, state=State.DECLINED)
    with held(store, busy, State.RECEIVED), held(store, over, State.RECEIVED, seconds=-1), store.read() as session:
        assert attempts.unfinished(session) == [(free, State.RECEIVED), (over, State.RECEIVED)]
    assert state_of(store, done) is State.DECLINED


def test_one_semantic_key_is_one_attempt(store: Store) -> None:
    first = make_attempt(store)
    with store.write() as session:
        again, new = attempts.open_attempt(session, _attempt("a" * 40))
        assert (again.id, new) == (first, False)


def test_one_red_commit_told_many_times_at_once_is_one_attempt(store: Store) -> None:
    """T22, concurrently: nobody loses the race with an error."""

    def open_it(_: int) -> tuple[int, bool]:
        with store.write() as session:
            attempt, new = attempts.open_attempt(session, _attempt("a" * 40))
            return attempt.id, new

    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(open_it, range(24)))
    assert len({attempt_id for attempt_id, _ in opened}) == 1
    assert [new for _, new in opened].count(True) == 1


def test_one_fault_has_one_attempt_at_work(store: Store) -> None:
    """T104: ten attempts at ten commits show the same fault at once."""
    ids = [make_attempt(store, f"{number:040d}") for number in range(10)]

    def join(attempt_id: int) -> int | None:
        with store.write() as session:
            attempt = session.get_one(Attempt, attempt_id)
            rival = incidents.attach(session, attempt, fingerprint="f" * 64, title="test_x")
            return rival.id if rival else None

    with ThreadPoolExecutor(5) as pool:
        rivals = list(pool.map(join, ids))
    winner = rivals.index(None)
    assert rivals.count(None) == 1
    assert {rival for rival in rivals if rival} == {ids[winner]}
    with store.read() as session:
        assert session.scalars(select(Incident.occurrences)).all() == [10]


def test_the_table_itself_refuses_a_second_attempt_at_work(store: Store) -> None:
    first, second = make_attempt(store, "a" * 40), make_attempt(store, "b" * 40)
    with store.write() as session:
        incidents.attach(session, session.get_one(Attempt, first), fingerprint="f", title="t")
    with pytest.raises(IntegrityError), store.write() as session:
        session.get_one(Attempt, second).incident_id = session.get_one(Attempt, first).incident_id


def test_a_fault_that_comes_back_is_a_new_incident(store: Store) -> None:
    first, second = make_attempt(store, "a" * 40), make_attempt(store, "b" * 40)
    with store.write() as session:
        attempt = session.get_one(Attempt, first)
        incidents.attach(session, attempt, fingerprint="f", title="t")
        attempt.state = State.DONE
        assert incidents.close(session, attempt.incident_id, because="merged", by="pull request #1")
        assert not incidents.close(session, attempt.incident_id, because="declined", by="pull request #1")
    with store.write() as session:
        attempt = session.get_one(Attempt, second)
        assert incidents.attach(session, attempt, fingerprint="f", title="t") is None
        closed = incidents.last_closed(session, attempt, fingerprint="f")
        assert closed is not None
        assert closed.closed_because == "merged"
        assert session.execute(select(func.count()).select_from(Incident)).scalar() == 2


def test_an_effect_is_intended_once_and_concluded_once(store: Store) -> None:
    attempt_id = make_attempt(store)
    intent = {"key": f"branch:{attempt_id}", "attempt_id": attempt_id, "kind": "branch", "target": "goldseam/fix/x"}
    with store.write() as session:
        effect, new = effects.intend(session, **intent)
        assert new
    with store.write() as session:
        again, new = effects.intend(session, **intent)
        assert (again.id, new, again.outcome) == (effect.id, False, "")
        assert effects.conclude(session, effect.id, outcome="done", remote_id="sha", url="u")
        assert not effects.conclude(session, effect.id, outcome="found", remote_id="other", url="v")
    with store.read() as session:
        assert [one.remote_id for one in effects.of_attempt(session, attempt_id)] == ["sha"]
        assert effects.attempt_that_made(session, repository_id=7, kind="branch", target="goldseam/fix/x") == attempt_id
        assert effects.attempt_that_made(session, repository_id=8, kind="branch", target="goldseam/fix/x") is None


def test_a_reason_is_kept_as_its_word(store: Store) -> None:
    attempt_id = make_attempt(store, state=State.PUBLISHING)
    with held(store, attempt_id, State.PUBLISHING) as lease, store.write() as session:
        attempts.advance(session, lease, to=State.DECLINED, reason=Reason.FLAKY, sentence="It fails 3 of 10 times.")
    with store.read() as session:
        assert session.get_one(Attempt, attempt_id).reason is Reason.FLAKY
