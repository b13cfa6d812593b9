"""Old and new processes over one database: work in flight survives a migration, code that is too old says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from tasks.store import attempts, schema
from tasks.store.attempts import Lease
from tasks.store.database import Store, check, open_store, upgrade
from tasks.store.queue import next_attempt
from tasks.store.schema import TooOld, configuration
from tasks.store.states import State

BEFORE = "0001"
"""The version before: what its processes know of the tables."""


@pytest.fixture(params=["sqlite", "postgresql"])
def old_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Yield a database as the version before made it."""
    if request.param == "sqlite":
        opened = open_store(f"sqlite:///{tmp_path / 'old.db'}")
    else:
        server = open_store(request.getfixturevalue("postgresql"))
        with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("DROP DATABASE IF EXISTS before"))
            connection.execute(text("CREATE DATABASE before"))
        server.engine.dispose()
        opened = open_store(make_url(request.getfixturevalue("postgresql")).set(database="before").render_as_string())
    with opened.engine.begin() as connection:
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
    yield opened
    opened.engine.dispose()


def insert_as_before(connection: Connection, *, state: str, lease: str) -> int:
    """Write an attempt the way the version before does: it knows none of the newer columns."""
    return connection.execute(
        text(
            "INSERT INTO attempts (semantic_key, repository_id, repository, base, head_sha, state, sentence, fence, "
            "created_at, changed_at, lease_until, lease_owner) VALUES (:key, 7, 'o/r', 'main', 'a', :state, '', 3, "
            f"CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, {lease}, 'old') RETURNING id"
        ),
        {"key": f"ci:{state}:{lease}", "state": state},
    ).scalar_one()


def test_attempts_in_flight_go_on_through_a_migration(old_store: Store) -> None:
    with old_store.engine.begin() as connection:
        waiting = insert_as_before(connection, state="repairing", lease="NULL")
        held = insert_as_before(connection, state="verifying", lease="'2999-01-01 00:00:00'")
    upgrade(old_store.engine)
    with old_store.write() as session:  # the old worker ends the stage it was in
        attempts.advance(session, Lease(held, State.VERIFYING, 3), to=State.DECIDING)
    with old_store.engine.begin() as connection:  # and opens another attempt, knowing nothing of priorities
        late = insert_as_before(connection, state="received", lease="NULL")
    with old_store.write() as session:
        got = [next_attempt(session, ("repair", "decide", "observe")) for _ in range(4)]
    assert [one and one.id for one in got] == [waiting, held, late, None]


def test_an_older_process_goes_on_with_tables_that_it_can_live_with(old_store: Store) -> None:
    upgrade(old_store.engine)
    with old_store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    upgrade(old_store.engine)  # of the older one, at its start: leaves them as they are
    check(old_store.engine)
    with old_store.engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_a_process_that_is_too_old_refuses_with_a_sentence(old_store: Store) -> None:
    upgrade(old_store.engine)
    with old_store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("INSERT INTO schema_floor VALUES ('9998')"))
    for refuse in (upgrade, check):
        with pytest.raises(TooOld, match=f"revision 9999 .* 9998 or newer; this is {schema.newest()}"):
            refuse(old_store.engine)
