"""The process behind the set-up page: the only one besides the broker that ever sees the App's key.

Started by `goldseam up` and ended as soon as the key is on disk.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading

import click
from werkzeug.serving import make_server

from app.cli.ending import ending_of
from app.config import Settings, settings
from app.server.telemetry import log_lines
from app.setup.manifest import unreachable
from app.setup.routes import Visit, make_app
from tasks.errors import BadInput, GoldseamError

_LAST_PAGE_SECONDS = 0.5
"""After the last page was handed to the kernel, so that the browser gets it before its connection ends."""


def run(config: Settings) -> None:
    """Serve the page until the App is stored; BadInput when GitHub could not reach this machine afterwards."""
    if unreachable(config):
        raise BadInput(
            f"GitHub at {config.endpoint.web_url} cannot send webhooks to {config.hook_url}. Set GOLDSEAM_PUBLIC_URL "
            "to the address under which it reaches this machine, or start with --proxy URL; docs/setup.md says how."
        )
    visit = Visit()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # its request lines hold the token
    host, _, port = config.listen.rpartition(":")
    server = make_server(host.strip("[]"), int(port), make_app(config, visit), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="setup", daemon=True)
    thread.start()
    click.echo("No GitHub App is configured yet. This address creates one; it can be opened once:\n")
    click.echo(f"    {config.address}/setup?token={visit.token}\n")
    click.echo(f"GitHub is {config.endpoint.web_url}; it will send webhooks to {config.hook_url}.")
    visit.over.wait()
    visit.over.clear()
    visit.over.wait(_LAST_PAGE_SECONDS)
    server.shutdown()
    server.server_close()
    if visit.app is not None:
        click.echo(f"The App {visit.app.slug} is created; its credentials are in {config.app_dir}.")


def main() -> int:
    """Run, and say in one line what went wrong."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    log_lines("setup")
    try:
        run(settings())
    except (GoldseamError, OSError, KeyboardInterrupt) as error:
        ending = ending_of(error)
        click.echo(f"goldseam: {ending.sentence}", err=True)
        return ending.code
    return 0


if __name__ == "__main__":
    sys.exit(main())
