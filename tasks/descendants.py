"""Ending whatever this process has started, when it must not wait: sandboxes, git, installers."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

_ROUNDS = 5
"""What is killed may have started something meanwhile."""


def end_descendants() -> int:
    """Kill every process below this one, at once; return how many there were.

    The children of bubblewrap die with it, and its namespace with its first process.
    """
    ended: set[int] = set()
    for _ in range(_ROUNDS):
        found = _below(os.getpid())
        if not found:
            break
        for number in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        ended |= found
        time.sleep(0.01)  # dying takes a moment
    return len(ended)


def _below(top: int) -> set[int]:
    children: dict[int, list[int]] = {}
    for number, parent in _parents().items():
        children.setdefault(parent, []).append(number)
    found: set[int] = set()
    edge = [top]
    while edge:
        edge = [child for number in edge for child in children.get(number, ()) if child not in found]
        found.update(edge)
    return found


def _parents() -> dict[int, int]:
    """Return the parent of every process that is no zombie."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                # The name of the program stands in brackets and may hold anything, brackets too.
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                if state != "Z":
                    parents[int(entry.name)] = int(parent)
    return parents
