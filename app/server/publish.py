"""The publish worker's dependencies: the one stage with a token that writes, and no engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from app.config import Settings
from app.server.stores import server_policy, store_of, turns_of, work_of
from app.server.tokens import door_of, lent, lent_to
from tasks.broker.client import BrokerClient
from tasks.celery import Work
from tasks.github.client import writing
from tasks.github.protocol import Writer
from tasks.report.pull import marker
from tasks.report.renderer import PullRenderer, marker_key
from tasks.stages.answer import answer
from tasks.stages.command_turn import CommandTurns
from tasks.stages.publish import publish
from tasks.store.models import Attempt, CommandRow


def publish_work(config: Settings) -> Work:
    """Return what the publish worker does."""
    turns = turns_of(config, store_of(config), "publish")
    writers = partial(_writer, config, door_of(config, "publish"))
    key = marker_key(config.data_dir.absolute() / "marker.key")
    policy = server_policy(config)
    run = partial(publish, turns=turns, writers=writers, server=policy, renderer=PullRenderer(key, config.address))
    reply = partial(
        answer,
        turns=CommandTurns(turns.store, turns.stop, turns.owner),
        writers=partial(_command_writer, config, door_of(config, "publish")),
        server=policy,
        mark=lambda number: marker(key, "command", str(number)),
    )
    return replace(work_of(config, turns, {"publish": run}), answer=reply)


@contextmanager
def _writer(config: Settings, door: BrokerClient, attempt: Attempt) -> Iterator[Writer]:
    with lent(door, attempt) as token, writing(config.endpoint, token, attempt.repository) as writer:
        yield writer


@contextmanager
def _command_writer(config: Settings, door: BrokerClient, command: CommandRow) -> Iterator[Writer]:
    name = f"c{command.id}"
    with (
        lent_to(door, name, command.repository, command.installation_id) as token,
        writing(config.endpoint, token, command.repository) as writer,
    ):
        yield writer
