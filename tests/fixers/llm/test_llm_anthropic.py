"""The provider's client against a server on loopback that answers well, badly, or not at all."""

import json
import threading
import time
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from fixers.llm.anthropic_model import DEFAULT_MODEL, AnthropicModel
from fixers.llm.model import Asked, Instructions, Limits, ModelFailed, Result
from fixers.llm.tools import tools

HISTORY = (Instructions("Repair."), Asked(text="These tests fail."))
QUICK = Limits(call_seconds=1.0, retries=1)


@dataclass
class Stub:
    """Answers in order, the last one for ever; keeps what it was sent."""

    answers: list = field(default_factory=list)
    requests: list[dict] = field(default_factory=list)
    headers: list[dict] = field(default_factory=list)

    def next(self):
        return self.answers[min(len(self.requests), len(self.answers)) - 1]


@pytest.fixture
def stub(monkeypatch):
    """A server on loopback; the SDK finds it by its own environment variables."""
    state = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            state.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            state.headers.append({name.lower(): value for name, value in self.headers.items()})
            status, body = state.next()
            if body is None:
                time.sleep(1.6)
                return
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("retry-after-ms", "10")
            self.end_headers()
            try:
                if status == 299:  # as slow as a server can be without being silent
                    for _ in range(40):
                        self.wfile.write(b" ")
                        self.wfile.flush()
                        time.sleep(0.1)
                self.wfile.write(body)
            except OSError:
                return  # the client has had enough

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    for name in ("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_PROFILE", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "test-key")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", f"http://127.0.0.1:{server.server_port}")
    yield state
    server.shutdown()
    server.server_close()


def message(*content, model=DEFAULT_MODEL, stop="tool_use", **usage):
    document = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": list(content),
        "stop_reason": stop,
        "usage": {"input_tokens": 1000, "output_tokens": 100, **usage},
    }
    return 200, json.dumps(document).encode()


THINKING = {"type": "thinking", "thinking": "hm", "signature": "c2ln"}
USE = {"type": "tool_use", "id": "toolu_1", "name": "run_tests", "input": {}}


def ask(model=DEFAULT_MODEL, history=HISTORY, limits=QUICK):
    return AnthropicModel(model).ask(history, tools(), limits)


def test_a_reply_is_read_and_priced(stub):
    stub.answers = [message(THINKING, {"type": "text", "text": "Look."}, USE)]
    reply = ask()
    assert [(c.id, c.name, dict(c.arguments)) for c in reply.calls] == [("toolu_1", "run_tests", {})]
    assert (reply.text, reply.tokens_in, reply.tokens_out) == ("Look.", 1000, 100)
    assert reply.usd == Decimal("0.003")
    sent = stub.requests[0]
    assert (sent["model"], sent["max_tokens"], sent["system"]) == (DEFAULT_MODEL, QUICK.reply_tokens, "Repair.")
    assert {t["name"] for t in sent["tools"]} == {"read_source", "run_tests", "propose_patch", "give_up"}
    assert any(value.endswith("test-key") for value in stub.headers[0].values())


def test_the_next_request_holds_the_reply_as_it_came_and_the_answer(stub):
    stub.answers = [message(THINKING, USE)]
    reply = ask()
    ask(history=(*HISTORY, reply, Asked((Result("toolu_1", "2 fail", refused=True),))))
    turns = stub.requests[1]["messages"]
    assert [t["role"] for t in turns] == ["user", "assistant", "user"]
    assert turns[1]["content"] == [THINKING, USE]
    answer = turns[2]["content"][0]
    assert (answer["tool_use_id"], answer["content"], answer["is_error"]) == ("toolu_1", "2 fail", True)


def test_an_empty_reply_is_a_reply_without_calls(stub):
    stub.answers = [message(stop="end_turn")]
    reply = ask()
    assert (reply.calls, reply.text, reply.usd) == ((), "", Decimal("0.003"))
    ask(history=(*HISTORY, reply, Asked(text="Answer.")))
    assert [t["role"] for t in stub.requests[1]["messages"]] == ["user", "user"]


def test_cached_tokens_are_counted_in_full(stub):
    stub.answers = [message(USE, cache_read_input_tokens=4000, cache_creation_input_tokens=5000)]
    assert ask().usd == Decimal("0.021")


def test_a_dated_snapshot_is_the_model_that_was_asked(stub):
    stub.answers = [message(USE, model=f"{DEFAULT_MODEL}-20260901")]
    assert ask().model == f"{DEFAULT_MODEL}-20260901"


FAILURES = {
    "too many requests": ((429, b"{}"), "HTTP 429", 2),
    "overloaded": ((529, b"{}"), "HTTP 529", 2),
    "broken": ((500, b"nothing"), "HTTP 500", 2),
    "a key that is wrong": ((401, b"{}"), "ANTHROPIC_API_KEY", 1),
    "a request that is wrong": ((400, b"{}"), "HTTP 400", 1),
    "silence": ((200, None), "did not answer in time", 2),
    "a drip": ((299, b"{}"), "not complete after 1 s", 1),
    "another model": (message(USE, model="claude-opus-5-5"), "was asked", 1),
    "a dearer kind of the model": (message(USE, model=f"{DEFAULT_MODEL}-fast"), "was asked", 1),
    "a model named by an enemy": (message(USE, model="\u202e" * 999), "was asked", 1),
    "a refusal": (message(stop="refusal"), "declined", 1),
    "no document": ((200, b"<html>"), "not what the API documents", 1),
    "no bytes": ((200, b""), "not what the API documents", 1),
    "a negative bill": (message(USE, output_tokens=-(10**9)), "not what the API documents", 1),
    "no bill": ((200, b'{"model": "x", "content": []}'), "not what the API documents", 1),
    "too long": ((200, b" " * (9 << 20)), "longer than", 1),
}


@pytest.mark.parametrize(("answer", "said", "requests"), FAILURES.values(), ids=FAILURES)
def test_what_goes_wrong_is_a_sentence_after_few_requests(stub, answer, said, requests):
    stub.answers = [answer]
    with pytest.raises(ModelFailed, match=said) as failed:
        ask()
    assert len(stub.requests) == requests
    assert str(failed.value).isascii()


def test_a_retry_that_works_is_a_reply(stub):
    stub.answers = [(529, b"{}"), message(USE)]
    assert len(ask().calls) == 1


def test_an_unknown_price_is_refused_before_anything_is_sent(stub):
    with pytest.raises(ModelFailed, match="price of gpt-0 is not known"):
        ask("gpt-0")
    assert stub.requests == []


def test_no_key_is_said_before_anything_is_sent(stub, monkeypatch, tmp_path):
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.setenv("ANTHROPIC_CONFIG_DIR", str(tmp_path))
    with pytest.raises(ModelFailed, match="Set ANTHROPIC_API_KEY"):
        ask()
    assert stub.requests == []


def test_a_server_that_is_not_there_is_a_sentence(stub, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    with pytest.raises(ModelFailed, match="could not be reached"):
        ask()
