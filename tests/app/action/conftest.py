"""Workflows with a simulator of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from action_workflow import Workflow, check_out

from app.simulator import keys, sample
from app.simulator.hub import Hub
from app.simulator.server import Simulator, serve


@pytest.fixture(scope="session")
def pair() -> keys.KeyPair:
    return keys.generate()


@pytest.fixture(scope="module")
def open_workflow(
    tmp_path_factory: pytest.TempPathFactory, pair: keys.KeyPair, small_python: Path
) -> Iterator[Callable[..., Workflow]]:
    """Return a maker of workflows, each with a simulator of its own."""
    simulators: list[Simulator] = []

    def make(files: Mapping[str, str] | None = None, *, checkout: bool = True) -> Workflow:
        place = tmp_path_factory.mktemp("job")
        hub = Hub(place / "github", pair.public)
        simulator = serve(hub)
        simulator.__enter__()
        simulators.append(simulator)
        if files is None:
            repository = sample.red_main(hub).repository
        else:
            repository = hub.add_repository("acme/billing", {name: text.encode() for name, text in files.items()})
        if checkout:
            check_out(repository, place / "workspace")
        (place / "workspace").mkdir(exist_ok=True)
        (place / "temp").mkdir()
        return Workflow(hub, simulator, repository, place / "workspace", place, small_python)

    yield make
    for simulator in simulators:
        simulator.__exit__(None, None, None)


@pytest.fixture
def workflow(open_workflow: Callable[..., Workflow]) -> Workflow:
    return open_workflow()
