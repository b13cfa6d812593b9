"""The Celery application: thin tasks over the stages. Messages carry an id and nothing else.

SQL is the truth and Redis only wakes workers: a message that is lost is sent again by
the sweep, a message that comes twice finds the attempt leased or moved on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from celery import Celery
from kombu.exceptions import OperationalError

from tasks.errors import GoldseamError, Retryable
from tasks.stages.receive import Wake
from tasks.stop import StopSwitch
from tasks.store import commands
from tasks.store.attempts import unfinished
from tasks.store.database import Store
from tasks.store.deliveries import waiting
from tasks.store.models import Attempt, CommandRow, CommandState
from tasks.store.states import STAGES, TERMINAL, WRITING, State

ANALYZE, PUBLISH = "analyze", "publish"
SWEEP_SECONDS = 5.0
RESEND_SECONDS = 60.0
"""A sweep wakes the same attempt at most this often; messages that were lost wait so long."""
TRIES = 5
_SEND_SECONDS = 1.0
"""A web request waits at most this long for Redis; the sweep sends what was not sent."""

log = structlog.get_logger()

RunStage = Callable[[int], State]
Receive = Callable[[int], Wake | None]
AnswerCommand = Callable[[int], CommandState]
GiveUp = Callable[[int, str], State]


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker can do: the stages it has dependencies for."""

    store: Store
    receive: Receive
    stages: Mapping[str, RunStage]
    give_up: GiveUp
    """Ends an attempt whose stage was tried often enough; the sentence is for people."""
    stop: StopSwitch
    answer: AnswerCommand | None = None
    """Answers commands; only the worker that can write has it."""
    chores: Sequence[Callable[[], bool]] = ()
    """Quick things beside the stages: each does one piece of what waits, False when nothing does."""


def application(broker_url: str) -> Celery:
    """Return a Celery application that knows where to send; `register` gives a worker its tasks."""
    app = Celery("goldseam", broker=broker_url, set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": 3600,
            "socket_connect_timeout": _SEND_SECONDS,
            "socket_timeout": 30,
            # A message is not worth waiting for: the sweep sends what Redis did not take.
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0,
            "interval_max": 0,
        },
        task_publish_retry=False,
        beat_schedule={
            "sweep": {"task": "goldseam.sweep", "schedule": SWEEP_SECONDS, "options": {"queue": ANALYZE}},
            **{
                f"chores of {queue}": {
                    "task": f"goldseam.chores.{queue}",
                    "schedule": SWEEP_SECONDS,
                    "options": {"queue": queue, "expires": SWEEP_SECONDS},
                }
                for queue in (ANALYZE, PUBLISH)
            },
        },
    )
    return app


class Sender:
    """Wakes workers. A message that cannot be sent now is no error: the sweep sends it."""

    def __init__(self, app: Celery) -> None:
        self.app = app

    def delivery(self, delivery_id: int) -> bool:
        """Wake a worker for a stored delivery; False when Redis is away."""
        return self._send("goldseam.receive", delivery_id, ANALYZE)

    def attempt(self, attempt_id: int, state: State) -> bool:
        """Wake a worker for the stage that an attempt is in; nothing to do at its end."""
        stage = STAGES.get(state)
        if stage is None or state in TERMINAL:
            return True
        return self._send(f"goldseam.{stage}", attempt_id, PUBLISH if state in WRITING else ANALYZE)

    def command(self, command_id: int) -> bool:
        """Wake a worker for a command."""
        return self._send("goldseam.answer", command_id, PUBLISH)

    def woken(self, store: Store, wake: Wake | None) -> None:
        """Wake whoever a delivery is for."""
        if wake is not None and wake.attempt is not None:
            self.attempt(wake.attempt, _state_of(store, wake.attempt))
        if wake is not None and wake.command is not None:
            self.command(wake.command)

    def _send(self, name: str, identity: int, queue: str) -> bool:
        try:
            self.app.send_task(name, args=(identity,), queue=queue, retry=False)
        except (OperationalError, OSError) as error:
            log.warning("not_sent", task=name, id=identity, why=type(error).__name__)
            return False
        return True


def register(app: Celery, work: Work) -> Sender:
    """Give a worker the tasks that it has dependencies for; return the sender they use.

    Not shared with other applications: each task closes over the work of this one.
    """
    sender = Sender(app)
    sent = _Recently()

    @app.task(name="goldseam.receive", shared=False)
    def receive(delivery_id: int) -> None:
        sender.woken(work.store, work.receive(delivery_id))

    @app.task(name="goldseam.sweep", shared=False)
    def sweep() -> None:
        _sweep(work, sender, sent)

    if work.answer is not None:
        _register_answer(app, work.answer, sender, work.store)
    _register_chores(app, work)
    for stage, run in work.stages.items():
        _register_stage(app, stage, Step(run, work.give_up, sender, sent))
    return sender


