"""The processes of a server as `goldseam up` starts them, forked instead of started: importing costs seconds each.

A supervisor keeps the five of them running and tells them to end when it dies. What
differs from the real ones: the engine follows a script, and what waits, waits less long.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tasks" / "stages"))

import alembic.command
import celery.apps.beat
import celery.bin.celery
import celery.concurrency.solo
import celery.worker
import click
import kombu.transport.redis
import psycopg
import stages_fakes
import uvicorn.loops.auto
import uvicorn.protocols.http.httptools_impl

import app.server.broker
import app.server.publish
import app.server.web
import tasks.celery
import tasks.store.queue
from app.config import receiving_settings, settings
from app.server import analyze
from app.server.up import _visible
from app.server.worker import run_beat, run_worker
from fixers.evidence import Localized, Observed, Repair, Trace
from fixers.runner.sandbox import Command
from tasks.sandbox.choose import sandbox

WARMED = (alembic.command, celery, click, kombu, psycopg, app.server, uvicorn)
"""Imported for their children."""
_PR_SET_PDEATHSIG = 1
_GRACE_SECONDS = 10.0


def supervise(environment: Mapping[str, str], logs: Path, copies: Mapping[str, int]) -> None:
    """Keep every role running until SIGTERM; then end them and return."""
    over: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: over.append(number))
    names = [f"{role}{n or ''}" for role in ROLES for n in range(copies.get(role, 1))]
    alive = {_forked(name, environment, logs): name for name in names}
    while not over:
        with suppress(ChildProcessError):
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if pid in alive:
                name = alive.pop(pid)
                alive[_forked(name, environment, logs)] = name
        time.sleep(0.05)
    _end(alive)


def _end(alive: Mapping[int, str]) -> None:
    left, deadline = set(alive), time.monotonic() + _GRACE_SECONDS
    for pid in left:
        os.kill(pid, signal.SIGTERM)
    while left:
        if time.monotonic() > deadline:
            for pid in left:
                os.kill(pid, signal.SIGKILL)
        pid, _ = os.waitpid(-1, os.WNOHANG)
        left.discard(pid)
        time.sleep(0.01)


def _forked(name: str, environment: Mapping[str, str], logs: Path) -> int:
    parent, pid = os.getpid(), os.fork()
    if pid:
        return pid
    code = 1
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() == parent:
            code = become(name, environment, logs)
    finally:
        os._exit(code)


def become(name: str, environment: Mapping[str, str], logs: Path) -> int:
    """Be the process of a role, to its end; return its exit code."""
    role = name.rstrip("0123456789")
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(_visible(role, environment))
    out = os.open(logs / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for descriptor in (1, 2):
        os.dup2(out, descriptor)
    clocks = (
        (tasks.celery, "SWEEP_SECONDS", "TEST_SWEEP"),
        (tasks.store.queue, "HOLD_SECONDS", "TEST_RESEND"),
    )
    for module, clock, variable in clocks:
        assert hasattr(module, clock)
        setattr(module, clock, float(environment[variable]))
    try:
        ROLES[role]()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - a forked process must never go back into its parent's code
        sys.excepthook(*sys.exc_info())
        return 1
    return 0


def _analyze() -> None:
    assert analyze.Workbench
    if os.environ["TEST_ENGINE"] == "real":
        run_worker(settings(), "analyze")
    analyze.Workbench = ScriptedWorkbench  # type: ignore[misc,assignment]
    run_worker(settings(), "analyze")


ROLES: dict[str, Callable[[], None]] = {
    "broker": lambda: app.server.broker.run_broker(settings()),
    "web": lambda: app.server.web.serve(receiving_settings()),
    "analyze": _analyze,
    "publish": lambda: run_worker(settings(), "publish"),
    "beat": lambda: run_beat(settings()),
}


class ScriptedWorkbench(stages_fakes.ScriptedEngine):
    """Finds at once what the script says; its proof starts a real sandbox."""

    def __init__(self, *, data: Path, **_: object) -> None:
        super().__init__()
        self.tree = data / "tree"

    def verify(self, observed: Observed, localized: Localized, repair: Repair) -> Trace:
        self.tree.mkdir(exist_ok=True)
        sandbox().run(Command(argv=("/bin/sleep", "0.05"), tree=self.tree, mount="/src/r"))
        return super().verify(observed, localized, repair)
