"""The Celery application: messages that wake workers, and nothing else.

SQL is the truth and Redis only wakes: a message carries no work, so one that is lost
costs a worker's poll interval, one that comes twice costs a look at the queue.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from celery import Celery
from kombu.exceptions import OperationalError

ANALYZE, PUBLISH = "analyze", "publish"
SWEEP_SECONDS = 5.0
"""How often beat wakes everybody."""
_SEND_SECONDS = 1.0
_TOGETHER_SECONDS = 0.02
"""Rings that come this close together are one message."""
_AWAY_SECONDS = 5.0
"""How long Redis is left alone after it did not take a message."""
_WAKE = "goldseam.wake"

log = structlog.get_logger()


def application(broker_url: str) -> Celery:
    """Return a Celery application that knows where to send; `listen` makes it hear."""
    app = Celery("goldseam", broker=broker_url, set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        worker_cancel_long_running_tasks_on_connection_loss=True,  # there are none; else it warns of a default
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "socket_connect_timeout": _SEND_SECONDS,
            "socket_timeout": 30,
            # A message is not worth waiting for: workers look by themselves.
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0,
            "interval_max": 0,
        },
        task_publish_retry=False,
        beat_schedule={
            f"wake {queue}": {
                "task": _WAKE,
                "schedule": SWEEP_SECONDS,
                "options": {"queue": queue, "expires": SWEEP_SECONDS},
            }
            for queue in (ANALYZE, PUBLISH)
        },
    )
    return app


@dataclass(slots=True)
class Sender:
    """Wakes workers, from a thread of its own: nobody waits for Redis, least of all a web request."""

    app: Celery
    _wanted: set[str] = field(default_factory=set)
    _condition: threading.Condition = field(default_factory=threading.Condition)
    _thread: threading.Thread | None = None

    def ring(self, queue: str) -> None:
        """Wake whoever serves the queue; returns at once."""
        with self._condition:
            self._wanted.add(queue)
            if self._thread is None or not self._thread.is_alive():  # made here, so that it lives after a fork
                self._thread = threading.Thread(target=self._send_all, name="sender", daemon=True)
                self._thread.start()
            self._condition.notify()

    def _send_all(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._wanted)
                wanted, self._wanted = self._wanted, set()
            refused = [queue for queue in sorted(wanted) if not self._send(queue)]
            time.sleep(_AWAY_SECONDS if refused else _TOGETHER_SECONDS)

    def _send(self, queue: str) -> bool:
        try:
            self.app.send_task(_WAKE, queue=queue, retry=False, expires=60)
        except (OperationalError, OSError, LookupError) as error:
            log.warning("not_sent", queue=queue, why=type(error).__name__)
            return False
        return True


def listen(app: Celery, queue: str, ring: Callable[[], None]) -> None:
    """Ring whenever a message comes, from now on; returns at once. Redis may be away, and come back."""

    @app.task(name=_WAKE, shared=False)
    def wake() -> None:
        ring()

    def consume() -> None:
        app.set_current()  # of this thread: Celery looks its tasks up there
        while True:
            try:
                # Solo: the message is heard where it arrives. No thread of Celery's ever does the work.
                app.WorkController(
                    pool="solo", queues=[queue], without_gossip=True, without_mingle=True, without_heartbeat=True
                ).start()
            except (Exception, SystemExit):  # the alarm clock may break; the work goes on without it
                log.exception("alarm_clock_broke")
            time.sleep(_AWAY_SECONDS)

    threading.Thread(target=consume, name="alarm-clock", daemon=True).start()
