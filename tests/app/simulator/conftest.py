"""One simulator for each test, with a private repository and PyGithub clients of chosen permissions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import github
import pytest

from app.simulator import keys
from app.simulator.hub import Hub
from app.simulator.records import Repository
from app.simulator.server import Simulator, serve

FILES = {
    "README.md": b"# billing\n",
    "billing/fees.py": b"def late_fee(days):\n    return 5 if days >= 3 else 0\n",
    ".github/workflows/ci.yml": b"on: push\n",
}


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Bench:
    """What a test works with."""

    simulator: Simulator
    hub: Hub
    repo: Repository
    key: keys.KeyPair
    clock: Clock

    @property
    def api(self) -> str:
        return f"{self.simulator.url}/api/v3"

    def token(self, **permissions: str) -> str:
        """Return an installation token; without permissions it has all that were granted."""
        return self.hub.mint(self.repo, permissions or None).value

    def client(self, **permissions: str) -> github.Github:
        return self.client_with(self.token(**permissions))

    def client_with(self, token: str) -> github.Github:
        return github.Github(
            auth=github.Auth.Token(token),
            base_url=self.api,
            seconds_between_requests=0,
            seconds_between_writes=0,
            retry=None,
        )

    def repository(self, **permissions: str) -> github.Repository.Repository:
        return self.client(**permissions).get_repo(self.repo.full_name)

    def head(self, branch: str = "main") -> str:
        return self.repo.git.refs()[f"refs/heads/{branch}"]

    def repair(self, branch: str = "goldseam/1") -> str:
        """Commit a repair on a new branch, as a person would."""
        fixed = FILES["billing/fees.py"].replace(b">=", b">")
        return self.hub.commit(self.repo, branch, {"billing/fees.py": fixed}, "Fix late fee")


@pytest.fixture(scope="session")
def key() -> keys.KeyPair:
    return keys.generate()


@pytest.fixture
def bench(tmp_path: Path, key: keys.KeyPair) -> Iterator[Bench]:
    clock = Clock()
    hub = Hub(tmp_path, key.public, webhook_secret="between us", clock=clock)
    with serve(hub) as simulator:
        yield Bench(simulator, hub, hub.add_repository("acme/billing", FILES), key, clock)


@pytest.fixture
def refusal() -> Callable[[Callable[[], object]], github.GithubException]:
    """Return the error that a PyGithub call ends with."""

    def run(call: Callable[[], object]) -> github.GithubException:
        with pytest.raises(github.GithubException) as caught:
            call()
        return caught.value

    return run
