"""The analyze worker's dependencies: every stage that reads, none that writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from app.config import Settings
from app.server.stores import onboarding_desk, server_policy, store_of, turns_of, work_of
from app.server.tokens import Borrower, door_of, gate_of, lent
from fixers.request import Fixer
from fixers.runner.sandbox import Sandbox
from tasks.broker.client import BrokerClient
from tasks.github.client import reading
from tasks.github.protocol import Reader
from tasks.lanes import RunStage, Work
from tasks.sandbox.choose import sandbox
from tasks.sandbox.container import Container
from tasks.stages.decide import decide
from tasks.stages.localize import localize
from tasks.stages.observe import observe
from tasks.stages.onboard import read_next
from tasks.stages.repair import repair
from tasks.stages.reproduce import reproduce
from tasks.stages.verify import verify
from tasks.stages.watch import watch
from tasks.store.database import Store
from tasks.workbench import Workbench


def analyze_work(config: Settings) -> Work:
    """Return what the analyze worker does."""
    turns = turns_of(config, store_of(config), "analyze")
    door = door_of(config, "analyze")
    readers = partial(_reader, config, turns.store, door)
    policy = server_policy(config)
    bench = Workbench(
        data=config.data_dir.absolute(),
        lend=partial(lent, door, turns.store),
        sandbox=partial(_sandbox, config),
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
    ask = partial(read_next, onboarding_desk(config, turns), readers)
    return work_of(config, turns, stages, chores=(ask,), threads=config.analyze_workers)


def _sandbox(config: Settings) -> Sandbox:
    """Return the sandbox that was chosen; SandboxError when it cannot be had, never another one."""
    if config.sandbox == "bubblewrap":
        return sandbox()
    return Container.here(config.sandbox, image=config.sandbox_image, runtime=config.sandbox_runtime)


def _fixers(config: Settings, *, consent: str) -> tuple[Fixer, ...]:
    """Return the model fixer when both the server and the repository's policy allow it."""
    if config.llm == "off" or consent != "code":
        return ()
    from fixers.llm.fixer import model_fixer  # noqa: PLC0415 - the SDK loads slowly and is seldom wanted

    return (model_fixer(),)


@contextmanager
def _reader(config: Settings, store: Store, door: BrokerClient, borrower: Borrower) -> Iterator[Reader]:
    gate = gate_of(store, borrower)
    with lent(door, store, borrower) as token, reading(config.endpoint, token, borrower.repository, gate) as reader:
        yield reader
