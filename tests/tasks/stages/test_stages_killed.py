"""Killed anywhere, run twice, taken over, stopped: the outcome is the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select, text
from stages_fakes import OBSERVED, Desk, Killed, make_desk, workflow_run
from test_stages_loop import ledger_holds

from fixers.evidence import Observed
from tasks.ledger.chain import entries
from tasks.ledger.entry import Actor
from tasks.policy.decide import Decision
from tasks.stages import publish as publishing
from tasks.stages.receive import receive
from tasks.stop import EVERYTHING, resume, stop
from tasks.store import attempts, deliveries
from tasks.store.database import Store
from tasks.store.models import Attempt, Effect, LedgerRow
from tasks.store.states import State
from tasks.store.tables import Base

EFFECTS = ["branch", "commit", "pull", "labels", "check"]


def forget_leases(store: Store) -> None:
    """Let the time pass after which a dead worker's lease is over."""
    with store.write() as session:
        session.execute(text("UPDATE attempts SET lease_until = NULL"))


def empty(store: Store) -> None:
    with store.write() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())


def to(desk: Desk, state: State) -> int:
    attempt_id = desk.attempt()
    while desk.turns.state_of(attempt_id) is not state:
        desk.step(attempt_id)
    return attempt_id


def one_of_each(desk: Desk) -> None:
    assert [line.split()[0] for line in desk.hub.journal] == EFFECTS
    ledger_holds(desk)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("effect", EFFECTS)
def test_killed_at_an_effect_it_is_made_once(either_desk: Desk, effect: str, moment: str) -> None:
    """T1 to T4: the worker dies before GitHub acts, or after it has acted and before the answer came."""
    desk = either_desk
    desk.hub.policy("autonomy: draft_pr")
    attempt_id = to(desk, State.PUBLISHING)
    desk.hub.kill_at = (effect, moment)
    with pytest.raises(Killed):
        desk.step(attempt_id)
    forget_leases(desk.turns.store)
    assert desk.run(attempt_id) is State.WATCHING
    if (effect, moment) == ("check", "after"):
        desk.hub.journal.remove(f"check goldseam:{attempt_id}")  # written over by itself: one check, two calls
    one_of_each(desk)
    assert len(desk.hub.pulls) == len(desk.hub.messages) == len(desk.hub.checks) == 1
    with desk.turns.store.read() as session:
        outcomes = {row.kind: row.outcome for row in session.execute(select(Effect.kind, Effect.outcome))}
    found = {effect} if moment == "after" and effect != "check" else set()
    assert outcomes == {kind: "found" if kind in found else "done" for kind in EFFECTS}


def test_what_was_begun_is_finished_although_the_base_moves_on(desk: Desk) -> None:
    """A branch without its pull request would stand there for ever, and say nothing."""
    desk.hub.policy("autonomy: draft_pr")
    attempt_id = to(desk, State.PUBLISHING)
    desk.hub.kill_at = ("branch", "after")
    with pytest.raises(Killed):
        desk.step(attempt_id)
    forget_leases(desk.turns.store)
    desk.hub.push("main", **{"src/fees.py": "late_fee = None\n"})
    assert desk.run(attempt_id) is State.WATCHING
    one_of_each(desk)


@contextmanager
def dying_at_commit(engine: Engine, number: int) -> Iterator[Callable[[], int]]:
    """Kill the worker at its n-th commit, before it reaches the disk; tell how many there were."""
    seen = 0

    def commit(_connection: object) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            raise Killed

    event.listen(engine, "commit", commit)
    try:
        yield lambda: seen
    finally:
        event.remove(engine, "commit", commit)


def test_killed_at_any_commit_of_the_whole_loop_it_ends_the_same(sqlite_store: Store, tmp_path: Path) -> None:
    """T1: each transaction from the first lease to the open pull request is lost once, in a loop of its own."""
    for number in count(1):
        empty(sqlite_store)
        desk = make_desk(sqlite_store, tmp_path)
        desk.hub.policy("autonomy: draft_pr")
        attempt_id = desk.attempt()
        died = False
        with dying_at_commit(sqlite_store.engine, number):
            try:
                desk.run(attempt_id)
            except Killed:
                died = True
        forget_leases(sqlite_store)
        assert desk.run(attempt_id) is State.WATCHING
        check = f"check goldseam:{attempt_id}"
        if desk.hub.journal.count(check) == 2:  # `create_check` wrote over the one of ours
            desk.hub.journal.remove(check)
        one_of_each(desk)
        assert len(desk.hub.pulls) == len(desk.hub.messages) == len(desk.hub.checks) == 1
        if not died:
            break
    assert number > 25


