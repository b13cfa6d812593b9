"""A simulated GitHub with one App, and a broker that holds its key."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.simulator import keys
from app.simulator.hub import Hub
from app.simulator.records import Repository
from app.simulator.server import serve
from tasks.broker.client import BrokerClient
from tasks.broker.desk import Desk
from tasks.broker.known import Assignment, MemoryKnown, Stage
from tasks.broker.mint import AppMint
from tasks.broker.server import serving, socket_path
from tasks.github.session import Endpoint


class Clock:
    """The broker's time, which a test may push."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(frozen=True)
class Bench:
    hub: Hub
    repository: Repository
    endpoint: Endpoint
    key: keys.KeyPair
    clock: Clock
    known: MemoryKnown
    desk: Desk
    directory: Path

    def client(self, stage: Stage, *, door: Stage | None = None) -> BrokerClient:
        return BrokerClient(socket_path(self.directory, door or stage), stage)

    def assign(self, attempt: str, stage: Stage) -> None:
        installation = next(iter(self.hub.installations.values())).id
        self.known.assignments[attempt, stage] = Assignment(installation, "acme/billing")

    def alive(self, token: str) -> bool:
        return token in self.hub.gate.tokens


@pytest.fixture(scope="session")
def key() -> keys.KeyPair:
    return keys.generate()


@pytest.fixture
def bench(tmp_path: Path, key: keys.KeyPair) -> Iterator[Bench]:
    clock = Clock()
    hub = Hub(tmp_path / "hub", key.public)
    with serve(hub) as simulator:
        repository = hub.add_repository("acme/billing")
        endpoint = Endpoint(f"{simulator.url}/api/v3", seconds_between_requests=0, seconds_between_writes=0, retries=0)
        known = MemoryKnown()
        desk = Desk(known, AppMint(endpoint, hub.app.id, key.private.decode()), clock=clock)
        # The name of a unix socket has 107 bytes at most, and pytest's directories are long.
        directory = Path(f"/tmp/goldseam-broker-{os.getpid()}")
        try:
            with serving(desk, directory):
                yield Bench(hub, repository, endpoint, key, clock, known, desk, directory)
        finally:
            for stage in ("analyze", "publish"):
                socket_path(directory, stage).unlink(missing_ok=True)
            directory.rmdir()
