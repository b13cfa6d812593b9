"""`goldseam demo`: the whole main job on this machine, with a simulated GitHub and the real server."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import sys
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click
from sqlalchemy import select

from app.config import Settings
from app.simulator import keys, payloads, sample
from app.simulator.hub import Hub
from app.simulator.sample import Sample
from app.simulator.server import serve
from tasks.errors import BadInput, GoldseamError
from tasks.store.database import Store, open_store
from tasks.store.models import Attempt, Effect
from tasks.store.states import TERMINAL, State

_MARK = "demo"
_LONGEST_SECONDS = 240.0
_RESTING = TERMINAL | {State.WATCHING}


@click.command()
@click.option("--keep", is_flag=True, help="Stay up afterwards, to look at the pages in a browser.")
def demo(*, keep: bool) -> None:
    """Show a red run become a pull request, and another be declined; everything stays on this machine."""
    data = _fresh_data(Settings().data_dir.absolute())
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
            "GOLDSEAM_LISTEN": f"127.0.0.1:{_free_port()}",
            "GOLDSEAM_DATA_DIR": str(data),
            "GOLDSEAM_GITHUB_PAUSE_SECONDS": "0",
        }
        _show(hub, simulator.url, environment, keep=keep)


def _show(hub: Hub, url: str, environment: Mapping[str, str], *, keep: bool) -> None:
    from app.server.up import running, watch  # noqa: PLC0415 - the server's imports cost the other verbs time

    config = Settings.model_validate(_fields(environment))
    hub.webhook_url = f"{config.address}/webhooks/github"
    with running(config, environment) as parts:
        _wait_for_health(config.address)
        click.echo(f"  Simulated GitHub at {url}, Goldseam at {config.address}\n")
        story = _Story(open_store(config.database), time.monotonic())
        red = sample.red_main(hub)
        story.tell(f"{red.repository.full_name}: run {red.run.id} on main is red; sending its webhooks")
        _send(hub, red)
        story.follow(1)
        unsettled = sample.unsettled_main(hub)
        story.tell(f"{unsettled.repository.full_name}: run {unsettled.run.id} on main is red; sending its webhooks")
        _send(hub, unsettled)
        story.follow(2)
        good = _outcome(hub, red, unsettled, config.address, story.store)
        if keep:
            click.echo("\n  Everything stays up; Ctrl-C ends it.")
            watch(parts)
    if not good:
        raise GoldseamError(f"The demo did not end as it should; the logs are under {config.data_dir / 'logs'}.")


@dataclass(slots=True)
class _Story:
    """Tells what happens as it happens."""

    store: Store
    began: float
    seen: dict[int, State] = field(default_factory=dict)

    def tell(self, text: str) -> None:
        click.echo(f"  {time.monotonic() - self.began:6.1f} s  {text}")

    def follow(self, count: int) -> None:
        """Tell each change of state until `count` attempts rest; GoldseamError after four minutes."""
        over = time.monotonic() + _LONGEST_SECONDS
        while time.monotonic() < over:
            with self.store.read() as session:
                attempts = list(session.scalars(select(Attempt).order_by(Attempt.id)))
            for attempt in attempts:
                if self.seen.get(attempt.id) is not attempt.state:
                    self.seen[attempt.id] = attempt.state
                    because = f": {attempt.reason}. {attempt.sentence}" if attempt.reason else ""
                    self.tell(f"{attempt.repository}: {attempt.state}{because}")
            if len([a for a in attempts if a.state in _RESTING]) >= count:
                return
            time.sleep(0.2)
        raise GoldseamError(f"No result after {_LONGEST_SECONDS:g} s; read the logs in the data directory.")


def _send(hub: Hub, red: Sample) -> None:
    """Send what GitHub would send for one red run: a check run for each job, the suite, the run."""
    for event, payload in payloads.of_run(hub, red.repository, red.run):
        hub.deliver(event, payload)


def _outcome(hub: Hub, red: Sample, unsettled: Sample, address: str, store: Store) -> bool:
    pulls = list(red.repository.pulls.values())
    with store.read() as session:
        attempts = list(session.scalars(select(Attempt).order_by(Attempt.id)))
        effects = list(session.scalars(select(Effect).order_by(Effect.id)))
    click.echo("\n  Effects on GitHub:")
    for effect in effects:
        click.echo(f"    {effect.kind:<8} {effect.url or effect.target}")
    for pull in pulls:
        click.echo(f"\n  Pull request: {hub.url}/{red.repository.full_name}/pull/{pull.number}  {pull.title}\n")
        click.echo("\n".join(f"  | {line}" for line in pull.body.split("<details>", 1)[0].rstrip().splitlines()))
        click.echo("  | … the whole trace is folded below this in the pull request")
    declined = [a for a in attempts if a.state is State.DECLINED]
    for attempt in declined:
        click.echo(f"\n  Declined: {attempt.repository}, {attempt.reason}. {attempt.sentence}")
        click.echo(f"    {address}/attempts/{attempt.id}")
    click.echo("\n  The record of it all:  goldseam ledger verify")
    return len(pulls) == 1 and len(declined) == 1 and not unsettled.repository.pulls


def _fresh_data(data: Path) -> Path:
    """Return an empty data directory; only one that an earlier demo made is ever emptied."""
    if data.exists() and any(data.iterdir()):
        if not (data / _MARK).exists():
            raise BadInput(f"{data} holds the data of a server. Set GOLDSEAM_DATA_DIR to another directory.")
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    (data / _MARK).touch()
    return data


def _fields(environment: Mapping[str, str]) -> dict[str, str]:
    prefix = "GOLDSEAM_"
    return {key.removeprefix(prefix).lower(): value for key, value in environment.items() if key.startswith(prefix)}


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def _wait_for_health(address: str) -> None:
    for _ in range(120):
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:  # noqa: S310 - our own server
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    print("The server did not become healthy within a minute.", file=sys.stderr)
    raise GoldseamError(f"{address}/healthz does not answer; read the logs in the data directory.")
