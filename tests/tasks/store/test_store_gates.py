"""The gate of an installation: its budget of writes and its back-off, shared by all workers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tasks.github.errors import Limit, RateLimited
from tasks.store import gates
from tasks.store.gates import InstallationGate, WriteLimits
from tasks.store.models_running import Write

SMALL = WriteLimits(in_a_minute=6, in_an_hour=20)


class Clock:
    """The database's time, moved by the test."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 22, 14, tzinfo=UTC)

    def __call__(self, _session: object) -> datetime:
        return self.moment

    def step(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(gates, "now", made)
    return made


def admitted(gate: InstallationGate, *, write: bool = True) -> bool:
    try:
        gate.admit(write=write)
    except RateLimited:
        return False
    return True


def test_no_minute_and_no_hour_has_more_writes_than_allowed(store, clock) -> None:
    """Each time it must wait exactly as long as the error says; nothing is lost."""
    gate, times, waits = InstallationGate(store, 7, SMALL), [], 0
    while len(times) < 50:
        try:
            gate.admit(write=True)
        except RateLimited as error:
            waits += 1
            clock.step(error.retry_after)
        else:
            times.append(clock.moment)
    for span, most in ((60, 6), (3600, 20)):
        windows = [sum(start <= at < start + timedelta(seconds=span) for at in times) for start in times]
        assert max(windows) == most
    assert waits < 15
    with store.read() as session:  # older ones are forgotten
        assert session.scalar(select(func.count()).select_from(Write)) <= 20


def test_installations_do_not_share_their_budgets(store, clock) -> None:
    one, other = InstallationGate(store, 7, SMALL), InstallationGate(store, 8, SMALL)
    assert [admitted(one) for _ in range(7)] == [True] * 6 + [False]
    assert admitted(other)


def test_reading_costs_no_write(store, clock) -> None:
    gate = InstallationGate(store, 7, SMALL)
    assert all(admitted(gate, write=False) for _ in range(50))
    assert [admitted(gate) for _ in range(7)] == [True] * 6 + [False]
    assert admitted(gate, write=False)


def test_workers_at_the_same_moment_share_one_budget(store) -> None:
    gate = InstallationGate(store, 7, WriteLimits(in_a_minute=12))
    with ThreadPoolExecutor(6) as workers:
        assert sum(workers.map(lambda _: admitted(gate), range(30))) == 12


def test_a_closed_gate_holds_every_request_of_every_worker(store, clock) -> None:
    one, other = InstallationGate(store, 7), InstallationGate(store, 7)
    one.close(Limit(7, named=True))
    for gate in (one, other):
        for write in (False, True):
            with pytest.raises(RateLimited) as caught:
                gate.admit(write=write)
            assert caught.value.retry_after == 7
    clock.step(6.9)
    assert not admitted(other)
    clock.step(0.1)
    assert admitted(other)


def test_a_shorter_limit_does_not_open_the_gate_early(store, clock) -> None:
    gate = InstallationGate(store, 7)
    gate.close(Limit(60, named=True))
    gate.close(Limit(1, named=True))
    clock.step(30)
    assert not admitted(gate)


def test_a_guessed_time_doubles_until_a_write_went_through(store, clock) -> None:
    gate, waits = InstallationGate(store, 7), []
    for _ in range(3):
        gate.close(Limit(60, named=False))
        with pytest.raises(RateLimited) as caught:
            gate.admit(write=True)
        waits.append(caught.value.retry_after)
        clock.step(caught.value.retry_after)
    assert waits == [60, 120, 240]
    gate.admit(write=True)
    gate.close(Limit(60, named=False))
    clock.step(60)
    assert admitted(gate)


def test_a_guess_is_never_longer_than_an_hour(store, clock) -> None:
    gate = InstallationGate(store, 7)
    for _ in range(12):
        gate.close(Limit(60, named=False))
    clock.step(3600)
    assert admitted(gate)
