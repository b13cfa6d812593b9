"""`goldseam stop`, `resume`, `ledger`: the switch, and the record of what was decided and done."""

from __future__ import annotations

import getpass
import sys

import click

from app.config import settings
from app.server.stores import stop_switch, store_of
from tasks import stop as stops
from tasks.ledger.chain import Broken, verify
from tasks.ledger.entry import Actor
from tasks.store.database import Store, upgrade

BROKEN = 2


@click.command()
@click.option("--reason", required=True, help="Why; goes to the ledger.")
@click.option("--repository-id", type=int, help="Stop one repository only, by its numeric id.")
def stop(reason: str, repository_id: int | None) -> None:
    """Stop every outside effect now; deliveries are still stored."""
    store = _store()
    with store.write() as session:
        new = stops.stop(session, scope=_scope(repository_id), actor=_me(), reason=reason)
    click.echo("Stopped." if new else "It was stopped already.")


@click.command()
@click.option("--reason", required=True, help="Why; goes to the ledger.")
@click.option("--repository-id", type=int, help="Resume one repository only.")
def resume(reason: str, repository_id: int | None) -> None:
    """Lift a stop; what waited is taken up by the next sweep."""
    store = _store()
    with store.write() as session:
        lifted = stops.resume(session, scope=_scope(repository_id), actor=_me(), reason=reason)
    click.echo("Resumed." if lifted else "It was not stopped.")
    still = stop_switch(settings(), store).is_stopped(repository_id=repository_id)
    if still is not None:
        click.echo(f"Still stopped: {still.reason}")
        sys.exit(1)


@click.group()
def ledger() -> None:
    """Check the record of decisions and effects."""


@ledger.command("verify")
def ledger_verify() -> None:
    """Walk the chain from its first entry; exit code 2 names the first entry that does not fit."""
    with _store().read() as session:
        result = verify(session)
    if isinstance(result, Broken):
        click.echo(f"The ledger is broken at entry {result.seq}: {result.why}")
        sys.exit(BROKEN)
    click.echo(f"The ledger holds: {result.entries} entries, head {result.head}.")


def _store() -> Store:
    store = store_of(settings())
    upgrade(store.engine)
    return store


def _scope(repository_id: int | None) -> str:
    return stops.EVERYTHING if repository_id is None else stops.repository_scope(repository_id)


def _me() -> Actor:
    return Actor(type="admin", id=getpass.getuser())
