"""The inbox under fire: the real web process, many senders at once, and senders that mean no good."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from app.server.door import BODY_LIMIT
from app.server.listen import MOST_CONNECTIONS
from tasks.store.database import open_store
from tasks.store.models import Delivery

SECRET = "s3cret"
MEMORY = 256 << 20


@dataclass
class Web:
    """A running web process, and slow senders that were started with it."""

    port: int
    process: subprocess.Popen[bytes]
    url: str
    log: Path
    slow: list[threading.Thread] = field(default_factory=list)
    cut_after: list[float] = field(default_factory=list)

    def post(self, body: bytes, *, guid: str = "", event: str = "ping", head: dict[str, str] | None = None) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"X-GitHub-Delivery": guid or str(uuid.uuid4()), "X-GitHub-Event": event}
        headers["X-Hub-Signature-256"] = signed(body)
        connection.request("POST", "/webhooks/github", body, headers | (head or {}))
        status = connection.getresponse().status
        connection.close()
        return status

    def stored(self) -> list[tuple[str, int, int]]:
        with open_store(self.url).read() as session:
            rows = session.execute(select(Delivery.guid, Delivery.times, Delivery.body))
            return [(guid, times, len(body)) for guid, times, body in rows]

    def memory(self) -> int:
        """Return the most resident bytes that it ever had."""
        peak = Path(f"/proc/{self.process.pid}/status").read_text().split("VmHWM:")[1].split()[0]
        return int(peak) << 10


def signed(body: bytes) -> str:
    return "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    folder = tmp_path_factory.mktemp("web")
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    settings = {
        "GOLDSEAM_LISTEN": f"127.0.0.1:{port}",
        "GOLDSEAM_DATA_DIR": str(folder),
        "GOLDSEAM_WEBHOOK_SECRET": SECRET,
        "GOLDSEAM_REDIS_URL": "redis://127.0.0.1:1/0",  # nobody listens there
    }
    log = folder / "web.log"
    with log.open("wb") as out:
        argv = [sys.executable, "-P", "-m", "app.cli.main", "web"]
        process = subprocess.Popen(argv, env={**os.environ, **settings}, cwd=folder, stdout=out, stderr=out)
    started = Web(port, process, f"sqlite:///{folder / 'goldseam.db'}", log)
    try:
        _wait(started)
        asking = b"POST /webhooks/github HTTP/1.1\r\n"
        for opening, then in ((asking + b"X: ", b"a"), (asking + b"Content-Length: 900\r\n\r\n", b"a"), (b"", b"")):
            started.slow.append(threading.Thread(target=_drip, args=(started, opening, then), daemon=True))
            started.slow[-1].start()
        yield started
    finally:
        process.terminate()
        process.wait(30)


def test_one_delivery_a_thousand_times_at_once_is_one_row(web: Web) -> None:
    guid = str(uuid.uuid4())
    with ThreadPoolExecutor(40) as senders:
        statuses = Counter(senders.map(lambda _: web.post(b'{"zen": 1}', guid=guid), range(1000)))
    assert statuses == {202: 1000}
    assert [row[1] for row in web.stored() if row[0] == guid] == [1000]


def test_the_largest_body_is_stored_and_one_byte_more_refused(web: Web) -> None:
    body = bytes(BODY_LIMIT)
    with ThreadPoolExecutor(4) as senders:  # four at once: memory must not grow with them
        assert list(senders.map(web.post, [body] * 4)) == [202] * 4
    assert sorted(size for _, _, size in web.stored())[-4:] == [BODY_LIMIT] * 4
    with suppress(BrokenPipeError, ConnectionResetError):  # it may hang up on what it will not read
        assert web.post(body + b"x") == 413
    assert max(size for _, _, size in web.stored()) == BODY_LIMIT
    assert web.memory() < MEMORY


def test_lengths_that_lie_leave_nothing(web: Web) -> None:
    before = len(web.stored())
    for announced, body in ((500, b"{}"), (1, b'{"zen": 1}')):
        with socket.create_connection(("127.0.0.1", web.port), timeout=20) as sender:
            head = (
                f"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nX-GitHub-Event: ping\r\nContent-Length: {announced}\r\n"
            )
            head += f"X-GitHub-Delivery: {uuid.uuid4()}\r\nX-Hub-Signature-256: {signed(body)}\r\n\r\n"
            sender.sendall(head.encode() + body)
            sender.shutdown(socket.SHUT_WR)
            assert sender.recv(100)[9:12] in {b"", b"400", b"401"}
    assert len(web.stored()) == before


def test_more_connections_than_memory_is_kept_for_hear_503(web: Web) -> None:
    with ExitStack() as stack:
        for _ in range(MOST_CONNECTIONS):
            stack.enter_context(socket.create_connection(("127.0.0.1", web.port), timeout=10))
        assert web.post(b"{}") == 503
    for _ in range(100):
        if web.post(b"{}") == 202:
            return
        time.sleep(0.05)
    pytest.fail("it does not recover")


def test_slow_and_silent_senders_are_cut_off_and_the_others_served_meanwhile(web: Web) -> None:
    assert web.post(b"{}") == 202
    for thread in web.slow:
        thread.join(30)
    assert len(web.cut_after) == 3
    assert all(10 < seconds <= 16 for seconds in web.cut_after)
    assert web.post(b"{}") == 202


def test_the_log_holds_no_byte_of_a_body(web: Web) -> None:
    web.post(b"canary-3be9", head={"X-Hub-Signature-256": "sha256=" + "0" * 64})
    web.post(b"canary-3be9", guid="no-guid")
    assert b"canary" not in web.log.read_bytes()


def _drip(web: Web, opening: bytes, then: bytes) -> None:
    start = time.monotonic()
    with socket.create_connection(("127.0.0.1", web.port), timeout=40) as sender:
        sender.sendall(opening)
        with suppress(OSError):
            while True:
                sender.sendall(then)
                sender.settimeout(1.0)
                with suppress(TimeoutError):
                    if not sender.recv(1):
                        break
    web.cut_after.append(time.monotonic() - start)


def _wait(web: Web) -> None:
    for _ in range(600):
        assert web.process.poll() is None, web.log.read_text()
        with suppress(OSError):
            if web.post(b"{}") == 202:
                return
        time.sleep(0.1)
    pytest.fail("the web process does not answer after 60 s")
