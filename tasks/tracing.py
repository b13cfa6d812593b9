"""One OpenTelemetry trace from delivery to pull request, across processes.

Its id is the delivery's own number at GitHub (`X-GitHub-Delivery`, a UUID: the same 128 bits), so nothing has to be
carried along: a delivery in GitHub's list, the attempt, the log lines, the ledger and the pull request name one id.
Spans go nowhere until `app/server/telemetry.py` says where to.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, Status, StatusCode, TraceFlags

_tracer = trace.get_tracer("goldseam")
_forced: ContextVar[tuple[int, int] | None] = ContextVar("forced", default=None)


def trace_id_of(guid: str) -> str:
    """Return the trace of a delivery: 32 hexadecimal digits; empty for what is no UUID."""
    try:
        return uuid.UUID(guid).hex
    except ValueError:
        return ""


@contextmanager
def root(guid: str) -> Iterator[Span]:
    """Open the first span of a delivery's trace: its receipt."""
    trace_id = trace_id_of(guid)
    token = _forced.set((int(trace_id, 16), _root_span(trace_id)) if trace_id and int(trace_id, 16) else None)
    try:
        with _tracer.start_as_current_span("delivery", context=Context(), kind=SpanKind.SERVER) as here:
            _forced.set(None)
            yield here
    finally:
        _forced.reset(token)


@contextmanager
def span(name: str, *, trace_id: str = "", **attributes: str | int) -> Iterator[Span]:
    """Open a span: below the receipt of its trace when that is known, else below whatever is open here.

    An error that leaves it is recorded by its type; its text may hold what a stranger wrote.
    """
    named = {f"goldseam.{key}": value for key, value in attributes.items()}
    context = _below(trace_id) if trace_id else None
    with _tracer.start_as_current_span(
        name, context=context, attributes=named, record_exception=False, set_status_on_exception=False
    ) as here:
        try:
            yield here
        except BaseException as error:
            here.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


class Ids(RandomIdGenerator):
    """Gives the first span of a delivery's trace the ids that follow from the delivery, and others random ones."""

    def generate_trace_id(self) -> int:
        """Return the trace's number."""
        forced = _forced.get()
        return super().generate_trace_id() if forced is None else forced[0]

    def generate_span_id(self) -> int:
        """Return the span's number."""
        forced = _forced.get()
        return super().generate_span_id() if forced is None else forced[1]


def _below(trace_id: str) -> Context:
    parent = SpanContext(int(trace_id, 16), _root_span(trace_id), is_remote=True, trace_flags=TraceFlags(1))
    return trace.set_span_in_context(NonRecordingSpan(parent), Context())


def _root_span(trace_id: str) -> int:
    return int.from_bytes(hashlib.sha256(trace_id.encode()).digest()[:8]) or 1
