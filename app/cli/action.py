"""`goldseam action`: the steps of the GitHub Action; `action.yml` calls them, people need not."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable

import click

from app.action.commands import command, stopped
from app.cli.ending import ending_of


@click.group(hidden=True)
def action() -> None:
    """Be a step of the GitHub Action: inputs and event by the runner's variables."""


@action.command()
def run() -> None:
    """Repair the checkout of this job and leave result, outputs, annotations and summary."""
    from app.action.run import run as step  # noqa: PLC0415 - the engine is for this step alone

    _end(lambda: step(os.environ))


@action.command()
def publish() -> None:
    """Open the pull request for a result, with the token of this step."""
    from app.action.publish import publish as step  # noqa: PLC0415 - so that the other step cannot reach GitHub

    _end(lambda: step(os.environ))


def _end(step: Callable[[], None]) -> None:
    """Do a step; whatever ends it is one annotation, and what a tool or a traceback says is no command."""
    try:
        step()
    except Exception as error:  # noqa: BLE001 - the door: what nobody caught is told here
        ending = ending_of(error)
        if ending.unforeseen or ending.tail:
            with stopped(sys.stdout):
                print(ending.tail or "".join(traceback.format_exception(error)).rstrip(), flush=True)
        print(command("error", ending.sentence, title="Goldseam"), flush=True)
        sys.exit(ending.code)
