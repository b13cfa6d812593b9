"""The `goldseam` command in a process of its own, which ends whatever it does."""

from __future__ import annotations

import os
import signal
import subprocess
import sysconfig
from collections.abc import Sequence
from pathlib import Path


def goldseam(arguments: Sequence[str], seconds: float) -> tuple[int | None, str, str]:
    """Run the command; the exit code is None when it had to be stopped, with all that it started."""
    program = Path(sysconfig.get_path("scripts")) / "goldseam"
    with subprocess.Popen(
        [program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return None, "", ""
    return process.returncode, out, err


def last_line(text: str) -> str:
    """Return the last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "It printed nothing."
