"""The Celery application: thin tasks over the stages. Messages carry an id and nothing else.

SQL is the truth and Redis only wakes workers: a message that is lost is sent again by
the sweep, a message that comes twice finds the attempt leased or moved on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from celery import Celery, Task
from kombu.exceptions import OperationalError

from tasks.errors import GoldseamError, Retryable
from tasks.store.attempts import unfinished
from tasks.store.database import Store
from tasks.store.deliveries import waiting
from tasks.store.states import STAGES, TERMINAL, State

ANALYZE, PUBLISH = "analyze", "publish"
SWEEP_SECONDS = 5.0
_SEND_SECONDS = 1.0
"""A web request waits at most this long for Redis; the sweep sends what was not sent."""

log = structlog.get_logger()

RunStage = Callable[[int], State]
Receive = Callable[[int], int | None]


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker can do: the stages it has dependencies for."""

    store: Store
    receive: Receive
    stages: Mapping[str, RunStage]


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
        },
        task_publish_retry=False,
        beat_schedule={"sweep": {"task": "goldseam.sweep", "schedule": SWEEP_SECONDS, "options": {"queue": ANALYZE}}},
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
        return self._send(f"goldseam.{stage}", attempt_id, PUBLISH if stage == "publish" else ANALYZE)

    def _send(self, name: str, identity: int, queue: str) -> bool:
        try:
            self.app.send_task(name, args=(identity,), queue=queue, retry=False)
        except (OperationalError, OSError) as error:
            log.warning("not_sent", task=name, id=identity, why=type(error).__name__)
            return False
        return True


def register(app: Celery, work: Work) -> Sender:
    """Give a worker the tasks that it has dependencies for; return the sender they use."""
    sender = Sender(app)

    @app.task(name="goldseam.receive", bind=True, max_retries=5)
    def receive(self: Task[Any, Any], delivery_id: int) -> None:
        attempt_id = _tried(self, work.receive, delivery_id)
        if attempt_id is not None:
            _wake(work.store, sender, attempt_id)

    @app.task(name="goldseam.sweep")
    def sweep() -> None:
        for delivery_id in _waiting(work.store):
            sender.delivery(delivery_id)
        for attempt_id, state in _unfinished(work.store):
            sender.attempt(attempt_id, state)

    for stage, run in work.stages.items():
        _register_stage(app, stage, run, sender)
    return sender


def _register_stage(app: Celery, stage: str, run: RunStage, sender: Sender) -> None:
    @app.task(name=f"goldseam.{stage}", bind=True, max_retries=5)
    def staged(self: Task[Any, Any], attempt_id: int) -> None:
        with structlog.contextvars.bound_contextvars(attempt=attempt_id, stage=stage):
            before = stage
            state = _tried(self, run, attempt_id)
            log.info("stage_ended", state=str(state))
        if STAGES.get(state) != before:
            sender.attempt(attempt_id, state)


def _tried(task: Task[Any, Any], work: Callable[[int], Any], identity: int) -> Any:
    """Run, and try again later for the errors that say so; others are logged where Celery reports them."""
    try:
        return work(identity)
    except Retryable as error:
        log.warning("retrying", id=identity, why=str(error), tries=task.request.retries)
        raise task.retry(exc=error, countdown=min(60, 2 ** (task.request.retries + 1))) from None
    except GoldseamError as error:
        log.error("refused", id=identity, why=str(error))  # noqa: TRY400 - a refusal needs no traceback
        raise


def _wake(store: Store, sender: Sender, attempt_id: int) -> None:
    from tasks.store.models import Attempt  # noqa: PLC0415 - keeps the module's own imports to what every task needs

    with store.read() as session:
        sender.attempt(attempt_id, session.get_one(Attempt, attempt_id).state)


def _waiting(store: Store) -> list[int]:
    with store.read() as session:
        return list(waiting(session))


def _unfinished(store: Store) -> list[tuple[int, State]]:
    """Return what a sweep should wake; watched pull requests wait for their events."""
    with store.read() as session:
        return [(number, state) for number, state in unfinished(session) if state is not State.WATCHING]