def test_killed_while_a_delivery_is_handled_it_waits_for_the_sweep(either_desk: Desk) -> None:
    """T7: acknowledged, then the worker dies before anything came of it."""
    desk, run = either_desk, either_desk.red()
    with dying_at_commit(desk.turns.store.engine, 2), pytest.raises(Killed):
        desk.deliver("g1", "workflow_run", workflow_run(run))
    with desk.turns.store.read() as session:
        (waiting,) = deliveries.waiting(session)
        assert attempts.unfinished(session) == []
    wake = receive(waiting, store=desk.turns.store)
    assert wake is not None
    assert receive(waiting, store=desk.turns.store) is None
    with desk.turns.store.read() as session:
        assert attempts.unfinished(session) == [(wake.attempt, State.RECEIVED)]


def test_two_workers_at_every_stage_make_one_pull_request(either_desk: Desk) -> None:
    """T10: the same message delivered to several workers at once."""
    desk = either_desk
    desk.hub.policy("autonomy: draft_pr")
    attempt_id = desk.attempt()
    with ThreadPoolExecutor(3) as pool:
        for _ in range(12):
            list(pool.map(lambda _: desk.step(attempt_id), range(3)))
    assert desk.turns.state_of(attempt_id) is State.WATCHING
    assert desk.engine.calls == ["reproduce", "localize", "repair", "verify"]
    one_of_each(desk)


def test_a_worker_that_slept_through_its_lease_changes_nothing(desk: Desk) -> None:
    """T11: stopped in the middle of reproduce, while another worker takes over and goes on."""
    attempt_id = to(desk, State.REPRODUCING)

    class Sleeper(type(desk.engine)):
        def reproduce(self) -> Observed:
            forget_leases(desk.turns.store)
            assert desk.step(attempt_id) is State.LOCALIZING
            return OBSERVED.model_copy(update={"suite_seconds": 99.0})

    sleeper = replace(desk, engine=Sleeper())
    assert sleeper.stage("reproduce", attempt_id) is State.LOCALIZING
    with desk.turns.store.read() as session:
        moves = [e.action for e in entries(session, attempt_id=attempt_id) if e.action == "reproducing>localizing"]
    assert len(moves) == 1
    assert desk.run(attempt_id) is State.DONE  # the heir's document stands, or the script would not match


