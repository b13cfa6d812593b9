"""Dependencies of each process, made once and passed in. No process gets more than it needs."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import structlog

from app.config import Settings
from fixers.engine import Fixer
from tasks.broker.client import BrokerClient
from tasks.broker.known import Stage
from tasks.broker.server import socket_path
from tasks.celery import RunStage, Work
from tasks.errors import Refused
from tasks.github.client import reading, writing
from tasks.github.protocol import Reader, Writer
from tasks.policy.load import read_server_policy
from tasks.policy.model import ServerPolicy
from tasks.report.renderer import PullRenderer, marker_key
from tasks.sandbox.choose import sandbox
from tasks.stages.decide import decide
from tasks.stages.ending import give_up
from tasks.stages.localize import localize
from tasks.stages.observe import observe, receive
from tasks.stages.publish import publish
from tasks.stages.repair import repair
from tasks.stages.reproduce import reproduce
from tasks.stages.turn import Turns
from tasks.stages.verify import verify
from tasks.stages.watch import watch
from tasks.stop import StopSwitch
from tasks.store.database import Store, open_store
from tasks.store.models import Attempt
from tasks.workbench import Workbench

log = structlog.get_logger()


def store_of(config: Settings) -> Store:
    """Open the database in force."""
    return open_store(config.database)


def stop_switch(config: Settings, store: Store) -> StopSwitch:
    """Return the switch that is asked before every effect."""
    return StopSwitch(config.stop_files, store)


def server_policy(config: Settings) -> ServerPolicy:
    """Read the server's policy file; the defaults of `ServerPolicy` without one."""
    if config.policy_file is None:
        return ServerPolicy()
    return read_server_policy(config.policy_file.read_bytes(), name=str(config.policy_file))


def analyze_work(config: Settings) -> Work:
    """Return what the analyze worker does: every stage that reads, none that writes."""
    store = store_of(config)
    turns = _turns(config, store, "analyze")
    client = _client(config, "analyze")
    readers = partial(_reader, config, client)
    policy = server_policy(config)
    bench = Workbench(
        data=config.data_dir.absolute(),
        lend=partial(_lent, client),
        sandbox=sandbox,
        budget_seconds=config.budget_seconds,
        jobs=config.jobs,
        fixers=lambda order: _fixers(config, consent=order.consent),
        protocols=frozenset({config.github_url.partition(":")[0]}),
    )
    stages: Mapping[str, RunStage] = {
        "observe": partial(observe, turns=turns, readers=readers, server=policy),
        "reproduce": partial(reproduce, turns=turns, engine=bench),
        "localize": partial(localize, turns=turns, engine=bench),
        "repair": partial(repair, turns=turns, engine=bench),
        "verify": partial(verify, turns=turns, engine=bench),
        "decide": partial(decide, turns=turns, readers=readers, server=policy),
        "watch": partial(watch, turns=turns, readers=readers),
    }
    return _work(config, store, turns, stages)


def publish_work(config: Settings) -> Work:
    """Return what the publish worker does: the one stage with a token that writes."""
    store = store_of(config)
    turns = _turns(config, store, "publish")
    writers = partial(_writer, config, _client(config, "publish"))
    renderer = PullRenderer(marker_key(config.data_dir.absolute() / "marker.key"), config.address)
    run = partial(publish, turns=turns, writers=writers, server=server_policy(config), renderer=renderer)
    return _work(config, store, turns, {"publish": run})


def _work(config: Settings, store: Store, turns: Turns, stages: Mapping[str, RunStage]) -> Work:
    return Work(
        store=store,
        receive=partial(receive, store=store, own_app_id=config.app_id),
        stages=stages,
        give_up=lambda attempt_id, sentence: give_up(attempt_id, turns=turns, sentence=sentence),
    )


def _fixers(config: Settings, *, consent: str) -> tuple[Fixer, ...]:
    """Return the model fixer when both the server and the repository's policy allow it."""
    if config.llm == "off" or consent != "code":
        return ()
    from fixers.llm.fixer import model_fixer  # noqa: PLC0415 - the SDK loads slowly and is seldom wanted

    return (model_fixer(),)


def _turns(config: Settings, store: Store, role: str) -> Turns:
    return Turns(store, stop_switch(config, store), owner=f"{role}@{socket.gethostname()}:{os.getpid()}")


def _client(config: Settings, stage: Stage) -> BrokerClient:
    return BrokerClient(socket_path(config.token_dir, stage), stage)


@contextmanager
def _lent(client: BrokerClient, attempt: Attempt) -> Iterator[str]:
    if attempt.installation_id is None:
        raise Refused(f"{attempt.repository} sent an event without an installation; install the App on it.")
    with client.token(str(attempt.id), attempt.repository) as token:
        yield token


@contextmanager
def _reader(config: Settings, client: BrokerClient, attempt: Attempt) -> Iterator[Reader]:
    with _lent(client, attempt) as token, reading(config.endpoint, token, attempt.repository) as reader:
        yield reader


@contextmanager
def _writer(config: Settings, client: BrokerClient, attempt: Attempt) -> Iterator[Writer]:
    with _lent(client, attempt) as token, writing(config.endpoint, token, attempt.repository) as writer:
        yield writer