def _sweep(work: Work, sender: Sender, sent: _Recently) -> None:
    """Wake what waits and nobody holds."""
    for delivery_id in _waiting(work.store):
        if sent.is_due("delivery", delivery_id):
            sender.delivery(delivery_id)
    for command_id in _unanswered(work.store):
        if sent.is_due("command", command_id):
            sender.command(command_id)
    for attempt in _unfinished(work.store):
        if work.stop.is_stopped(repository_id=attempt.repository_id):
            sent.forget(attempt.state, attempt.id)
        elif sent.is_due(attempt.state, attempt.id):
            sender.attempt(attempt.id, attempt.state)


@dataclass(slots=True)
class _Recently:
    """What this process sent or tried lately, so that a sweep neither floods the queue nor cuts a back-off short."""

    times: dict[tuple[str, int], float] = field(default_factory=dict)

    def is_due(self, what: str, identity: int) -> bool:
        moment = time.monotonic()
        self.times = {key: at for key, at in self.times.items() if moment - at < RESEND_SECONDS}
        if (what, identity) in self.times:
            return False
        self.times[what, identity] = moment
        return True

    def note(self, what: str, identity: int) -> None:
        self.times[what, identity] = time.monotonic()

    def forget(self, what: str, identity: int) -> None:
        """Make it due: what a stop holds is not woken in vain, and the first sweep after the stop wakes it."""
        self.times.pop((what, identity), None)


@dataclass(frozen=True, slots=True)
class Step:
    """One stage, and what to do with its outcome."""

    run: RunStage
    give_up: GiveUp
    sender: Sender
    sent: _Recently

    def take(self, task: Any, stage: str, attempt_id: int) -> None:
        """Run the stage and wake whoever comes next; try again later, or end the attempt and say why."""
        try:
            state = self.run(attempt_id)
        except Retryable as error:
            log.warning("retrying", why=str(error), tries=task.request.retries)
            if task.request.retries < TRIES:
                self.sent.note(_state_named(stage), attempt_id)
                raise task.retry(exc=error, countdown=min(60, 2 ** (task.request.retries + 1))) from None
            state = self.give_up(attempt_id, f"{error} It was tried {TRIES + 1} times.")
        except GoldseamError as error:
            log.warning("ended", why=str(error))
            state = self.give_up(attempt_id, str(error))
        except Exception:  # the door of the worker: one broken attempt must not come back for ever
            log.exception("broken")
            state = self.give_up(attempt_id, "Goldseam itself broke on this attempt; its log has the traceback.")
        log.info("stage_ended", state=str(state))
        if STAGES.get(state) != stage:
            self.sender.attempt(attempt_id, state)


def _register_chores(app: Celery, work: Work) -> None:
    @app.task(name=f"goldseam.chores.{PUBLISH if 'publish' in work.stages else ANALYZE}", shared=False)
    def chores() -> None:
        for chore in work.chores:
            while chore():
                pass


def _register_stage(app: Celery, stage: str, step: Step) -> None:
    @app.task(name=f"goldseam.{stage}", bind=True, max_retries=TRIES, shared=False)
    def staged(self: Any, attempt_id: int) -> None:
        with structlog.contextvars.bound_contextvars(attempt=attempt_id, stage=stage):
            step.take(self, stage, attempt_id)


def _register_answer(app: Celery, run: AnswerCommand, sender: Sender, store: Store) -> None:
    @app.task(name="goldseam.answer", bind=True, max_retries=TRIES, shared=False)
    def answered(self: Any, command_id: int) -> None:
        with structlog.contextvars.bound_contextvars(command=command_id):
            try:
                state = run(command_id)
            except Retryable as error:
                log.warning("retrying", why=str(error), tries=self.request.retries)
                raise self.retry(exc=error, countdown=min(60, 2 ** (self.request.retries + 1))) from None
            log.info("command_ended", state=str(state))
            if state is CommandState.WAITING:
                sender.woken(store, Wake(attempt=_opened(store, command_id)))


def _opened(store: Store, command_id: int) -> int | None:
    with store.read() as session:
        return session.get_one(CommandRow, command_id).opened_id


def _unanswered(store: Store) -> list[int]:
    with store.read() as session:
        return list(commands.unanswered(session))


def _state_named(stage: str) -> str:
    return next(state for state, name in STAGES.items() if name == stage)


def _state_of(store: Store, attempt_id: int) -> State:
    with store.read() as session:
        return session.get_one(Attempt, attempt_id).state


def _waiting(store: Store) -> list[int]:
    with store.read() as session:
        return list(waiting(session))


def _unfinished(store: Store) -> list[Attempt]:
    """Return what a sweep should wake; watched pull requests wait for their events."""
    with store.read() as session:
        found = [number for number, state in unfinished(session) if state is not State.WATCHING]
        return [session.get_one(Attempt, number) for number in found]
