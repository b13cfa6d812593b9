"""The publish worker's dependencies: the one stage with a token that writes, and no engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from app.config import Settings
from app.server.stores import onboarding_desk, server_policy, store_of, turns_of, work_of
from app.server.tokens import Borrower, door_of, gate_of, lent
from tasks.broker.client import BrokerClient
from tasks.github.client import writing
from tasks.github.protocol import Writer
from tasks.lanes import Work
from tasks.report.onboarding import OnboardingTexts
from tasks.report.outgoing import Outgoing
from tasks.report.pull import marker
from tasks.report.renderer import PullRenderer, marker_key
from tasks.stages.answer import answer
from tasks.stages.bystand import pass_next
from tasks.stages.command_turn import CommandTurns
from tasks.stages.egress import guarded
from tasks.stages.onboard import write_next
from tasks.stages.publish import publish
from tasks.stages.tidy import tidy
from tasks.store.database import Store


def publish_work(config: Settings) -> Work:
    """Return what the publish worker does."""
    turns = turns_of(config, store_of(config), "publish")
    key, outgoing = marker_key(config.data_dir.absolute() / "marker.key"), Outgoing(config.secrets)
    writers = partial(_writer, config, turns.store, door_of(config, "publish"), outgoing)
    policy, renderer = server_policy(config), PullRenderer(key, config.address, outgoing)
    run = partial(publish, turns=turns, writers=writers, server=policy, renderer=renderer)
    clear = partial(tidy, turns=turns, writers=writers, server=policy)
    reply = partial(
        answer,
        turns=CommandTurns(turns.store, turns.stop, turns.owner, turns.seconds),
        writers=writers,
        server=policy,
        mark=lambda number: marker(key, "command", str(number)),
    )
    desk = onboarding_desk(config, turns)
    ask = partial(write_next, desk, writers, OnboardingTexts(config.address))
    let_pass = partial(pass_next, desk, writers)
    return replace(work_of(config, turns, {"publish": run, "tidy": clear}, chores=(ask, let_pass)), answer=reply)


@contextmanager
def _writer(
    config: Settings, store: Store, door: BrokerClient, outgoing: Outgoing, borrower: Borrower
) -> Iterator[Writer]:
    gate = gate_of(store, borrower)
    with lent(door, store, borrower) as token, writing(config.endpoint, token, borrower.repository, gate) as writer:
        yield guarded(writer, outgoing.knowing(token=token))
