"""What every process of the server opens: the database, the stop switch, the server's policy, its turns."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from app.config import Settings
from tasks.lanes import RunStage, Work
from tasks.policy.load import read_server_policy
from tasks.policy.model import ServerPolicy
from tasks.stages.ending import give_up
from tasks.stages.onboard import Desk
from tasks.stages.receive import receive
from tasks.stages.turn import Turns
from tasks.stop import StopSwitch
from tasks.store.database import Store, open_store


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


def turns_of(config: Settings, store: Store, role: str) -> Turns:
    """Return how a worker of this process takes turns at attempts."""
    return Turns(store, stop_switch(config, store), owner=owner_of(role), seconds=config.lease_seconds)


def owner_of(role: str) -> str:
    """Name this process, for people and for the tables."""
    return f"{role}@{socket.gethostname()}:{os.getpid()}"


def onboarding_desk(config: Settings, turns: Turns) -> Desk:
    """Return what the chores that ask repositories need."""
    return Desk(turns.store, turns.stop, turns.owner, server_policy(config))


def work_of(
    config: Settings,
    turns: Turns,
    stages: Mapping[str, RunStage],
    *,
    chores: Sequence[Callable[[], bool]] = (),
    threads: int = 1,
) -> Work:
    """Return what a worker does, given the stages and chores it has dependencies for."""
    return Work(
        store=turns.store,
        receive=partial(receive, store=turns.store, own_app_id=config.app_id),
        stages=stages,
        give_up=lambda attempt_id, sentence: give_up(attempt_id, turns=turns, sentence=sentence),
        stop=turns.stop,
        chores=chores,
        hand_back=turns.hand_back,
        threads=threads,
        owner=turns.owner,
    )
