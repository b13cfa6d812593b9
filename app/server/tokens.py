"""How a worker comes by a token: from the broker's door of its own stage, for the attempt it holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.config import Settings
from tasks.broker.client import BrokerClient
from tasks.broker.known import Stage
from tasks.broker.server import socket_path
from tasks.errors import Refused
from tasks.store.models import Attempt


def door_of(config: Settings, stage: Stage) -> BrokerClient:
    """Return the broker's door of a stage."""
    return BrokerClient(socket_path(config.token_dir, stage), stage)


@contextmanager
def lent(door: BrokerClient, attempt: Attempt) -> Iterator[str]:
    """Lend the token of an attempt; it is worthless after the context."""
    with lent_to(door, str(attempt.id), attempt.repository, attempt.installation_id) as token:
        yield token


@contextmanager
def lent_to(door: BrokerClient, name: str, repository: str, installation_id: int | None) -> Iterator[str]:
    """Lend the token of whatever the store knows by `name`: an attempt `12`, a command `c12`."""
    if installation_id is None:
        raise Refused(f"{repository} sent an event without an installation; install the App on it.")
    with door.token(name, repository) as token:
        yield token
