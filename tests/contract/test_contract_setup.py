"""Making the App and asking for it: what client and simulator say to each other is what GitHub describes."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from rest_contract import check_exchange, check_payload

from app.config import Settings
from app.setup.manifest import manifest
from app.simulator import keys
from app.simulator.hub import Hub
from app.simulator.registration import installed
from app.simulator.server import create, serve
from tasks.github.registration import asking, convert, introduce

pytestmark = pytest.mark.github_contract


@pytest.fixture(scope="module")
def hub(tmp_path_factory) -> Iterator[Hub]:
    made = Hub(tmp_path_factory.mktemp("hub"), keys.generate().public)
    with serve(made):
        yield made


@pytest.fixture(scope="module")
def told(hub) -> list[tuple[str, dict]]:
    """Register an App, install it twice, ask for everything; return the payloads."""
    repositories = [hub.add_repository(f"acme/{name}", installed=False) for name in ("billing", "shipping")]
    config = Settings(github_url=f"{hub.url}/api/v3", github_pause_seconds=0, _env_file=None)
    form = {"manifest": json.dumps(manifest(config)), "state": "s"}
    back = create(hub).test_client().post("/settings/apps", data=form).headers["Location"]
    made = convert(config.endpoint, back.partition("code=")[2].partition("&")[0])
    payloads = [event for each in repositories for event in installed(hub, [each])]
    for event, payload in payloads:
        hub.deliver(event, payload)
    assert not isinstance(introduce(config.endpoint, made.id, made.private_key).app, Exception)
    with asking(config.endpoint, made.id, made.private_key) as desk:
        assert desk.hook_url() == config.hook_url
        assert len(desk.recent()) == 2
        assert [each.account for each in desk.installations()] == ["acme"]
    return payloads


def test_every_exchange_is_as_described(hub, told, openapi) -> None:
    assert len({exchange.path for exchange in hub.requests}) == 5
    assert sorted({problem for exchange in hub.requests for problem in check_exchange(exchange, openapi)}) == []


def test_every_payload_is_as_described(told, openapi) -> None:
    assert [event for event, _ in told] == ["installation", "installation_repositories"]
    assert sorted({problem for event, load in told for problem in check_payload(event, load, openapi)}) == []
