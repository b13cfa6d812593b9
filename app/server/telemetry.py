"""What every process says about itself: log lines, spans, its pulse, its counters."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from sqlalchemy.exc import SQLAlchemyError

from app.server.masking import masked
from tasks.store import counts, processes
from tasks.store.counts import TALLY
from tasks.store.database import Store, check
from tasks.store.schema import TooOld
from tasks.tracing import Ids

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")

log = structlog.get_logger()


def log_lines(name: str) -> None:
    """Log as JSON lines on standard error: who says it, which attempt, delivery and trace it is about; no secrets."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            masked,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    structlog.contextvars.bind_contextvars(process=name)


def export_spans(name: str) -> None:
    """Send spans by OTLP when the SDK's own variables name an endpoint; without one none are kept."""
    if not any(os.environ.get(variable) for variable in _ENDPOINTS):
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - seldom wanted

    provider = TracerProvider(resource=Resource.create({"service.name": f"goldseam-{name}"}), id_generator=Ids())
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


@contextmanager
def pulse(store: Store, *, name: str, owner: str, too_old: Callable[[TooOld], object]) -> Iterator[None]:
    """Have a pulse as long as the context."""
    beating = Pulse(store, name, owner, too_old)
    beating.start()
    try:
        yield
    finally:
        beating.stop()


@dataclass(frozen=True, slots=True)
class Pulse:
    """Says every few seconds that this process lives, writes its counters, and looks whether the tables are still ours.

    `too_old` is called when a newer version has changed them so that this process must end.
    """

    store: Store
    name: str
    owner: str
    too_old: Callable[[TooOld], object]
    _over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Begin; the tables must stand."""
        threading.Thread(target=self._beat_on, name="pulse", daemon=True).start()

    def stop(self) -> None:
        """Write what was counted last, and say that the process ends."""
        self._over.set()
        try:
            with self.store.write() as session:
                counts.write(session, TALLY.take())
                processes.left(session, owner=self.owner)
        except SQLAlchemyError as error:
            log.warning("no_pulse", why=type(error).__name__)

    def _beat_on(self) -> None:
        self._beat()
        while not self._over.wait(processes.BEAT_SECONDS):
            self._beat()

    def _beat(self) -> None:
        taken = TALLY.take()
        try:
            check(self.store.engine)
            with self.store.write() as session:
                processes.heard(session, name=self.name, owner=self.owner)
                counts.write(session, taken)
        except TooOld as error:
            log.error("too_old", why=str(error))  # noqa: TRY400 - a sentence, not a fault
            self.too_old(error)
        except SQLAlchemyError as error:
            TALLY.restore(taken)
            log.warning("no_pulse", why=type(error).__name__)
