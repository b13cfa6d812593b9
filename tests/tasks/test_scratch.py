"""Temporary files do not outlive the worker that made them, killed or not."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tasks import scratch

ROOT = Path(__file__).resolve().parents[2]
HOLDING = """
import tempfile, time
from tasks.scratch import own_scratch
with own_scratch():
    open(tempfile.mkdtemp() + "/source.py", "w").close()
    print("ready", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def holder(temporary: Path) -> subprocess.Popen[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}
    process = subprocess.Popen([sys.executable, "-c", HOLDING], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_what_a_process_makes_is_gone_with_its_context(temporary):
    with scratch.own_scratch() as place:
        assert Path(tempfile.mkdtemp()).parent == place
        assert list(temporary.iterdir()) == [place]
    assert list(temporary.iterdir()) == []
    assert tempfile.gettempdir() == str(temporary)


def test_what_a_killed_process_left_is_removed_by_the_next(temporary):
    process = holder(temporary)
    assert scratch.sweep() == 0, "it is held"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=10)
    (temporary / "goldseam-scratch-0-link").symlink_to("/etc")
    (temporary / "goldseam-tree-other").mkdir()
    assert scratch.sweep() == 1
    assert sorted(p.name for p in temporary.iterdir()) == ["goldseam-scratch-0-link", "goldseam-tree-other"]


def test_a_directory_whose_maker_lives_in_another_namespace_is_kept_while_locked(temporary):
    place = temporary / "goldseam-scratch-99999999-x"
    place.mkdir()
    held = scratch._locked(place)
    assert scratch.sweep() == 0
    os.close(held)
    assert scratch.sweep() == 1


def test_one_that_died_and_was_not_waited_for_yet_is_gone(temporary):
    process = holder(temporary)
    process.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, and still in the table of processes
    assert Path("/proc", str(process.pid)).exists()
    assert scratch.sweep() == 1
    process.communicate(timeout=10)


def test_what_a_thread_still_writes_at_the_end_goes_as_well(temporary):
    over = time.monotonic() + 0.3
    with scratch.own_scratch() as place:

        def write() -> None:
            while time.monotonic() < over:
                with suppress(OSError):
                    (place / f"{time.monotonic_ns()}").touch()

        thread = threading.Thread(target=write)
        thread.start()
    thread.join()
    assert list(temporary.iterdir()) == []
