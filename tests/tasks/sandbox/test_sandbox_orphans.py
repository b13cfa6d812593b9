"""A sandbox whose bubblewrap died before it began is ended by the next worker; one that runs is left alone."""

import os
import signal
import subprocess
import time
from pathlib import Path

from tasks.sandbox.orphans import end_orphans

BWRAP = ["/usr/bin/bwrap", "--unshare-user", "--unshare-all", "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib",
         "/lib", "--symlink", "usr/lib64", "/lib64", "--setenv", "GOLDSEAM_REPORT_FD", "9"]  # fmt: skip


def inner(outer: int) -> int:
    for _ in range(500):
        below = Path("/proc", str(outer), "task", str(outer), "children").read_text().split()
        if below:
            return int(below[0])
        time.sleep(0.01)
    raise AssertionError("bubblewrap made no process")


def state(process: int) -> str:
    try:
        return Path("/proc", str(process), "stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "gone"


def test_one_that_waits_for_a_bubblewrap_that_is_gone_is_ended():
    read, write = os.pipe()
    # It waits here for its word, as it does for a moment whenever a sandbox starts.
    outer = subprocess.Popen([*BWRAP, "--userns-block-fd", str(read), "--info-fd", "2", "/usr/bin/sleep", "60"],
                             pass_fds=[read], stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        waiting = inner(outer.pid)
        assert end_orphans() == 0, "its bubblewrap lives"
        outer.send_signal(signal.SIGKILL)
        outer.wait()
        assert state(waiting) == "S"
        assert end_orphans() == 1
        for _ in range(500):
            if state(waiting) in {"gone", "Z"}:
                break
            time.sleep(0.01)
        assert state(waiting) in {"gone", "Z"}
    finally:
        outer.kill()
        os.close(read)
        os.close(write)