def test_a_zombie_cannot_make_an_effect(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """T11: it wakes up just before it would open the pull request."""
    desk.hub.policy("autonomy: draft_pr")
    attempt_id = to(desk, State.PUBLISHING)
    real, slept = publishing.propose, []

    def sleeping(*args: object, **kwargs: object) -> object:
        if not slept:
            slept.append(True)
            forget_leases(desk.turns.store)
            assert desk.step(attempt_id) is State.WATCHING
        return real(*args, **kwargs)

    monkeypatch.setattr(publishing, "propose", sleeping)
    assert desk.step(attempt_id) is State.WATCHING
    one_of_each(desk)


def test_a_zombie_makes_nothing_while_its_heir_has_only_begun(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """T11: nothing is visible yet that a look-up could find, so only the fence holds it back."""
    desk.hub.policy("autonomy: draft_pr")
    attempt_id = to(desk, State.PUBLISHING)
    real = publishing.propose

    def sleeping(*args: object, **kwargs: object) -> object:
        forget_leases(desk.turns.store)
        with desk.turns.store.write() as session:
            assert attempts.lease(session, attempt_id, state=State.PUBLISHING, owner="heir", seconds=30)
        return real(*args, **kwargs)

    monkeypatch.setattr(publishing, "propose", sleeping)
    assert desk.step(attempt_id) is State.PUBLISHING
    assert desk.hub.journal == []


def test_a_lease_is_kept_while_the_stage_works_and_given_back_when_it_fails(desk: Desk) -> None:
    desk.turns = replace(desk.turns, seconds=0.3)
    attempt_id = to(desk, State.REPRODUCING)
    began, go_on = threading.Event(), threading.Event()

    class Slow(type(desk.engine)):
        def reproduce(self) -> Observed:
            began.set()
            go_on.wait(10)
            raise OSError("the disk is full")

    slow = replace(desk, engine=Slow())
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(slow.step, attempt_id)
        assert began.wait(10)
        time.sleep(0.8)  # longer than the lease
        assert desk.step(attempt_id) is State.REPRODUCING
        assert desk.engine.calls == []
        go_on.set()
        assert isinstance(running.exception(10), OSError)
    assert desk.step(attempt_id) is State.LOCALIZING


def file_stop(desk: Desk) -> Callable[[], object]:
    path: Path = desk.turns.stop.files[0]
    path.touch()
    return path.unlink


def database_stop(desk: Desk) -> Callable[[], object]:
    admin = Actor(type="admin", id="1")
    with desk.turns.store.write() as session:
        stop(session, scope=EVERYTHING, actor=admin, reason="drill")

    def lift() -> None:
        with desk.turns.store.write() as session:
            resume(session, scope=EVERYTHING, actor=admin, reason="over")

    return lift


@pytest.mark.parametrize("stopping", [file_stop, database_stop])
def test_stopped_no_stage_begins(desk: Desk, stopping: Callable[[Desk], Callable[[], object]]) -> None:
    """T96."""
    desk.hub.policy("autonomy: draft_pr")
    attempt_id = desk.attempt()
    lift = stopping(desk)
    while True:
        state = desk.turns.state_of(attempt_id)
        assert desk.step(attempt_id) is state
        lift()
        if state is State.PUBLISHING:
            break
        desk.step(attempt_id)
        lift = stopping(desk)
    assert desk.hub.journal == []
    assert desk.run(attempt_id) is State.WATCHING
    one_of_each(desk)


@pytest.mark.parametrize("stopping", [file_stop, database_stop])
@pytest.mark.parametrize("done", range(len(EFFECTS)))
def test_stopped_between_effects_the_rest_waits_until_it_is_lifted(
    desk: Desk, done: int, stopping: Callable[[Desk], Callable[[], object]]
) -> None:
    """T96: the switch is set right after the n-th effect."""
    desk.hub.policy("autonomy: draft_pr")
    attempt_id = to(desk, State.PUBLISHING)
    lifts: list[Callable[[], object]] = []
    real = desk.hub.file_at if done == 0 else getattr(desk.hub, _METHOD[EFFECTS[done - 1]])

    def then_stop(*args: object, **kwargs: object) -> object:
        answer = real(*args, **kwargs)
        if not lifts:
            lifts.append(stopping(desk))
        return answer

    setattr(desk.hub, "file_at" if done == 0 else _METHOD[EFFECTS[done - 1]], then_stop)
    for _ in range(3):
        assert desk.step(attempt_id) is State.PUBLISHING
    assert [line.split()[0] for line in desk.hub.journal] == EFFECTS[:done]
    with desk.turns.store.read() as session:
        refusals = [e for e in entries(session, attempt_id=attempt_id) if e.policy and "stop:" in e.policy.clause]
    assert [entry.result for entry in refusals] == ["deny"]
    lifts[0]()
    assert desk.run(attempt_id) is State.WATCHING
    one_of_each(desk)


_METHOD = {
    "branch": "create_branch",
    "commit": "commit",
    "pull": "open_pull",
    "labels": "add_labels",
    "check": "create_check",
}


def test_every_effect_and_move_has_its_entry_in_order(desk: Desk) -> None:
    desk.hub.policy("autonomy: draft_pr")
    attempt_id = desk.attempt()
    desk.run(attempt_id)
    with desk.turns.store.read() as session:
        told = [(entry.kind, entry.action, entry.result) for entry in entries(session, attempt_id=attempt_id)]
        bodies = session.scalars(select(LedgerRow.entry)).all()
    moves = [
        ("state", move, "done")
        for move in (
            ">received",
            "received>reproducing",
            "reproducing>localizing",
            "localizing>repairing",
            "repairing>verifying",
            "verifying>deciding",
        )
    ]
    asked = [("decision", "pull.ready", "deny"), ("decision", "pull.draft", "allow")]
    made = [
        step
        for action in ("branch.create", "branch.commit", "pull.draft", "pull.edit", "check.suggest")
        for step in (("intent", action, "allow"), ("outcome", action, "done"))
    ]
    published = [("state", "publishing>watching", "done")]
    assert told == [*moves, *asked, ("state", "deciding>publishing", "done"), *asked, *made, *published]
    # Nothing that the repository wrote is kept in the ledger, not even a file's name.
    assert not [body for body in bodies if "fees" in body or "late_fee" in body]


def test_a_decision_survives_the_queue() -> None:
    """Celery pickles errors; a refusal carries its whole decision."""
    import pickle  # noqa: PLC0415 - only here

    from tasks.stages.effect import NotNow  # noqa: PLC0415 - same

    decision = Decision(
        action="a", result="deny", clause="c", sentence="s", clauses=(), autonomy="pr", policy_digest="d"
    )
    assert pickle.loads(pickle.dumps(NotNow(decision))).decision == decision


def test_the_sweep_finds_what_a_dead_worker_left(desk: Desk) -> None:
    attempt_id = to(desk, State.VERIFYING)
    with desk.turns.store.write() as session:
        attempts.lease(session, attempt_id, state=State.VERIFYING, owner="dead", seconds=30)
    assert desk.step(attempt_id) is State.VERIFYING  # held
    forget_leases(desk.turns.store)
    with desk.turns.store.read() as session:
        assert attempts.unfinished(session) == [(attempt_id, State.VERIFYING)]
        assert session.get_one(Attempt, attempt_id).fence > 0
    assert desk.step(attempt_id) is State.DECIDING
