"""Run the simulated GitHub by itself: `python -m app.simulator`."""

from __future__ import annotations

import secrets
import signal
import tempfile
import threading
from pathlib import Path

import click

from app.simulator import keys, sample
from app.simulator.hub import Hub
from app.simulator.server import serve


@click.command()
@click.option("--port", default=0, help="Port on 127.0.0.1; 0 is any free one.")
@click.option("--webhook-url", default="", help="Where webhooks go, for instance http://127.0.0.1:8000/webhook.")
@click.option("--directory", type=click.Path(file_okay=False, path_type=Path), help="For repositories and the key.")
def main(port: int, webhook_url: str, directory: Path | None) -> None:
    """Serve a sample GitHub App and a repository whose main branch is red, until interrupted."""
    with tempfile.TemporaryDirectory(prefix="goldseam-simulator-") as scratch:
        folder = directory or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        pair, secret = keys.generate(), secrets.token_hex(16)
        key_file = folder / "app.pem"
        key_file.touch(mode=0o600)
        key_file.write_bytes(pair.private)
        hub = Hub(folder / "repositories", pair.public, webhook_secret=secret)
        hub.webhook_url = webhook_url
        with serve(hub, port=port) as simulator:
            red = sample.red_main(hub)
            click.echo(f"Simulated GitHub at {simulator.url}")
            click.echo(f"Red run: {simulator.url}/{red.repository.full_name}/actions/runs/{red.run.id}")
            click.echo("\nPoint Goldseam at it with:")
            click.echo(f"  export GOLDSEAM_GITHUB_URL={simulator.url}/api/v3")
            click.echo(f"  export GOLDSEAM_APP_ID={hub.app.id}")
            click.echo(f"  export GOLDSEAM_PRIVATE_KEY_FILE={key_file}")
            click.echo(f"  export GOLDSEAM_WEBHOOK_SECRET={secret}")
            click.echo("\nThe run's page has a button that sends its webhooks. Ctrl-C ends it all.")
            _wait()


def _wait() -> None:
    # A shell without job control starts what it puts into the background with SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("Ended.")


if __name__ == "__main__":
    main()
