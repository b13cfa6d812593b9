"""A simulated GitHub, and our client with the rights of each stage."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.simulator import keys
from app.simulator.hub import Hub
from app.simulator.journal import Fault, FaultKind
from app.simulator.records import Repository
from app.simulator.server import serve
from tasks.broker.known import PERMISSIONS
from tasks.github.client import reading, writing
from tasks.github.protocol import Reader, Writer
from tasks.github.session import Endpoint

FILES = {
    "README.md": b"# billing\n",
    "billing/fees.py": b"def late_fee(days):\n    return 5 if days >= 3 else 0\n",
    "billing/big.csv": b"1,2\n" * 300_000,
    ".github/workflows/ci.yml": b"on: push\n",
}


@dataclass(frozen=True)
class Bench:
    hub: Hub
    repository: Repository
    endpoint: Endpoint
    open: Callable[[str], Writer]

    @property
    def reader(self) -> Reader:
        return self.open("analyze")

    @property
    def writer(self) -> Writer:
        return self.open("publish")

    def head(self, branch: str = "main") -> str:
        return self.repository.git.refs()[f"refs/heads/{branch}"]

    def fault(self, method: str, pattern: str, kind: FaultKind = FaultKind.STATUS, **how) -> None:
        self.hub.faults.append(Fault(method, pattern, kind, **how))

    def made(self) -> list[str]:
        """What came to be, without its number."""
        return [what.partition(" ")[0] for effect in self.hub.journal for what in effect.made]

    def asked(self, method: str) -> list[str]:
        return [exchange.path for exchange in self.hub.requests if exchange.method == method]


@pytest.fixture(scope="session")
def key() -> keys.KeyPair:
    return keys.generate()


@pytest.fixture
def bench(tmp_path: Path, key: keys.KeyPair) -> Iterator[Bench]:
    hub = Hub(tmp_path / "hub", key.public)
    with serve(hub) as simulator, ExitStack() as opened:
        repository = hub.add_repository("acme/billing", FILES)
        endpoint = Endpoint(f"{simulator.url}/api/v3", seconds_between_requests=0, seconds_between_writes=0, retries=1)

        def open_as(stage: str) -> Writer:
            token = hub.mint(repository, PERMISSIONS[stage]).value
            door = writing if stage == "publish" else reading
            return opened.enter_context(door(endpoint, token, "acme/billing"))

        yield Bench(hub, repository, endpoint, open_as)
