"""Crash points: each stands in the code once, and none does anything outside a test."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tasks.failpoint import K

ROOT = Path(__file__).resolve().parents[2]
PASSING = "from tasks.failpoint import K, failpoint\nfor _ in range({times}): failpoint(K.REPAIRED)\nprint('passed')"


def passing(times: int = 1, **variables: object) -> subprocess.Popen[str]:
    """Start a process that passes a point so many times."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    environment |= {f"GOLDSEAM_{name}": str(value) for name, value in variables.items()}
    program = [sys.executable, "-S", "-c", PASSING.format(times=times)]
    return subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=20)
    return process.returncode, out.strip(), err


def test_every_point_stands_in_the_code_exactly_once():
    text = "\n".join(p.read_text() for folder in ("app", "tasks") for p in sorted((ROOT / folder).rglob("*.py")))
    assert re.findall(r"failpoint\(K\.(\w+)\)", text), "no point at all was found"
    assert sorted(re.findall(r"failpoint\(K\.(\w+)\)", text)) == sorted(point.name for point in K)


def test_nothing_happens_unless_armed():
    assert ended(passing())[:2] == (0, "passed")
    assert ended(passing(TEST=1, FAILPOINT="K6:kill9"))[:2] == (0, "passed")


def test_it_is_refused_outside_tests():
    code, out, err = ended(passing(FAILPOINT="K7:kill9"))
    assert (code, out) == (1, "")
    assert "BadInput" in err


def test_the_server_does_not_start_with_one_outside_tests(monkeypatch):
    from tasks.failpoint import _armed, refuse_outside_tests  # noqa: PLC0415 - its cache is this test's subject

    monkeypatch.setenv("GOLDSEAM_FAILPOINT", "K7:kill9")
    _armed.cache_clear()
    with pytest.raises(Exception, match="for tests"):
        refuse_outside_tests()
    _armed.cache_clear()


@pytest.mark.parametrize("text", ["K99:kill9", "K7", "K7:explode", "K7:kill9:soon"])
def test_what_cannot_be_read_is_refused(text):
    code, _, err = ended(passing(TEST=1, FAILPOINT=text))
    assert (code, "it is like K7:kill9" in err) == (1, True)


def test_it_kills_once_in_all_processes_with_one_mark(tmp_path):
    mark = tmp_path / "mark"
    first = passing(TEST=1, FAILPOINT="K7:kill9", FAILPOINT_MARK=mark)
    assert ended(first)[:2] == (-signal.SIGKILL, "")
    assert mark.read_text() == str(first.pid)
    assert ended(passing(TEST=1, FAILPOINT="K7:kill9", FAILPOINT_MARK=mark))[:2] == (0, "passed")


def test_it_acts_at_the_passage_that_is_named():
    assert ended(passing(times=2, TEST=1, FAILPOINT="K7:raise:3"))[:2] == (0, "passed")
    code, _, err = ended(passing(times=3, TEST=1, FAILPOINT="K7:raise:3"))
    assert (code, "Retryable" in err) == (1, True)


def test_what_hangs_goes_on_when_the_mark_is_emptied(tmp_path):
    mark = tmp_path / "mark"
    process = passing(TEST=1, FAILPOINT="K7:hang", FAILPOINT_MARK=mark)
    while not mark.exists() or not mark.stat().st_size:
        time.sleep(0.01)
    time.sleep(0.1)
    assert process.poll() is None
    mark.write_text("")
    assert ended(process)[:2] == (0, "passed")
