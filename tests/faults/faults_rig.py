"""One server under test with everything around it: GitHub, network, Redis, database, and the sender of webhooks."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tasks" / "stages"))

import stages_fakes
from faults_nursery import Nursery
from faults_proxy import Proxy
from faults_servers import PostgresServer, RedisServer
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.simulator import keys, payloads
from app.simulator.hub import Hub
from app.simulator.records import Delivery, Repository, Run
from app.simulator.server import serve
from tasks.store import models
from tasks.store.database import Store, open_store, upgrade
from tasks.store.states import TERMINAL, State

LEASE_SECONDS = 2.0
SWEEP_SECONDS, RESEND_SECONDS = 1.0, 2.0
"""Instead of 5 and 60, because a lease is short here as well."""
CANARY = "ghp_" + "c4N4ry" * 6
"""Stands in the CI log and in the source; nothing that leaves may have it."""
PATIENCE_SECONDS = 240.0
"""Only what fails takes so long; on a machine that does much else, what is right takes long as well."""


@dataclass(frozen=True)
class Bench:
    """What all servers of a run share; made once, because making it costs seconds."""

    directory: Path
    temporary: Path
    hub: Hub
    proxy: Proxy
    redis: RedisServer
    nursery: Nursery
    key_file: Path
    model: Path
    """A migrated SQLite file to copy."""
    _postgres: list[PostgresServer]
    _stack: ExitStack

    @property
    def postgres(self) -> PostgresServer:
        """The PostgreSQL server, started at the first use."""
        if not self._postgres:
            home = Path(tempfile.mkdtemp(prefix="goldseam-pg-", dir="/tmp"))
            self._postgres.append(self._stack.enter_context(PostgresServer(home)))
        return self._postgres[0]


@contextmanager
def bench() -> Iterator[Bench]:
    """Make what servers share."""
    # A long path does not fit into a socket's name.
    directory = Path(tempfile.mkdtemp(prefix="goldseam-faults-", dir="/tmp"))
    pair, secret = keys.generate(), "whs-" + secrets.token_hex(16)
    key_file = directory / "app.pem"
    key_file.touch(mode=0o600)
    key_file.write_bytes(pair.private)
    hub = Hub(directory / "github", pair.public, webhook_secret=secret)
    hub.gate.rate_limit = 1_000_000  # a hundred cells share the hour of one installation
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        simulator = stack.enter_context(serve(hub))
        proxy = stack.enter_context(Proxy(int(simulator.url.rpartition(":")[2])))
        hub.url = f"http://127.0.0.1:{proxy.port}"
        redis = stack.enter_context(RedisServer(directory))
        temporary = directory / "tmp"
        nursery = stack.enter_context(Nursery(temporary))
        model = directory / "model.db"
        store = open_store(f"sqlite:///{model}")
        upgrade(store.engine)
        store.engine.dispose()
        yield Bench(directory, temporary, hub, proxy, redis, nursery, key_file, model, [], stack)


def groups() -> frozenset[Path]:
    """Return the control groups of sandboxes that are there now."""
    return frozenset(Path("/sys/fs/cgroup").glob("**/goldseam-*-*"))


@dataclass
class Rig:
    """A running server on an empty database."""

    bench: Bench
    data: Path
    environment: dict[str, str]
    copies: Mapping[str, int]
    store: Store
    mark: Path
    supervisor: int = 0
    groups_before: frozenset[Path] = field(default_factory=groups)
    """Control groups that others left: of one that was killed, the number may be given again."""
    accepted: dict[str, Delivery] = field(default_factory=dict)
    """What was acknowledged, by its GUID."""

    @property
    def hub(self) -> Hub:
        """The GitHub of this server."""
        return self.bench.hub

    @property
    def stop_file(self) -> Path:
        """Its existence stops every effect."""
        return self.data / "STOP"

    def start(self) -> None:
        """Start every process of the server."""
        self.supervisor = self.bench.nursery.start(self.environment, self.data / "logs", self.copies)

    def kill_parent(self) -> None:
        """Kill the process that started the others, and no other."""
        os.kill(self.supervisor, signal.SIGKILL)

    def reached(self) -> int:
        """Wait until the failpoint was reached; return the process that did."""
        until(lambda: self.mark.exists() and self.mark.stat().st_size, "The failpoint was not reached")
        return int(self.mark.read_text())

    def release(self) -> None:
        """Let what hangs at the failpoint go on."""
        self.mark.write_text("")

    def red(self, name: str) -> tuple[Repository, Run]:
        """Make a repository whose default branch is red; no webhook is sent."""
        files = {
            "src/fees.py": stages_fakes.SOURCE.encode(),
            "src/key.py": f'KEY = "{CANARY}"\n'.encode(),
            ".github/goldseam.yml": b"version: 1\nautonomy: draft_pr\n",
        }
        repository = self.hub.add_repository(name, files)
        head = repository.git.refs()["refs/heads/main"]
        log = b"2026-11-22T14:02:00.0000000Z export KEY=" + CANARY.encode() + b"\n" + stages_fakes.LOG
        return repository, self.hub.add_run(repository, head, "main", jobs=[("test", log, "pytest")])

    def send(self, repository: Repository, run: Run) -> threading.Thread:
        """Send, in the background, what GitHub sends for a red run; what is not acknowledged is sent again."""
        found = payloads.of_run(self.hub, repository, run)
        chosen = [(event, load) for event, load in found if event != "check_suite"]
        thread = threading.Thread(target=lambda: [self._deliver(event, load) for event, load in chosen], daemon=True)
        thread.start()
        return thread

    def _deliver(self, event: str, load: Mapping[str, object]) -> None:
        self.accept(self.hub.deliver(event, load))

    def accept(self, delivery: Delivery) -> bool:
        """Send a delivery again until it is acknowledged, as GitHub is asked to."""
        over = time.monotonic() + PATIENCE_SECONDS
        while delivery.status_code != 202 and time.monotonic() < over:
            time.sleep(0.1)
            delivery = self.hub.redeliver(delivery)
        if delivery.status_code == 202:
            self.accepted[delivery.guid] = delivery
        return delivery.status_code == 202

    def attempts(self) -> list[models.Attempt]:
        """Return every attempt; none while the database is away."""
        with suppress(SQLAlchemyError), self.store.read() as session:
            return list(session.scalars(select(models.Attempt).order_by(models.Attempt.id)))
        return []

    def rested(self, count: int = 1) -> bool:
        """Say whether so many attempts are at rest and every accepted delivery is done."""
        found = self.attempts()
        resting = TERMINAL | {State.WATCHING}
        return len(found) >= count and all(a.state in resting for a in found) and not self._waiting()

    def _waiting(self) -> bool:
        with suppress(SQLAlchemyError), self.store.read() as session:
            pending = models.Delivery.state == models.DeliveryState.RECEIVED
            return session.scalars(select(models.Delivery.id).where(pending)).first() is not None
        return True

    def effects(self) -> list[str]:
        """Return what came to be on GitHub for this server's repositories, in order."""
        with self.hub.lock:
            return [made for effect in self.hub.journal for made in effect.made]


