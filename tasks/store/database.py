"""Opening the database: SQLite embedded, PostgreSQL in production, the same rules on both.

A `write()` session sees no other writer between its first statement and its
commit on SQLite (BEGIN IMMEDIATE), and locks the rows it names on PostgreSQL. When
a commit returned, the data are on disk (`synchronous=FULL`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from alembic import command
from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from tasks.store.base import Instant
from tasks.store.schema import configuration, found_revision, is_newer, known_revisions, newest

AWAY = (OperationalError, InterfaceError)
"""What is raised while the database is away or full: nothing is wrong with what was asked, and later it may work."""
_READ_ONLY = "goldseam_read_only"
_MIGRATION_LOCK = 0x601D_5EA0  # any constant; two servers that start together must not both migrate


@dataclass(frozen=True, slots=True)
class Store:
    """The way to sessions; share one in a process, and make it after a fork, never before."""

    engine: Engine

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session whose changes are committed at the end, or rolled back when the block raises."""
        # Not a sessionmaker of each time: making one costs more than many a transaction.
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session for reading only; it never waits for a writer."""
        reading = self.engine.execution_options(**{_READ_ONLY: True})
        with Session(reading, expire_on_commit=False) as session:
            yield session


def open_store(url: str) -> Store:
    """Open the database at `url` (`sqlite:///PATH` or `postgresql://…`); `upgrade` it before the first use."""
    parsed = make_url(url)
    # Parameters are hidden because errors end in logs, and among parameters are the bodies of deliveries.
    if parsed.get_backend_name() == "postgresql":
        engine = create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True)
    else:
        engine = create_engine(parsed, connect_args={"timeout": 30}, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return Store(engine)


def upgrade(engine: Engine) -> None:
    """Bring the schema to this version. Safe to call from several processes at once, and twice.

    Tables of a newer version are left as they are; `schema.TooOld` when this version cannot work with them.
    """
    config = configuration()
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        if not is_newer(connection):
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def check(engine: Engine) -> None:
    """Raise `schema.TooOld` when a newer process has made tables that this version cannot work with."""
    with engine.connect() as connection:
        is_newer(connection)


def schema_versions(engine: Engine) -> tuple[str | None, str, frozenset[str]]:
    """Return the schema's version (None before the first), this program's, and all that it knows; changes nothing."""
    with engine.connect() as connection:
        return found_revision(connection), newest(), known_revisions()


def now(session: Session) -> datetime:
    """Return the database's own time, so that leases do not depend on the clocks of several machines."""
    if session.get_bind().dialect.name == "postgresql":
        return session.execute(select(func.clock_timestamp(type_=Instant()))).scalar_one()
    return datetime.now(UTC)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not begin transactions by itself: it would begin them deferred, and
    # a deferred reader that turns writer fails at once instead of waiting for its turn.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "wal_autocheckpoint=4000",  # pages: 16 MiB; deliveries fill the default of 4 within two hundred
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
