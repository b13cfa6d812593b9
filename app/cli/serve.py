"""`goldseam up` and the processes it starts: `web`, `worker`, `broker`, `beat`."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

import click

from app.config import receiving_settings, settings
from tasks.errors import BadInput


@click.command()
@click.option("--organization", metavar="NAME", help="Create the App for an organization.")
@click.option("--proxy", metavar="URL", help="Read deliveries from this channel; GitHub cannot reach a laptop.")
def up(organization: str | None, proxy: str | None) -> None:
    """Start the whole server here, with embedded Redis and SQLite unless configured otherwise.

    Without an App it first serves a page that creates one.
    """
    from app.server.up import running, watch  # noqa: PLC0415 - the server's imports cost the other verbs time
    from app.setup.start import create_app  # noqa: PLC0415 - as above

    for name, value in (("GOLDSEAM_ORGANIZATION", organization), ("GOLDSEAM_WEBHOOK_PROXY", proxy)):
        if value is not None:
            os.environ[name] = value  # for the processes that are started as much as for this one
    config = settings()
    if config.has_no_app:
        create_app(config)
        config = settings()
    with running(config) as parts:
        click.echo(f"Goldseam listens on {config.address}; data and logs are under {config.data_dir.absolute()}.")
        watch(parts)


@click.command()
def web() -> None:
    """Receive webhooks and show pages; holds the webhook secret and no key."""
    from app.server.web import serve  # noqa: PLC0415 - as above

    serve(receiving_settings())


@click.command()
@click.argument("role", type=click.Choice(["analyze", "publish"]))
def worker(role: str) -> None:
    """Work on attempts: `analyze` reads and runs the engine, `publish` alone can write."""
    from app.server.worker import run_worker  # noqa: PLC0415 - as above

    run_worker(settings(), "analyze" if role == "analyze" else "publish")


@click.command()
def broker() -> None:
    """Hold the App's key and hand out tokens of one repository by stage."""
    from app.server.broker import run_broker  # noqa: PLC0415 - as above

    run_broker(settings())


@click.command()
def beat() -> None:
    """Send the sweeps that pick up what was missed."""
    from app.server.worker import run_beat  # noqa: PLC0415 - as above

    run_beat(settings())


@click.command(hidden=True)
def proxy() -> None:
    """Hand the webhooks of GOLDSEAM_WEBHOOK_PROXY to the web process; a part of `goldseam up --proxy`."""
    from app.channel.forward import Forwarder  # noqa: PLC0415 - as above
    from app.server.telemetry import log_lines  # noqa: PLC0415 - as above

    config = settings()
    if not config.webhook_proxy:
        raise BadInput("Set GOLDSEAM_WEBHOOK_PROXY to the address of a channel; docs/setup.md says how.")
    log_lines("proxy")
    forwarder = Forwarder(config.webhook_proxy, f"http://{config.listen}/webhooks/github")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        forwarder.run()