@contextmanager
def rig(
    shared: Bench,
    *,
    postgres: bool = False,
    real_engine: bool = False,
    failpoint: str = "",
    copies: Mapping[str, int] | None = None,
    **settings: object,
) -> Iterator[Rig]:
    """Make a server on an empty database; it is not started yet, and is ended afterwards."""
    data = shared.directory / "data"
    shutil.rmtree(data, ignore_errors=True)
    (data / "logs").mkdir(parents=True, mode=0o700)
    (data / "run").mkdir(mode=0o700)
    with shared.hub.lock:
        for kept in (shared.hub.journal, shared.hub.requests, shared.hub.deliveries):
            kept.clear()
    shared.redis.flush()
    url = _database(shared, data, postgres=postgres)
    mark, listen = data / "mark", f"127.0.0.1:{_free_port()}"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GOLDSEAM_")},
        "TMPDIR": str(shared.temporary),
        "GOLDSEAM_TEST": "1",
        "TEST_ENGINE": "real" if real_engine else "scripted",
        "TEST_SWEEP": str(SWEEP_SECONDS),
        "TEST_RESEND": str(RESEND_SECONDS),
        "GOLDSEAM_FAILPOINT_MARK": str(mark),
        "GOLDSEAM_GITHUB_URL": f"{shared.hub.url}/api/v3",
        "GOLDSEAM_APP_ID": str(shared.hub.app.id),
        "GOLDSEAM_PRIVATE_KEY_FILE": str(shared.key_file),
        "GOLDSEAM_WEBHOOK_SECRET": shared.hub.app.webhook_secret,
        "GOLDSEAM_LISTEN": listen,
        "GOLDSEAM_DATA_DIR": str(data),
        "GOLDSEAM_DATABASE_URL": url,
        "GOLDSEAM_REDIS_URL": shared.redis.url,
        "GOLDSEAM_LEASE_SECONDS": str(LEASE_SECONDS),
        "GOLDSEAM_GITHUB_PAUSE_SECONDS": "0",
        **({"GOLDSEAM_FAILPOINT": failpoint} if failpoint else {}),
        **{f"GOLDSEAM_{name.upper()}": str(value) for name, value in settings.items()},
    }
    shared.hub.webhook_url = f"http://{listen}/webhooks/github"
    store = open_store(url)
    made = Rig(shared, data, environment, copies or {}, store, mark)
    try:
        yield made
    finally:
        store.engine.dispose()
        end(made)


def end(running: Rig) -> None:
    """End the server as an operator would; AssertionError when something of it goes on."""
    with suppress(ProcessLookupError):
        os.kill(running.supervisor, signal.SIGTERM)
    left = running.bench.nursery.descendants
    until(lambda: not left(), lambda: f"Processes of the server are left: {left()}", seconds=40)


def until(
    is_so: Callable[[], object], otherwise: str | Callable[[], str], *, seconds: float = PATIENCE_SECONDS
) -> None:
    """Wait until something is so; AssertionError when it is not in time."""
    over = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > over:
            said = otherwise if isinstance(otherwise, str) else otherwise()
            raise AssertionError(f"{said} within {seconds:g} s.")
        time.sleep(0.1)


def _database(shared: Bench, data: Path, *, postgres: bool) -> str:
    if postgres:
        shared.postgres.empty()
        return shared.postgres.url
    shutil.copy(shared.model, data / "goldseam.db")
    return f"sqlite:///{data / 'goldseam.db'}"


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
