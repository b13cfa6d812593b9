"""Webhooks that come through a channel arrive whole, and no channel can make one up."""

import base64
import hashlib
import hmac
import json
import queue
import socket
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import select

from app.channel.forward import Forwarder, read
from app.channel.stream import LONGEST_MESSAGE, Message, StreamBroken, messages
from app.config import Settings
from app.server.listen import server
from app.server.web import make_app
from tasks.store.database import open_store
from tasks.store.models import Delivery

SECRET = "s3cret"


class Channel:
    """A tiny channel: whoever reads it gets what is put in, and is cut off by None."""

    def __init__(self) -> None:
        self.waiting: queue.Queue[bytes | None] = queue.Queue()
        self.readers = 0
        channel = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                channel.readers += 1
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self._chunk(b"event: ready\ndata: {}\n\n")
                while (piece := channel.waiting.get()) is not None:
                    self._chunk(piece)
                self.close_connection = True

            def _chunk(self, piece: bytes) -> None:
                self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                self.wfile.flush()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/abc"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def send(self, document: dict[str, object]) -> None:
        self.waiting.put(f"id: 1\nevent: message\ndata: {json.dumps(document)}\n\n".encode())


@pytest.fixture
def channel():
    made = Channel()
    yield made
    made.waiting.put(None)
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def config(tmp_path):
    return Settings(webhook_secret=SECRET, data_dir=tmp_path, redis_url="redis://127.0.0.1:1/0", _env_file=None)


@pytest.fixture
def forwarder(channel, config):
    door = socket.create_server(("127.0.0.1", 0))
    web = server(make_app(config))
    serving = threading.Thread(target=web.run, args=([door],), daemon=True)
    serving.start()
    while not web.started:
        time.sleep(0.01)
    made = Forwarder(channel.url, f"http://127.0.0.1:{door.getsockname()[1]}/webhooks/github")
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    yield made
    made.over.set()
    channel.waiting.put(b": wake\n\n")
    channel.waiting.put(None)
    thread.join(10)
    web.should_exit = True
    serving.join(10)
    assert not thread.is_alive()
    assert not serving.is_alive()


def told(sent: bytes, *, secret: str = SECRET, **more: object) -> dict[str, object]:
    """Return what a channel says of a webhook."""
    return {
        "host": "smee.example",
        "x-github-event": "ping",
        "x-github-delivery": str(uuid.uuid4()),
        "x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), sent, hashlib.sha256).hexdigest(),
        "content-type": "application/json",
        "timestamp": 1,
        **more,
    }


def stored(config, count: int) -> list[bytes]:
    """Wait for so many deliveries and return their bodies."""
    over = time.monotonic() + 20
    while time.monotonic() < over:
        with open_store(config.database).read() as session:
            found = list(session.scalars(select(Delivery).order_by(Delivery.id)))
        if len(found) >= count:
            break
        time.sleep(0.05)
    return [delivery.body for delivery in found]


PARSED = {"zen": "Häuser — <b>&amp;</b> 🜚", "id": 12345678901234567890, "null": None, "list": [1, {"a": True}]}
COMPACT = json.dumps(PARSED, separators=(",", ":"), ensure_ascii=False).encode()
ESCAPED = json.dumps(PARSED, separators=(",", ":")).encode()
SPACED = json.dumps(PARSED, indent=1).encode()


def test_a_webhook_arrives_byte_for_byte_in_every_way_a_channel_tells_it(channel, forwarder, config):
    channel.send(told(COMPACT, body=PARSED))
    channel.send(told(ESCAPED, body=PARSED))
    channel.send(told(SPACED, body=PARSED, bodyB=base64.b64encode(SPACED).decode()))
    channel.send(told(SPACED, body=SPACED.decode()))
    assert stored(config, 4) == [COMPACT, ESCAPED, SPACED, SPACED]


def test_what_the_channel_makes_up_or_changes_is_not_stored(channel, forwarder, config):
    channel.send(told(COMPACT, secret="guessed", body=PARSED))
    channel.send(told(SPACED, body=PARSED))  # the channel has lost the spaces, so nothing fits
    channel.send(told(COMPACT, body={**PARSED, "id": 2}))
    channel.waiting.put(b"data: no json\n\ndata: []\n\n")
    channel.send(told(b"{}", body={}))
    assert stored(config, 1) == [b"{}"]


def test_after_a_lost_connection_it_comes_back(channel, forwarder, config):
    channel.send(told(b"{}", body={}))
    assert len(stored(config, 1)) == 1
    channel.waiting.put(None)
    channel.send(told(COMPACT, body=PARSED))
    assert stored(config, 2) == [b"{}", COMPACT]
    assert channel.readers >= 2


def test_only_githubs_own_headers_are_passed_on():
    document = told(
        b"{}", body={}, authorization="Bearer x", cookie="a=b", **{"X-GitHub-Hook-ID": "7", "x-github-evil": "a\r\nb"}
    )
    webhook = read(Message("message", json.dumps(document)))
    assert set(webhook.headers) == {
        "content-type",
        "x-github-delivery",
        "x-github-event",
        "x-github-hook-id",
        "x-hub-signature-256",
    }


@pytest.mark.parametrize(
    ("stream", "found"),
    [
        (b"data: a\n\n", [("message", "a")]),
        (b"event: ping\ndata: {}\n\ndata: b\n\n", [("ping", "{}"), ("message", "b")]),
        (b"data: a\ndata:b\ndata\n\n", [("message", "a\nb\n")]),
        (b": comment\nretry: 10\nid: 4\ndata: a\r\n\r\ndata: b\r\rdata: c\n\n", [("message", c) for c in "abc"]),
        (b"event: x\n\ndata: a\n\n", [("message", "a")]),
        (b"data: unfinished\n", []),
        ("data: Häuser\n\n".encode(), [("message", "Häuser")]),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_streams_are_read_however_they_are_cut(stream, found, size):
    chunks = [stream[at : at + size] for at in range(0, len(stream), size)]
    assert [(message.kind, message.data) for message in messages(chunks)] == found


def test_a_stream_without_an_end_is_left():
    piece = b"x" * (1 << 20)
    with pytest.raises(StreamBroken):
        list(messages(piece for _ in range((LONGEST_MESSAGE >> 20) + 2)))
