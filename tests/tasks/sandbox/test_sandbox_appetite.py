"""Programs that take more than their share end in time, and leave nothing."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fixers.runner.sandbox import Command, Ended
from tasks.sandbox.bubblewrap import Bubblewrap

DISK_NOISE = 1 << 30
"""Other work on this machine writes too; the programs here try ten times as much."""

ENDINGS = {
    "fork_without_end": (Ended.WALL, {"wall_seconds": 2, "cpu_seconds": 60}),
    "much_memory": (Ended.MEMORY, {}),
    "endless_output": (Ended.WALL, {"wall_seconds": 1}),
    "endless_report": (Ended.WALL, {"wall_seconds": 1}),
    "spin": (Ended.CPU, {"cpu_seconds": 1}),
    "spin_in_turns": (Ended.CPU, {"cpu_seconds": 1}),
    "ignore_signals": (Ended.WALL, {"wall_seconds": 0.5}),
    "daemon": (Ended.EXITED, {}),
}


@pytest.mark.parametrize(("program", "ended", "limits"), [(k, *v) for k, v in ENDINGS.items()], ids=ENDINGS)
def test_ends_in_time_by_the_limit_it_passed_and_leaves_no_process(
    walls: Bubblewrap, hostile: Callable[..., Command], marker, program: str, ended: Ended, limits: dict[str, float]
) -> None:
    command = hostile("appetite.py", program, marker.word, **limits)
    began = time.monotonic()
    finished = walls.run(command)
    assert finished.ended is ended
    assert time.monotonic() - began < command.limits.wall_seconds + 5
    assert marker.survivors() == []


def test_number_of_processes_is_capped(walls: Bubblewrap, hostile: Callable[..., Command]) -> None:
    command = hostile("appetite.py", "count_forks", processes=20)
    # Bubblewrap's own two and the program itself count as well.
    assert walls.run(command).exit_code in range(15, 20)


def test_survivors_are_seen_where_there_are_some(walls: Bubblewrap, hostile: Callable[..., Command], marker) -> None:
    """The oracle of the test above is no oracle unless it can say no."""
    with walls.talk(hostile("appetite.py", "ignore_signals", marker.word)):
        assert marker.survivors(0)
    assert marker.survivors() == []


def test_output_is_cut_at_its_cap_and_said_to_be(walls: Bubblewrap, hostile: Callable[..., Command]) -> None:
    command = hostile("appetite.py", "endless_output", wall_seconds=1)
    finished = walls.run(command)
    assert len(finished.stdout) + len(finished.stderr) == command.limits.output_bytes
    assert finished.truncated


def test_report_is_cut_at_its_cap_and_said_to_be(walls: Bubblewrap, hostile: Callable[..., Command]) -> None:
    command = hostile("appetite.py", "endless_report", wall_seconds=1)
    finished = walls.run(command)
    assert len(finished.report) == command.limits.report_bytes
    assert finished.truncated


@pytest.mark.parametrize(
    ("program", "complaint"),
    [
        pytest.param("one_large_file", b"File too large", id="one-file-beyond-its-cap"),
        pytest.param("sparse_file", b"File too large", id="a-hundred-gigabytes-of-holes"),
        pytest.param("many_large_files", b"", id="many-files-in-every-place"),
    ],
)
def test_ten_gigabytes_do_not_reach_the_disk(
    walls: Bubblewrap, hostile: Callable[..., Command], tmp_path: Path, program: str, complaint: bytes
) -> None:
    command = hostile("appetite.py", program)
    free = shutil.disk_usage(tmp_path).free
    finished = walls.run(command)
    assert free - shutil.disk_usage(tmp_path).free < DISK_NOISE
    assert complaint in finished.stderr
    # The last program exits with the megabytes that it could write in all places together.
    assert 0 < finished.exit_code <= command.limits.scratch_bytes >> 20


def test_file_system_in_memory_is_full_before_the_scratch_is_passed(
    walls: Bubblewrap, hostile: Callable[..., Command]
) -> None:
    finished = walls.run(hostile("appetite.py", "one_large_file", file_bytes=1 << 40))
    assert b"No space left on device" in finished.stderr


def test_a_million_files_end_by_a_limit(walls: Bubblewrap, hostile: Callable[..., Command]) -> None:
    finished = walls.run(hostile("appetite.py", "many_files", wall_seconds=3))
    assert finished.exit_code != 0
