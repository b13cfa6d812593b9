"""How a worker comes by a token: from the broker's door of its own stage, for the attempt it holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.config import Settings
from tasks.broker.client import BrokerClient
from tasks.broker.known import Stage
from tasks.broker.server import socket_path
from tasks.errors import Refused
from tasks.store.database import Store
from tasks.store.gates import InstallationGate
from tasks.store.models import Attempt


def door_of(config: Settings, stage: Stage) -> BrokerClient:
    """Return the broker's door of a stage."""
    return BrokerClient(socket_path(config.token_dir, stage), stage)


def gate_of(store: Store, attempt: Attempt) -> InstallationGate:
    """Return the gate of the attempt's installation."""
    return InstallationGate(store, _installation(attempt))


@contextmanager
def lent(door: BrokerClient, store: Store, attempt: Attempt) -> Iterator[str]:
    """Lend the token of an attempt; it is worthless after the context.

    Raises RateLimited while the installation may ask nothing: a token would be made
    and dropped by requests of their own.
    """
    gate_of(store, attempt).admit(write=False)
    with door.token(str(attempt.id), attempt.repository) as token:
        yield token


def _installation(attempt: Attempt) -> int:
    if attempt.installation_id is None:
        raise Refused(f"{attempt.repository} sent an event without an installation; install the App on it.")
    return attempt.installation_id
