"""The inbox: what is acknowledged is committed, once, and one bad delivery does not take others with it."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event, select

from tasks.store.database import Store
from tasks.store.deliveries import Incoming
from tasks.store.inbox import Inbox, NotStored
from tasks.store.models import Delivery


def rows(store: Store) -> dict[str, int]:
    with store.read() as session:
        return {row.guid: row.times for row in session.execute(select(Delivery.guid, Delivery.times))}


def at_once(number: int, do: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=do, args=(each,)) for each in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_what_many_put_at_once_shares_commits_and_is_all_there(store: Store, tmp_path: Path) -> None:
    inbox, guids, ids = Inbox(store, tmp_path / "turn"), [str(uuid.uuid4()) for _ in range(50)], {}
    commits: list[object] = []

    @event.listens_for(store.engine, "commit")
    def committed(connection: object) -> None:
        commits.append(connection)
        time.sleep(0.005)  # as a disk does; without it a commit is over before anybody else comes

    at_once(200, lambda each: ids.update({each: inbox.put(Incoming(guids[each % 50], "push", b"{}"))}))
    assert rows(store) == dict.fromkeys(guids, 4)
    assert {each % 50: number for each, number in ids.items()} == {n: ids[n] for n in range(50)}
    assert len(commits) < 100


def test_one_that_cannot_be_stored_fails_alone(sqlite_store: Store) -> None:
    inbox, outcomes = Inbox(sqlite_store), dict[int, object]()

    def put(each: int) -> None:
        name = None if each == 3 else "push"  # the table refuses NULL
        try:
            outcomes[each] = inbox.put(Incoming(f"g{each}", name, b"{}"))  # type: ignore[arg-type]
        except NotStored as error:
            outcomes[each] = error

    at_once(8, put)
    assert {each for each, found in outcomes.items() if isinstance(found, NotStored)} == {3}
    assert set(rows(sqlite_store)) == {f"g{each}" for each in range(8) if each != 3}


def test_a_database_that_refuses_is_said_to_all_and_left_by_none(sqlite_store: Store) -> None:
    inbox = Inbox(sqlite_store)
    assert inbox.put(Incoming("before", "push", b"{}")) == 1
    with sqlite_store.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE deliveries RENAME TO away")
    with pytest.raises(NotStored, match="OperationalError"):
        inbox.put(Incoming("meanwhile", "push", b"{}"))
    with sqlite_store.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE away RENAME TO deliveries")
    assert inbox.put(Incoming("after", "push", b"{}")) == 2
