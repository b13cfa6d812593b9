"""What processes say of themselves: no secret in a line, one trace across processes."""

import base64
import json
import re
import uuid

import pytest
import structlog
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from app.server.masking import mask, masked
from app.server.telemetry import log_lines
from tasks import tracing
from tasks.tracing import Ids, root, span, trace_id_of

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow" + "IBAAKCAQEA7" * 9 + "\n-----END RSA PRIVATE KEY-----"
SECRETS = {
    **{f"gh{letter}_": f"gh{letter}_" + "16C7e42F292c6912E7710c838347Ae178B4a" for letter in "pousr"},
    "long installation token": "ghs_" + "eyJhbGciOi.JSUzI1.NiJ9-_" * 6,
    "fine-grained": "github_pat_11ABCDEFG0" + "a1B2_" * 10,
    "anthropic": "sk-ant-api03-" + "Zx9_-" * 12,
    "PEM": PEM,
    "half a PEM": PEM[:60],
    "JWT": "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxMjM0NSJ9.c2lnbmF0dXJlLWJ5dGVz",
    "AWS": "AKIAIOSFODNN7EXAMPLE",
}
SAID = {
    "in the middle": "the answer to {} was 401",
    "in an address": "https://x-access-token:{}@github.com/o/r.git",
    "in JSON": '{{"token": "{}", "a": 1}}',
    "in a header": "Authorization: Bearer {}",
}


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_whatever_looks_like_a_secret_is_masked_wherever_it_stands(secret, said):
    line = mask(said.format(secret))
    for piece in re.findall(r"[A-Za-z0-9]{12,}", secret):
        assert piece not in line


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Authorization: Basic " + base64.b64encode(b"x-access-token:ghs_abc").decode(), "eC1hY2Nlc3"),
        ("postgresql://goldseam:hunter2hunter2@db/goldseam", "hunter2"),
        ('{"password": "correct horse"}', "correct"),
        ("api_key=0123456789abcdef", "0123456789abcdef"),
    ],
)
def test_passwords_are_masked_by_where_they_stand(text, gone):
    assert gone not in mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "Attempt 12 of acme/billing was moved to publishing.",
        "commit 95d1af9c0ffee95d1af9c0ffee95d1af9c0ffee00 on main",
        "7b0dfd34-c3d9-47e1-b3d5-6bc872119c7e",
        "tests/test_token.py::test_secret_is_kept: AssertionError: assert 3 == 4",
        "https://github.com/acme/billing/actions/runs/1",
    ],
)
def test_ordinary_lines_stay_as_they_are(text):
    assert mask(text) == text


def test_values_are_masked_by_their_name_and_at_any_depth():
    event = {"event": "asked", "token": "short", "headers": [{"X": SECRETS["ghs_"]}], "count": 3}
    assert masked(None, "info", event) == {"event": "asked", "token": "***", "headers": [{"X": "***"}], "count": 3}


def test_a_line_is_json_with_the_ids_it_is_about_and_a_masked_traceback(capsys):
    log_lines("analyze")
    try:
        with structlog.contextvars.bound_contextvars(attempt=7, stage="repair", trace_id="ab" * 16):
            try:
                raise ValueError(SECRETS["anthropic"])  # noqa: TRY301 - the subject
            except ValueError:
                structlog.get_logger().exception("broken")
    finally:
        structlog.reset_defaults()
        structlog.contextvars.clear_contextvars()
    line = json.loads(capsys.readouterr().err)
    known = {"event": "broken", "process": "analyze", "attempt": 7, "stage": "repair", "trace_id": "ab" * 16}
    assert known.items() <= line.items()
    assert "ValueError" in line["exception"]
    assert "sk-ant" not in line["exception"]


@pytest.fixture
def spans(monkeypatch):
    """Return the spans that were ended, by name."""
    kept, provider = InMemorySpanExporter(), TracerProvider(id_generator=Ids())
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("goldseam"))
    return lambda: {each.name: each for each in kept.get_finished_spans()}


def test_the_trace_of_a_delivery_needs_nothing_but_its_number(spans):
    """Three processes that share the number alone make one tree."""
    guid = str(uuid.uuid4())
    with root(guid), span("inside"):
        pass
    with span("observe", trace_id=trace_id_of(guid), attempt=7):
        pass
    with span("publish", trace_id=trace_id_of(guid), attempt=7):
        pass
    found = spans()
    assert {each.context.trace_id for each in found.values()} == {uuid.UUID(guid).int}
    first = found["delivery"]
    assert first.parent is None
    assert {found[name].parent.span_id for name in ("inside", "observe", "publish")} == {first.context.span_id}
    assert found["publish"].attributes["goldseam.attempt"] == 7


def test_an_error_is_named_and_not_quoted(spans):
    with pytest.raises(ValueError, match="hostile"), span("observe"):
        raise ValueError("hostile text")
    (found,) = spans().values()
    assert (found.status.status_code, found.status.description) == (trace.StatusCode.ERROR, "ValueError")
    assert found.events == ()
