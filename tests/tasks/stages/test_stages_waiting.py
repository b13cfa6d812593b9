"""What waits for a limit or for room: given back, never lost, never counted as a failure."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from stages_fakes import RED_SHA, Desk

from tasks.github.errors import RateLimited
from tasks.ledger.chain import entries
from tasks.store import attempts, slots
from tasks.store.models import Attempt
from tasks.store.models_running import Slot
from tasks.store.states import State

EFFECTS = ["branch", "commit", "pull", "labels", "check"]


def row(desk: Desk, attempt_id: int) -> Attempt:
    with desk.turns.store.read() as session:
        return session.get_one(Attempt, attempt_id)


def woken(desk: Desk) -> list[int]:
    """What a sweep would wake now."""
    with desk.turns.store.read() as session:
        return [number for number, state in attempts.unfinished(session) if state is not State.WATCHING]


def let_pass(desk: Desk, **time: int) -> None:
    """Let time pass for everything that waits, and for the slots that were taken."""
    ago = timedelta(**time)
    with desk.turns.store.write() as session:
        for attempt in session.scalars(select(Attempt).where(Attempt.waits_until.is_not(None))):
            attempt.waits_until -= ago
        for slot in session.scalars(select(Slot)):
            slot.taken_at -= ago


def kinds(desk: Desk) -> list[str]:
    return [made.partition(" ")[0] for made in desk.hub.journal]


def other(desk: Desk, number: int, branch: str) -> int:
    """Let the same fault turn up on another branch, which makes it another incident."""
    desk.hub.branches[branch] = RED_SHA
    sha = desk.hub.push(branch)
    return desk.attempt(number, sha=sha, head_branch=branch)


@pytest.mark.parametrize("kind", EFFECTS)
def test_a_limit_at_any_effect_puts_the_rest_off_and_nothing_is_made_twice(
    desk: Desk, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.hub.policy("autonomy: pr")
    name = {"branch": "create_branch", "pull": "open_pull", "labels": "add_labels", "check": "create_check"}.get(
        kind, kind
    )
    makes, left = getattr(desk.hub, name), [1]

    def limited(*arguments: object, **named: object) -> object:
        if left:
            left.pop()
            raise RateLimited("The limit is used up.", 90.0)
        return makes(*arguments, **named)

    monkeypatch.setattr(desk.hub, name, limited)
    attempt_id = desk.attempt()
    assert desk.run(attempt_id) is State.PUBLISHING
    waits = row(desk, attempt_id)
    assert (waits.lease_until, waits.waits_for) == (None, "The limit is used up.")
    assert woken(desk) == []

    opened = len(desk.written)
    assert desk.run(attempt_id) is State.PUBLISHING  # woken too early, it does not even ask for a token
    assert len(desk.written) == opened

    let_pass(desk, seconds=91)
    assert woken(desk) == [attempt_id]
    assert desk.run(attempt_id) is State.WATCHING
    assert kinds(desk) == EFFECTS
    assert (row(desk, attempt_id).waits_until, row(desk, attempt_id).waits_for) == (None, "")


def test_an_analysis_waits_as_well(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt_id = desk.attempt()

    def limited(*_: object) -> object:
        raise RateLimited("The limit is used up.", 90.0)

    with monkeypatch.context() as closed:
        closed.setattr(desk.hub, "failed_jobs", limited)
        assert desk.step(attempt_id) is State.RECEIVED
    let_pass(desk, seconds=91)
    assert desk.run(attempt_id) is State.DONE


def test_over_the_open_limit_a_repair_waits_until_a_person_decided(desk: Desk) -> None:
    desk.hub.policy("autonomy: draft_pr\nmax_open: 1")
    first = desk.attempt(1)
    desk.run(first)
    second = other(desk, 2, "release")
    assert desk.run(second) is State.PUBLISHING
    _, conclusion, shown = desk.hub.checks[f"goldseam:{second}"]
    assert (conclusion, shown.title) == ("neutral", "A proven repair waits for room")
    assert "1 of at most 1 open pull requests" in shown.summary
    assert "1 of at most 1 open" in row(desk, second).waits_for
    let_pass(desk, seconds=301)
    assert desk.run(second) is State.PUBLISHING  # still no room, and no second word about it
    assert len(desk.hub.pulls) == 1
    with desk.turns.store.read() as session:
        found = list(entries(session, attempt_id=second))
    said = [entry for entry in found if entry.policy and entry.policy.clause == "repo:max_open"]
    assert len(said) == 1

    desk.hub.answer(1, merged=True)
    desk.run(first)
    let_pass(desk, seconds=301)
    assert desk.run(second) is State.WATCHING
    assert len(desk.hub.pulls) == 2
    assert desk.hub.checks[f"goldseam:{second}"][2].title != shown.title


def test_over_the_hourly_limit_a_repair_waits_until_the_hour_is_over(desk: Desk) -> None:
    desk.hub.policy("autonomy: pr\nmax_new_per_hour: 1")
    first = desk.attempt(1)
    desk.run(first)
    desk.hub.answer(1, merged=True)
    desk.run(first)
    second = other(desk, 2, "release")
    assert desk.run(second) is State.PUBLISHING
    let_pass(desk, seconds=301)
    assert desk.run(second) is State.PUBLISHING
    let_pass(desk, hours=1)
    assert desk.run(second) is State.WATCHING


def test_the_servers_ceilings_hold_where_a_repository_asks_for_more(desk: Desk) -> None:
    desk.hub.policy("autonomy: pr\nmax_open: 99\nmax_new_per_hour: 99")
    for number, branch in enumerate(("main", "a", "b"), 1):
        desk.run(desk.attempt(1) if branch == "main" else other(desk, number, branch))
    assert len(desk.hub.pulls) == 2
    assert "2 of at most 2" in row(desk, 3).waits_for


def test_what_may_never_be_opened_does_not_wait(desk: Desk) -> None:
    desk.hub.policy("autonomy: suggest\nmax_open: 0")
    assert desk.run(desk.attempt()) is State.DONE


def test_workers_at_the_same_moment_do_not_share_a_slot(either_desk: Desk) -> None:
    store = either_desk.turns.store
    with store.write() as session:
        for number in range(6):
            made = Attempt(semantic_key=f"{number}", repository_id=7, repository="o/r", base="main", head_sha=RED_SHA)
            attempts.open_attempt(session, made)
        session.execute(update(Attempt).values(state=State.PUBLISHING))

    def publish(number: int) -> bool:
        with store.write() as session:
            attempt = session.get_one(Attempt, number)
            slots.lock(session, attempt.repository_id)
            if slots.count_open(session, attempt) >= 2:
                return False
            slots.take(session, attempt)
            return True

    with ThreadPoolExecutor(6) as workers:
        assert sum(workers.map(publish, range(1, 7))) == 2


def test_a_slot_of_an_attempt_that_ended_without_a_request_is_free(desk: Desk) -> None:
    desk.hub.policy("autonomy: pr\nmax_open: 1\nmax_new_per_hour: 1")
    first = desk.attempt(1)
    while desk.turns.state_of(first) is not State.PUBLISHING:
        desk.step(first)
    desk.hub.push("main", **{"src/fees.py": "def late_fee(days):\n    return 7\n"})
    assert desk.run(first) is State.SUPERSEDED  # it had taken its slot
    assert desk.run(other(desk, 2, "release")) is State.WATCHING
