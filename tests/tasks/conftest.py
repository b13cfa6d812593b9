"""The two databases, real ones; PostgreSQL is started once for the session and thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text

from tasks.store.database import Store, open_store, upgrade
from tasks.store.tables import Base


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Yield the URL of a migrated database, on a server of our own on a unix socket."""
    programs = _postgresql_programs()
    home = Path(tempfile.mkdtemp(prefix="goldseam-pg-", dir="/tmp"))  # a long path does not fit into a socket's name
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(home, owner.pw_uid, owner.pw_gid)
    url = f"postgresql+psycopg://postgres@/postgres?host={home}"
    _run(programs / "initdb", "--pgdata", home / "data", "--username=postgres", "--auth=trust", "--no-sync")
    settings = f"-c listen_addresses='' -c unix_socket_directories={home} -c fsync=off -c max_connections=200"
    _run(programs / "pg_ctl", "start", "-w", "-D", home / "data", "-o", settings, "-l", home / "log")
    try:
        store = open_store(url)
        upgrade(store.engine)
        store.engine.dispose()
        yield url
    finally:
        _run(programs / "pg_ctl", "stop", "-m", "immediate", "-D", home / "data")
        shutil.rmtree(home)


@pytest.fixture(scope="session")
def sqlite_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("model") / "goldseam.db"
    store = open_store(f"sqlite:///{path}")
    upgrade(store.engine)
    store.engine.dispose()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database with every table; a test that asks for it runs on both."""
    if request.param == "sqlite":
        path = tmp_path / "goldseam.db"
        shutil.copy(request.getfixturevalue("sqlite_model"), path)
        return f"sqlite:///{path}"
    server: str = request.getfixturevalue("postgresql")
    # Emptied, not copied: a database of its own for each test would cost 7 MB and a tenth of a second.
    tables = ", ".join(table.name for table in Base.metadata.sorted_tables)
    _statement(server, f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    return server


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """Yield an open store on an empty database."""
    opened = _hurried(database_url)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def sqlite_store(sqlite_model: Path, tmp_path: Path) -> Iterator[Store]:
    """Yield an open store on SQLite only, for tests whose subject is not the database."""
    path = tmp_path / "goldseam.db"
    shutil.copy(sqlite_model, path)
    opened = _hurried(f"sqlite:///{path}")
    yield opened
    opened.engine.dispose()


def _hurried(url: str) -> Store:
    """Open a store that does not wait for the disk; that it does otherwise is a test of its own."""
    opened = open_store(url)
    if opened.engine.dialect.name == "sqlite":
        event.listen(opened.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF").close())
    return opened


def _postgresql_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.fail(
            "PostgreSQL's server is missing, so half of the store would go untested: apt-get install postgresql"
        )
    return found[-1].parent


def _run(*argv: object) -> None:
    # The server refuses to run as root, so root becomes Debian's own account for it.
    as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    subprocess.run([*as_owner, *map(str, argv)], check=True, stdout=subprocess.DEVNULL, timeout=60, cwd="/")


def _statement(url: str, sql: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(sql))
    engine.dispose()
