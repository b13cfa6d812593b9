"""The worker processes, and beat. A worker is a crew of threads over the queue in SQL; Celery is its alarm clock."""

from __future__ import annotations

import os
import signal
import threading
from typing import Literal, NoReturn

import structlog

from app.config import Settings
from app.server.exits import OLD
from app.server.stores import owner_of, store_of
from app.server.telemetry import export_spans, log_lines, pulse
from tasks.celery import ANALYZE, PUBLISH, Sender, application, listen
from tasks.crew import Alarm, Crew
from tasks.descendants import end_descendants
from tasks.lanes import Work, lanes_of
from tasks.sandbox.orphans import end_orphans
from tasks.scratch import own_scratch
from tasks.store.database import upgrade
from tasks.store.schema import TooOld

Role = Literal["analyze", "publish"]
log = structlog.get_logger()


def run_worker(config: Settings, role: Role) -> NoReturn:
    """Be the worker of a role until told to stop."""
    log_lines(role)
    export_spans(role)
    work_on(config, role, _work(config, role))


def work_on(config: Settings, role: Role, work: Work) -> NoReturn:
    """Work until told to stop; then finish what is under way, or hand it back after `grace_seconds`."""
    upgrade(work.store.engine)
    alarm, app = Alarm(), application(config.broker_url)
    crew = Crew(lanes_of(work, Sender(app)), alarm)
    end = End()
    ended = end_orphans()
    if ended:
        log.warning("orphans_ended", count=ended)
    with own_scratch(), pulse(work.store, name=role, owner=work.owner, too_old=end.too_old):
        listen(app, ANALYZE if role == "analyze" else PUBLISH, alarm.ring)
        crew.start()
        log.info("started")
        end.wait()
        _finish(crew, work, config.grace_seconds)
    # Not by returning: neither a thread in a dead sandbox nor Celery's own may hold up the end.
    os._exit(end.code)


class End:
    """Why and when this process ends: SIGTERM, Ctrl-C, or tables that are too new for it."""

    def __init__(self) -> None:
        self.code = 0
        self._told = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._told.set())

    def too_old(self, _: TooOld) -> None:
        """End because a newer version has taken over."""
        self.code = OLD
        self._told.set()

    def wait(self) -> None:
        """Return when it is time.

        Looks every second: a signal that the kernel gave to another thread does not wake this one.
        """
        while not self._told.wait(1.0):
            pass


def _finish(crew: Crew, work: Work, seconds: float) -> None:
    if crew.stop(seconds):
        log.info("finished")
        return
    # First the leases: what a killed sandbox makes a stage believe must not be written down.
    handed = work.hand_back()
    log.warning("handed_back", attempts=handed, killed=end_descendants())


def _work(config: Settings, role: Role) -> Work:
    """Import and make the dependencies of one role: the publish worker never loads the engine's stages."""
    if role == "analyze":
        from app.server.analyze import analyze_work  # noqa: PLC0415 - see above

        return analyze_work(config)
    from app.server.publish import publish_work  # noqa: PLC0415 - see above

    return publish_work(config)


def run_beat(config: Settings) -> None:
    """Wake everybody at intervals until told to stop."""
    log_lines("beat")
    app = application(config.broker_url)
    config.run_dir.mkdir(parents=True, exist_ok=True)
    with pulse(store_of(config), name="beat", owner=owner_of("beat"), too_old=lambda _: os._exit(OLD)):
        app.start(["beat", "--loglevel=WARNING", f"--schedule={config.run_dir / 'beat'}", "--pidfile="])
