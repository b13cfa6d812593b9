"""The migrations and the models name the same tables, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError, StatementError

from tasks.store.database import Store, now, open_store, upgrade
from tasks.store.models import Stop
from tasks.store.states import MOVES, STAGES, TERMINAL, State
from tasks.store.tables import Base


def test_migrations_make_what_the_models_say(store: Store) -> None:
    with store.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_upgrade_twice_at_once_and_again_keeps_the_data(tmp_path: Path) -> None:
    """Two processes that start together both upgrade; the second finds it done."""
    stores = [open_store(f"sqlite:///{tmp_path / 'fresh.db'}") for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda one: upgrade(one.engine), stores))
    with stores[0].write() as session:
        session.add(Stop(scope="all", reason="r", actor="a", since=now(session)))
    upgrade(stores[1].engine)
    with stores[1].read() as session:
        assert session.get_one(Stop, "all").reason == "r"


def test_sqlite_is_durable_and_lets_readers_pass(sqlite_model: Path) -> None:
    opened = open_store(f"sqlite:///{sqlite_model}")
    with opened.write() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert session.execute(text("PRAGMA synchronous")).scalar() == 2
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1
        session.add(Stop(scope="all", reason="r", actor="a", since=now(session)))
        session.flush()
        with opened.read() as reader:  # a reader during a write sees the state before it
            assert reader.get(Stop, "all") is None
        session.rollback()  # the model is everybody's


def test_times_keep_their_instant_and_come_back_in_utc(store: Store) -> None:
    summer = datetime(2026, 7, 1, 14, 30, tzinfo=timezone(timedelta(hours=2)))
    with store.write() as session:
        session.add(Stop(scope="all", reason="r", actor="a", since=summer))
    with store.read() as session:
        back = session.get_one(Stop, "all").since
    assert back == summer
    assert back.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(sqlite_store: Store) -> None:
    with pytest.raises(StatementError, match="without a zone"), sqlite_store.write() as session:
        session.add(Stop(scope="all", reason="r", actor="a", since=datetime(2026, 7, 1)))  # noqa: DTZ001 - the subject


def test_every_state_but_the_last_ones_has_a_stage_and_a_way_to_an_end() -> None:
    assert set(STAGES) == set(State) - TERMINAL
    assert set(MOVES) == set(State)
    for state in State:
        reachable, edge = {state}, {state}
        while edge:
            edge = {after for before in edge for after in MOVES[before]} - reachable
            reachable |= edge
        assert reachable & TERMINAL
        assert state in TERMINAL or State.FAILED in MOVES[state]


def test_an_error_of_the_database_tells_no_contents(store: Store) -> None:
    """Errors end in logs, and a delivery's body is among the parameters of the statement that failed."""
    body = b"a body that nobody should read in a log"
    with pytest.raises(SQLAlchemyError) as caught, store.write() as session:
        session.execute(text("INSERT INTO nowhere VALUES (:body)"), {"body": body})
    assert "nobody should read" not in str(caught.value)
