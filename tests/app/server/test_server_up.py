"""The processes of the server and the one that started them."""

import subprocess
import sys
import time
from pathlib import Path

STARTS = """
import sys, time
from pathlib import Path
from app.server.up import Part
part = Part("sleeper", [sys.executable, "-c", "import time; time.sleep(600)"], {}, Path(sys.argv[1]))
part.start()
print(part.process.pid, flush=True)
time.sleep(600)
"""


def test_what_was_started_ends_when_whoever_started_it_is_killed(tmp_path):
    """Nobody would ask it to, and the broker among them holds the key."""
    with subprocess.Popen([sys.executable, "-c", STARTS, tmp_path / "log"], stdout=subprocess.PIPE, text=True) as up:
        number = up.stdout.readline().strip()
        while "sleep(600)" not in words_of(number):
            time.sleep(0.01)
        up.kill()
    deadline = time.monotonic() + 30
    while words_of(number) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not words_of(number)


def words_of(number: str) -> str:
    """Return the command line of a process; empty for one that has ended, reaped or not."""
    try:
        return (Path("/proc") / number / "cmdline").read_text()
    except OSError:
        return ""
