"""The stack of a demonstration: a simulated GitHub and every process of the server, on loopback."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from app.config import Settings
from app.demo.story import Story
from app.server.up import Part, running
from app.simulator import keys, payloads
from app.simulator.hub import Hub
from app.simulator.sample import Sample
from app.simulator.server import serve
from tasks.errors import BadInput, GoldseamError
from tasks.store.database import open_store

_MARK = "demo"


@dataclass(frozen=True, slots=True)
class Stack:
    """Everything that runs."""

    hub: Hub
    config: Settings
    story: Story
    parts: Sequence[Part]
    environment: Mapping[str, str]
    """Of the server's processes."""


@contextmanager
def stack(data: Path) -> Iterator[Stack]:
    """Run a simulated GitHub and the server over an empty data directory until the context ends."""
    data = _fresh_data(data)
    pair, secret = keys.generate(), secrets.token_hex(16)
    key_file = data / "app.pem"
    key_file.touch(mode=0o600)
    key_file.write_bytes(pair.private)
    hub = Hub(data / "github", pair.public, webhook_secret=secret)
    with serve(hub) as simulator:
        environment = {
            **os.environ,
            "GOLDSEAM_GITHUB_URL": f"{simulator.url}/api/v3",
            "GOLDSEAM_APP_ID": str(hub.app.id),
            "GOLDSEAM_PRIVATE_KEY_FILE": str(key_file),
            "GOLDSEAM_WEBHOOK_SECRET": secret,
            "GOLDSEAM_LISTEN": f"127.0.0.1:{free_port()}",
            "GOLDSEAM_DATA_DIR": str(data),
            "GOLDSEAM_GITHUB_PAUSE_SECONDS": "0",
        }
        config = Settings.model_validate(fields(environment))
        hub.webhook_url = f"{config.address}/webhooks/github"
        with running(config, environment) as parts:
            wait_for_health(config.address)
            click.echo(f"  Simulated GitHub at {simulator.url}, Goldseam at {config.address}\n")
            yield Stack(hub, config, Story(open_store(config.database)), parts, environment)


def announce(hub: Hub, red: Sample) -> None:
    """Send what GitHub would send for one red run: a check run for each job, the suite, the run."""
    for event, payload in payloads.of_run(hub, red.repository, red.run):
        hub.deliver(event, payload)


def _fresh_data(data: Path) -> Path:
    """Return an empty data directory; only one that an earlier demo made is ever emptied."""
    if data.exists() and any(data.iterdir()):
        if not (data / _MARK).exists():
            raise BadInput(f"{data} holds the data of a server. Set GOLDSEAM_DATA_DIR to another directory.")
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    (data / _MARK).touch()
    return data


def fields(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the settings among variables, by field."""
    prefix = "GOLDSEAM_"
    return {key.removeprefix(prefix).lower(): value for key, value in environment.items() if key.startswith(prefix)}


def free_port() -> int:
    """Return a port of loopback that nobody listens on now."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def wait_for_health(address: str) -> None:
    """Wait until every process is up; GoldseamError after a minute."""
    for _ in range(120):
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:  # noqa: S310 - our own server
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    raise GoldseamError(f"{address}/healthz does not answer; read the logs in the data directory.")
