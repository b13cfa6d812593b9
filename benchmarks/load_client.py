"""Sends deliveries over a few kept connections, and takes little of the processor for it."""

from __future__ import annotations

import re
import select
import socket
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.load_posts import Post, Target

_SILENCE = 30.0
"""Seconds without any answer after which what is open counts as an error."""
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) .*?\r\n\r\n", re.DOTALL)
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


@dataclass(slots=True)
class Fired:
    """What came of a run; seconds per answer from the moment a request was due."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    accepted: set[str] = field(default_factory=set)
    errors: int = 0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Return the latency that this share of answers did not exceed, in milliseconds."""
        ordered = sorted(self.latencies) or [0.0]
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(slots=True)
class _Line:
    """A connection with at most one request under way."""

    port: int
    connection: socket.socket = field(init=False)
    post: Post | None = None
    due: float = 0.0
    got: bytes = b""

    def __post_init__(self) -> None:
        self.connect()

    def connect(self) -> None:
        self.connection = socket.create_connection(("127.0.0.1", self.port), timeout=_SILENCE)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, post: Post, due: float) -> None:
        self.post, self.due, self.got = post, due, b""
        self.connection.sendall(post.head + post.body)

    def receive(self) -> int | None:
        """Return the status once the answer is whole; 0 when the connection broke; None while it is not whole."""
        try:
            piece = self.connection.recv(65536)
        except OSError:
            piece = b""
        if not piece:
            return 0
        self.got += piece
        head = _STATUS.match(self.got)
        length = _LENGTH.search(head[0]) if head else None
        if head is None or length is None or len(self.got) < head.end() + int(length[1]):
            return None
        return int(head[1])


def fire(
    target: Target, source: Iterator[Post], *, count: int, connections: int = 32, rate: float | None = None
) -> Fired:
    """Send `count` requests: as fast as they are answered, or `rate` a second however long the answers take."""
    fired = Fired()
    poller = select.epoll()
    idle = deque(_Line(target.port) for _ in range(connections))
    lines = {line.connection.fileno(): line for line in idle}
    for number in lines:
        poller.register(number, select.EPOLLIN)
    sent, start = 0, time.perf_counter()
    heard = start
    while len(fired.latencies) + fired.errors < count:
        moment = time.perf_counter()
        while idle and sent < count and (rate is None or start + sent / rate <= moment):
            line = idle.popleft()
            line.send(next(source), moment if rate is None else start + sent / rate)
            sent += 1
        pause = _SILENCE if rate is None or sent >= count or not idle else start + sent / rate - moment
        events = poller.poll(max(0.0, pause))
        moment = time.perf_counter()
        if moment - heard > _SILENCE:
            fired.errors += count - len(fired.latencies) - fired.errors
        for number, _ in events:
            heard = moment
            line = lines[number]
            status = line.receive()
            if status == 0:
                poller.unregister(number)
                del lines[number]
                line.connect()
                lines[line.connection.fileno()] = line
                poller.register(line.connection.fileno(), select.EPOLLIN)
            if status is not None and line.post is not None:
                _note(fired, line, status, moment)
                line.post = None
                idle.append(line)
    fired.seconds = time.perf_counter() - start
    for line in lines.values():
        line.connection.close()
    return fired


def _note(fired: Fired, line: _Line, status: int, moment: float) -> None:
    if line.post is None or status == 0:
        fired.errors += 1
        return
    fired.latencies.append(moment - line.due)
    fired.statuses[status] += 1
    if 200 <= status < 300:
        fired.accepted.add(line.post.guid)
