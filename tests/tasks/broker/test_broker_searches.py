"""What was missed is found: deliveries that did not arrive, and red runs that were never told of."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from sqlalchemy import select

from app.simulator import payloads
from tasks.broker import missed, unsent
from tasks.broker.hooks import AppHooks
from tasks.broker.missed import Searched, search_missed
from tasks.broker.unsent import search_unsent
from tasks.stages.receive import receive
from tasks.store import rounds
from tasks.store.database import Store, now
from tasks.store.deliveries import receive as put
from tasks.store.models import Attempt, Delivery

RED = [("test", b"1 failed", "Run pytest")]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missed, "UNDER_WAY", timedelta(seconds=-2))
    monkeypatch.setattr(unsent, "TOLD_LATE", timedelta(seconds=-2))


@pytest.fixture
def hooks(bench) -> AppHooks:
    return AppHooks(bench.endpoint, bench.hub.app.id, bench.key.private.decode())


def events(store: Store) -> list[tuple[str, int]]:
    with store.read() as session:
        return [(row.guid, row.times) for row in session.scalars(select(Delivery).order_by(Delivery.id))]


@contextmanager
def receiving(bench, store: Store) -> Iterator[None]:
    """Let a web process listen while the block runs."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with store.write() as session:
                put(session, guid=self.headers["X-GitHub-Delivery"], event=self.headers["X-GitHub-Event"], body=body)
            self.send_response(202)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        bench.hub.webhook_url = f"http://127.0.0.1:{server.server_port}/webhooks/github"
        yield
        bench.hub.webhook_url = ""
        server.shutdown()


def test_what_was_sent_while_nobody_listened_is_sent_again(bench, hooks, store: Store) -> None:
    with receiving(bench, store):
        heard = bench.hub.deliver("push", {"ref": "refs/heads/main"}).guid
    lost = [bench.hub.deliver("push", {"ref": f"refs/heads/{number}"}).guid for number in range(3)]
    bench.hub.deliver("star", {"action": "created"})  # nobody would answer it
    with receiving(bench, store):
        assert search_missed(hooks, store) == Searched(3, 0)
        assert search_missed(hooks, store) == Searched(0, 0)
    assert events(store) == [(heard, 1), *((guid, 1) for guid in lost)]


def test_a_list_of_many_pages_is_read_to_its_end(bench, hooks, sqlite_store: Store) -> None:
    guids = {bench.hub.deliver("push", {}).guid for _ in range(230)}
    with sqlite_store.read() as session:
        since = now(session) - timedelta(days=1)
    assert {one.guid for one in hooks.sent(since)} == guids


def test_what_is_refused_again_and_again_is_given_up(bench, hooks, sqlite_store: Store) -> None:
    bench.hub.deliver("push", {})
    asked = [search_missed(hooks, sqlite_store).asked_again for _ in range(missed.MOST_TIMES + 1)]
    assert asked == [1, 1, 1, 1, 0, 0]
    assert search_missed(hooks, sqlite_store) == Searched(0, 1)


def test_one_search_asks_for_a_bounded_number_and_the_next_goes_on(
    bench, hooks, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missed, "MOST_AGAIN", 2)
    lost = [bench.hub.deliver("push", {}).guid for _ in range(5)]
    with receiving(bench, sqlite_store):
        assert [search_missed(hooks, sqlite_store).asked_again for _ in range(4)] == [2, 2, 1, 0]
    assert {guid for guid, _ in events(sqlite_store)} == set(lost)


@pytest.mark.parametrize(
    ("hours", "says"),
    [(1, ""), (25, "for 25 hours; after 72 it has forgotten"), (80, "in the first 8 of them is out of reach")],
)
def test_a_long_gap_raises_an_alarm(bench, hooks, sqlite_store: Store, hours: int, says: str) -> None:
    with sqlite_store.write() as session:
        then = now(session) - timedelta(hours=hours)
        rounds.covered(session, missed.NAME, ended_at=then, until=then)
    found = search_missed(hooks, sqlite_store)
    assert says in found.alarm
    assert bool(found.alarm) is bool(says)
    assert search_missed(hooks, sqlite_store).alarm == ""


def test_a_red_run_that_was_never_told_becomes_an_attempt(bench, hooks, store: Store) -> None:
    head = bench.repository.git.refs()["refs/heads/main"]
    bench.hub.add_run(bench.repository, head, "main", jobs=RED)
    assert search_unsent(hooks, store) == 1
    assert search_unsent(hooks, store) == 0
    (attempt,) = _attempts(store)
    assert (attempt.head_sha, attempt.base, attempt.repository) == (head, "main", "acme/billing")
    assert attempt.installation_id == next(iter(bench.hub.installations))
    assert [token for token in bench.hub.gate.tokens if bench.alive(token)] == []


def test_only_red_heads_of_people_s_branches_are_taken(bench, hooks, sqlite_store: Store) -> None:
    old = bench.repository.git.refs()["refs/heads/main"]
    bench.hub.add_run(bench.repository, old, "main", jobs=RED)
    new = bench.hub.commit(bench.repository, "main", {"a": b""}, "x")
    bench.hub.add_run(bench.repository, new, "main", jobs=RED)
    bench.hub.add_run(bench.repository, new, "topic", jobs=[("test", b"", "")])
    bench.hub.add_run(bench.repository, new, "goldseam/fix/main-1", jobs=RED)
    assert search_unsent(hooks, sqlite_store) == 1
    assert [each.head_sha for each in _attempts(sqlite_store)] == [new]


def test_a_commit_that_an_attempt_knows_is_left_alone(bench, hooks, sqlite_store: Store) -> None:
    head = bench.repository.git.refs()["refs/heads/main"]
    run = bench.hub.add_run(bench.repository, head, "main", jobs=RED)
    with receiving(bench, sqlite_store):
        for event, document in payloads.of_run(bench.hub, bench.repository, run):
            bench.hub.deliver(event, document)
    assert len(_attempts(sqlite_store)) == 1
    assert search_unsent(hooks, sqlite_store) == 0


def _attempts(store: Store) -> list[Attempt]:
    with store.read() as session:
        waiting = session.scalars(select(Delivery.id).order_by(Delivery.id)).all()
    for number in waiting:
        receive(number, store=store)
    with store.read() as session:
        return list(session.scalars(select(Attempt)))


def test_the_key_is_not_shown(hooks) -> None:
    assert "PRIVATE KEY" not in repr(hooks)
