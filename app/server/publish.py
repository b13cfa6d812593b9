"""The publish worker's dependencies: the one stage with a token that writes, and no engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from app.config import Settings
from app.server.stores import server_policy, store_of, turns_of, work_of
from app.server.tokens import door_of, gate_of, lent
from tasks.broker.client import BrokerClient
from tasks.celery import Work
from tasks.github.client import writing
from tasks.github.protocol import Writer
from tasks.report.renderer import PullRenderer, marker_key
from tasks.stages.publish import publish
from tasks.store.database import Store
from tasks.store.models import Attempt


def publish_work(config: Settings) -> Work:
    """Return what the publish worker does."""
    turns = turns_of(config, store_of(config), "publish")
    writers = partial(_writer, config, turns.store, door_of(config, "publish"))
    renderer = PullRenderer(marker_key(config.data_dir.absolute() / "marker.key"), config.address)
    run = partial(publish, turns=turns, writers=writers, server=server_policy(config), renderer=renderer)
    return work_of(config, turns, {"publish": run})


@contextmanager
def _writer(config: Settings, store: Store, door: BrokerClient, attempt: Attempt) -> Iterator[Writer]:
    gate = gate_of(store, attempt)
    with lent(door, store, attempt) as token, writing(config.endpoint, token, attempt.repository, gate) as writer:
        yield writer
