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
from tasks.store.models_people import Bystander, CommandRow, Onboarding

Borrower = Attempt | CommandRow | Onboarding | Bystander


def door_of(config: Settings, stage: Stage) -> BrokerClient:
    """Return the broker's door of a stage."""
    return BrokerClient(socket_path(config.token_dir, stage), stage)


def gate_of(store: Store, borrower: Borrower) -> InstallationGate:
    """Return the gate of the borrower's installation."""
    return InstallationGate(store, _installation(borrower))


@contextmanager
def lent(door: BrokerClient, store: Store, borrower: Borrower) -> Iterator[str]:
    """Lend the token of an attempt or a command; it is worthless after the context.

    Raises RateLimited while the installation may ask nothing: a token would be made
    and dropped by requests of their own.
    """
    gate_of(store, borrower).admit(write=False)
    with door.token(_name(borrower), borrower.repository) as token:
        yield token


def _name(borrower: Borrower) -> str:
    """Return what the broker knows it by: attempt `12`, command `c12`, onboarding `o12`, bystander `b12`."""
    match borrower:
        case CommandRow():
            return f"c{borrower.id}"
        case Onboarding():
            return f"o{borrower.id}"
        case Bystander():
            return f"b{borrower.id}"
    return str(borrower.id)


def _installation(borrower: Borrower) -> int:
    if borrower.installation_id is None:
        raise Refused(f"{borrower.repository} sent an event without an installation; install the App on it.")
    return borrower.installation_id
