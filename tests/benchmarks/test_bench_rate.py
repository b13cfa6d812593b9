"""What the throughput benchmark counts, and what it says of its targets."""

import os
import sys

import pytest

from benchmarks.rate import Memory, NoRate, Rate, rate_of
from benchmarks.throughput import Row, line, verdicts

WORKS = """
import os, subprocess, sys, time
for number in range(1000):
    subprocess.run([sys.executable, "-c", "sum(range(300000))"])
    with open("done", "a") as out:
        out.write("x")
"""
LEAN = Rate(done=5, cpu_seconds=2.5, wall_seconds=3)


def counted(tmp_path):
    return lambda: (tmp_path / "done").stat().st_size if (tmp_path / "done").exists() else 0


def test_what_a_program_does_is_counted_until_it_is_interrupted(tmp_path):
    found = rate_of([sys.executable, "-c", WORKS], tmp_path, os.environ, counted(tmp_path), seconds=2)
    assert 0 < found.done < 1000
    assert 0 < found.cpu_seconds < found.wall_seconds * 2
    assert found.wall_seconds < 60
    assert found.per_cpu_second == pytest.approx(found.done / found.cpu_seconds)


def test_a_program_that_does_nothing_has_no_rate(tmp_path):
    with pytest.raises(NoRate, match="nothing here"):
        rate_of([sys.executable, "-c", "print('nothing here')"], tmp_path, os.environ, counted(tmp_path), seconds=1)


def test_memory_is_that_of_all_processes(monkeypatch):
    monkeypatch.setattr("benchmarks.rate._LOOK", 0.01)
    with Memory() as memory:
        held = bytearray(os.urandom(1 << 20)) * 64
        for _ in range(200):
            if memory.peak > len(held):
                break
            memory._over.wait(0.05)
    assert memory.peak > len(held)


def row(done, *, peer=10.0, peak=1 << 20):
    ours = Rate(done=done, cpu_seconds=1, wall_seconds=1, peak_bytes=peak)
    return Row("toolz", ours, 2.0 * done, LEAN, Rate(int(peer), 1, 1), None, failing=1)


def test_targets_are_said_to_be_met_by_the_worst_row_only():
    assert [verdict.partition(": ")[2] for verdict in verdicts([row(2000), row(800)])] == [
        "met (toolz 400 x)",
        "met",
        "met (toolz 1 MB)",
    ]
    assert [verdict.partition(": ")[2] for verdict in verdicts([row(790, peer=791), row(9000, peak=2 << 30)])] == [
        "missed: toolz 395 x",
        "missed: not on toolz",
        "missed: toolz 2048 MB",
    ]


def test_a_peer_that_did_not_run_is_shown_as_such():
    assert "mutmut 10.0   cosmic-ray -   = 400 x lean" in line(row(800))
