"""From deliveries to attempts: whatever the order, the repetition or the fault, the same work is asked for once."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from stages_fakes import Desk, check_run, check_suite, envelope, pull_closed, workflow_run

from tasks.github.protocol import Pull
from tasks.stages import receive as receiving
from tasks.store.counts import TALLY
from tasks.store.models import Attempt, Delivery, DeliveryState
from tasks.store.states import State

PULL = Pull(1, "N1", "closed", True, False, "topic", "f" * 40, "main", "", "https://x/1")


def delivery(desk: Desk, guid: str) -> Delivery:
    with desk.turns.store.read() as session:
        return session.scalars(select(Delivery).where(Delivery.guid == guid)).one()


def attempts(desk: Desk) -> list[Attempt]:
    with desk.turns.store.read() as session:
        return list(session.scalars(select(Attempt)))


def comment(number: int = 9) -> dict[str, object]:
    user = {"login": "kim", "id": 11, "type": "User"}
    said = {"id": number, "body": "/goldseam explain", "user": user, "created_at": datetime.now(UTC).isoformat()}
    return envelope(action="created", issue={"number": 1, "pull_request": {}}, comment=said)


def test_fifty_deliveries_of_one_red_commit_are_one_attempt(either_desk: Desk) -> None:
    """Re-runs, checks of another CI system, its suite and a second hook, each under ids of their own."""
    desk = either_desk
    run = desk.red()
    kinds = [("workflow_run", workflow_run(run)), ("check_suite", check_suite(run)), ("check_run", check_run(run, "a"))]
    told = {desk.deliver(f"g{number}", *kinds[number % 3]) for number in range(50)}
    (attempt,) = attempts(desk)
    assert told == {attempt.id}
    assert {delivery(desk, f"g{number}").attempt_id for number in range(50)} == {attempt.id}


def closed(number: int = 1) -> dict[str, object]:
    document = pull_closed(replace(PULL, number=number))
    pull = document["pull_request"]
    assert isinstance(pull, dict)
    return document | {"pull_request": pull | {"updated_at": datetime.now(UTC).isoformat()[:16]}}


def test_an_event_told_by_two_hooks_is_one_event(either_desk: Desk) -> None:
    desk = either_desk
    for guid in ("app", "hook"):
        desk.deliver(guid, "pull_request", closed())
    desk.deliver("other", "pull_request", closed(2))
    assert delivery(desk, "hook").reason == "The same event as delivery app."
    assert delivery(desk, "hook").semantic_key is None
    assert "same event" not in delivery(desk, "other").reason


def test_two_workers_at_two_tellings_of_one_event_link_one_to_the_other(either_desk: Desk) -> None:
    desk = either_desk
    gate, guids = threading.Barrier(6), [f"g{number}" for number in range(6)]

    def deliver(guid: str) -> None:
        gate.wait()
        desk.deliver(guid, "pull_request", closed())

    workers = [threading.Thread(target=deliver, args=(guid,)) for guid in guids]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    found = [delivery(desk, guid) for guid in guids]
    assert {each.state for each in found} == {DeliveryState.DONE}
    assert sum(each.semantic_key is not None for each in found) == 1
    assert sum(each.reason.startswith("The same event as delivery g") for each in found) == 5


def test_what_became_of_deliveries_is_counted(desk: Desk) -> None:
    TALLY.take()
    run = desk.red()
    desk.deliver("a", "workflow_run", workflow_run(run))
    desk.deliver("b", "pull_request", closed() | {"action": "transmogrified"})
    desk.deliver("c", "solar_flare", {})
    counted = {labels: value for (name, labels), value in TALLY.take().items() if name == "received"}
    assert counted == {
        '{"event": "workflow_run", "outcome": "taken"}': 1,
        '{"event": "pull_request", "outcome": "ignored"}': 1,
        '{"event": "unknown", "outcome": "ignored"}': 1,
    }


def test_the_order_of_events_does_not_matter(desk: Desk) -> None:
    for turn, order in enumerate(permutations(range(4))):
        run = desk.red(turn + 1, sha=f"{turn + 1:040x}")
        pull = pull_closed(PULL)
        events = [
            ("workflow_run", workflow_run(run) | {"action": "requested"}),
            ("workflow_run", workflow_run(run)),
            ("pull_request", pull | {"action": "opened"}),
            ("pull_request", pull),
        ]
        requested = events[0][1]["workflow_run"]
        assert isinstance(requested, dict)
        requested |= {"conclusion": None, "status": "queued"}
        for step in order:
            desk.deliver(f"{turn}-{step}", *events[step])
    found = attempts(desk)
    assert len(found) == 24
    assert {(each.state, each.base) for each in found} == {(State.RECEIVED, "main")}


def test_a_delivery_that_breaks_goldseam_is_given_up_after_a_few_tries(
    either_desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = either_desk
    monkeypatch.setattr(receiving, "_taken", lambda *_: 1 / len(""))
    with desk.turns.store.write() as session:
        number = receiving.deliveries.receive(session, guid="g", event="issue_comment", body=_json(comment()))
    for _ in range(receiving.TRIES):
        assert delivery(desk, "g").state is DeliveryState.RECEIVED
        assert receiving.receive(number, store=desk.turns.store) is None
    assert delivery(desk, "g").state is DeliveryState.DONE
    assert delivery(desk, "g").reason.startswith("Goldseam itself broke on this delivery: ZeroDivisionError")
    assert "/goldseam" not in "".join(capsys.readouterr())


def test_a_database_that_is_away_is_nobody_s_fault(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(receiving, "_taken", away)
    with pytest.raises(OperationalError):
        desk.deliver("g", "issue_comment", comment())
    assert (delivery(desk, "g").state, delivery(desk, "g").tries) == (DeliveryState.RECEIVED, 0)


def _json(document: object) -> bytes:
    return json.dumps(document).encode()


def due(desk: Desk, attempt_id: int) -> bool:
    """Say whether a watched attempt would be taken up now."""
    with desk.turns.store.write() as session:
        row = session.get_one(Attempt, attempt_id)
        asked = row.not_before is not None and row.not_before <= datetime.now(UTC)
        row.not_before = datetime.now(UTC) + timedelta(hours=1)
    return asked


def test_changes_around_a_watched_request_have_it_looked_at(either_desk: Desk) -> None:
    desk = either_desk
    desk.hub.policy("autonomy: draft_pr")
    watched = desk.attempt()
    assert desk.run(watched) is State.WATCHING
    due(desk, watched)
    push = {"ref": "refs/heads/main", "before": "a" * 40, "after": "b" * 40, "deleted": False, "forced": False}
    pushed = pull_closed(replace(PULL, head_branch="goldseam/x")) | {"action": "synchronize", "before": "a" * 40}
    told = [
        desk.deliver("push", "push", envelope(**push)),
        due(desk, watched),
        desk.deliver("elsewhere", "push", envelope(**push | {"ref": "refs/heads/topic"})),
        due(desk, watched),
        desk.deliver("theirs", "pull_request", pushed),
        due(desk, watched),
        desk.deliver("of another", "pull_request", pushed | {"pull_request": pushed["pull_request"] | {"number": 9}}),
        due(desk, watched),
    ]
    assert told == [watched, True, None, False, watched, True, None, False]
