"""Tests that hang at one place take the limit once; what is only slow keeps all of its time."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from fixers.runner.suite import INSIDE

sys.path.insert(0, str(INSIDE))
import goldseam_errors
import goldseam_limit


@pytest.fixture
def limit(monkeypatch):
    here = str(Path(__file__).parent)
    monkeypatch.setattr(goldseam_errors, "MOUNTED", [here, here])
    monkeypatch.setattr(goldseam_limit, "SOON", 0.1)
    made = goldseam_limit.Limit(1.0)
    yield made
    made.end()


def endless() -> None:
    while True:
        time.sleep(0.01)


def slow(seconds: float) -> None:
    time.sleep(seconds)


def taken(limit, function, *arguments) -> float:
    began = time.monotonic()
    limit.begin()
    try:
        function(*arguments)
    finally:
        limit.end()
    return time.monotonic() - began


def hangs(limit, function, *arguments) -> float:
    began = time.monotonic()
    with pytest.raises(goldseam_limit.TestTimedOut):
        taken(limit, function, *arguments)
    return time.monotonic() - began


def test_the_second_that_hangs_there_is_ended_soon(limit) -> None:
    assert hangs(limit, endless) >= 1.0
    assert 0.1 <= hangs(limit, endless) < 1.0


def test_what_hangs_elsewhere_or_is_slow_keeps_its_time(limit) -> None:
    hangs(limit, endless)
    assert taken(limit, slow, 0.4) >= 0.4
    assert hangs(limit, slow, 3.0) >= 1.0
    assert hangs(limit, slow, 3.0) < 1.0


def test_no_limit_is_none(limit) -> None:
    limit.seconds = 0
    assert taken(limit, slow, 0.2) >= 0.2
