"""The inbox: what is acknowledged is committed, once, and one bad delivery does not take others with it."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import event, select

from tasks.store.database import Store
from tasks.store.deliveries import Incoming
from tasks.store.inbox import Inbox, NotStored
from tasks.store.models import Delivery


def rows(store: Store) -> dict[str, int]:
    with store.read() as session:
        return {row.guid: row.times for row in session.execute(select(Delivery.guid, Delivery.times))}


async def at_once(inbox: Inbox, incoming: Sequence[Incoming]) -> list[BaseException | None]:
    return await asyncio.gather(*map(inbox.put, incoming), return_exceptions=True)


def test_what_many_put_at_once_shares_commits_and_is_all_there(store: Store) -> None:
    guids = [str(uuid.uuid4()) for _ in range(50)]
    commits: list[object] = []

    @event.listens_for(store.engine, "commit")
    def committed(connection: object) -> None:
        commits.append(connection)

    told = asyncio.run(at_once(Inbox(store), [Incoming(guid, "push", b"{}") for guid in guids * 4]))
    assert told == [None] * 200
    assert rows(store) == dict.fromkeys(guids, 4)
    assert len(commits) == 2, "a hundred in each"


def test_what_comes_during_a_commit_is_in_the_next_one(store: Store) -> None:
    inbox, order = Inbox(store), list[str]()

    async def put(guid: str) -> None:
        await inbox.put(Incoming(guid, "push", b"{}"))
        order.append(guid)

    async def come_and_come() -> None:
        first = asyncio.create_task(put("first"))
        await asyncio.sleep(0)  # it is handed over
        await asyncio.gather(first, *(put(f"later {n}") for n in range(5)))

    inbox.wake = lambda: order.append("commit")
    asyncio.run(come_and_come())
    later = [f"later {n}" for n in range(5)]
    # The second commit is under way in its own thread while the first sender is told.
    assert order in (["commit", "first", "commit", *later], ["commit", "commit", "first", *later])


def test_one_that_cannot_be_stored_fails_alone(sqlite_store: Store) -> None:
    names: list[Any] = ["push"] * 8
    names[3] = None  # the table refuses NULL
    incoming = [Incoming(f"g{each}", name, b"{}") for each, name in enumerate(names)]
    outcomes = asyncio.run(at_once(Inbox(sqlite_store), incoming))
    assert [each for each, found in enumerate(outcomes) if isinstance(found, NotStored)] == [3]
    assert set(rows(sqlite_store)) == {f"g{each}" for each in range(8) if each != 3}


def test_a_database_that_refuses_is_said_to_all_and_left_by_none(sqlite_store: Store) -> None:
    inbox = Inbox(sqlite_store)

    def put(*guids: str) -> list[BaseException | None]:
        return asyncio.run(at_once(inbox, [Incoming(guid, "push", b"{}") for guid in guids]))

    assert put("before") == [None]
    with sqlite_store.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE deliveries RENAME TO away")
    for refused in put("mean", "while"):
        assert isinstance(refused, NotStored)
        assert "OperationalError" in str(refused)
    with sqlite_store.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE away RENAME TO deliveries")
    assert put("after") == [None]
    assert set(rows(sqlite_store)) == {"before", "after"}


def test_nobody_waits_longer_than_the_sender(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.store.inbox._SECONDS", 0.05)
    over = threading.Event()
    inbox = Inbox(sqlite_store, wake=lambda: over.wait(5))

    async def put() -> None:
        with pytest.raises(NotStored, match="in time"):
            await inbox.put(Incoming("slow", "push", b"{}"))
        over.set()
        await inbox.put(Incoming("next", "push", b"{}"))

    asyncio.run(put())
    assert set(rows(sqlite_store)) == {"slow", "next"}


def test_more_than_can_wait_are_refused_at_once(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.store.inbox.MOST_WAITING", 3)
    outcomes = asyncio.run(at_once(Inbox(sqlite_store), [Incoming(f"g{n}", "push", b"{}") for n in range(5)]))
    assert [isinstance(each, NotStored) for each in outcomes] == [False, False, False, True, True]


def test_what_waits_has_a_size(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.store.inbox.MOST_WAITING_BYTES", 100)
    inbox = Inbox(sqlite_store)
    for name in ("first", "again"):
        sizes = [150, 1, 40, 40, 40]  # the first is alone, so it may be larger than what may wait
        outcomes = asyncio.run(at_once(inbox, [Incoming(f"{name}{n}", "push", b"x" * n) for n in sizes]))
        assert [isinstance(each, NotStored) for each in outcomes] == [False, True, True, True, True]
        outcomes = asyncio.run(at_once(inbox, [Incoming(f"{name}{n}", "push", b"x" * 40) for n in range(3)]))
        assert [isinstance(each, NotStored) for each in outcomes] == [False, False, True]
