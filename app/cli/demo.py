"""`goldseam demo`: the whole main job on this machine, with a simulated GitHub and the real server."""

from __future__ import annotations

import click

from tasks.errors import GoldseamError


@click.command()
@click.option("--keep", is_flag=True, help="Stay up afterwards, to look at the pages in a browser.")
@click.option("--conversation", is_flag=True, help="Show a reviewer talk to a pull request instead.")
def demo(*, keep: bool, conversation: bool) -> None:
    """Show a red run become a pull request, and another be declined; everything stays on this machine."""
    from app.config import Settings  # noqa: PLC0415 - the server's imports cost the other verbs time
    from app.demo import conversation as talk  # noqa: PLC0415 - as above
    from app.demo import first  # noqa: PLC0415 - as above
    from app.demo.stack import stack  # noqa: PLC0415 - as above
    from app.server.up import watch  # noqa: PLC0415 - as above

    with stack(Settings().data_dir.absolute()) as standing:
        good = talk.show(standing) if conversation else first.show(standing)
        if keep:
            click.echo("\n  Everything stays up; Ctrl-C ends it.")
            watch(standing.parts)
    if not good:
        logs = standing.config.data_dir / "logs"
        raise GoldseamError(f"The demo did not end as it should; the logs are under {logs}.")
