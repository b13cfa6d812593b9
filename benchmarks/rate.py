"""Count what a program gets through for each second of processor time, start-up left out."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Self

_LOOK = 0.5
_GRACE = 20.0


class NoRate(Exception):
    """Raised when a program got nothing done; the sentence ends with its last words."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What was done between the first thing done and the end."""

    done: int
    cpu_seconds: float
    wall_seconds: float
    peak_bytes: int = 0
    """Of all processes together, shared pages counted once; 0 when it was not measured."""

    @property
    def per_cpu_second(self) -> float:
        """Things done in a second of processor time, of all processes together."""
        return self.done / self.cpu_seconds if self.cpu_seconds else 0.0

    @property
    def per_second(self) -> float:
        """Things done in a second."""
        return self.done / self.wall_seconds if self.wall_seconds else 0.0


def rate_of(
    argv: Sequence[str], cwd: Path, environment: Mapping[str, str], done: Callable[[], int], *, seconds: float
) -> Rate:
    """Run a program for at most so long after it got something done, and return its rate from there on.

    What it waits for itself counts as its own; so it is interrupted, not killed, and ends in its own way.
    """
    log = cwd / "peer.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            argv, cwd=cwd, env=dict(environment), stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            first = last = (0, 0.0, 0.0)
            while process.poll() is None:
                time.sleep(_LOOK)
                now = (done(), _cpu_of(process.pid), time.monotonic())
                last = now if now[1] else last
                first = now if not first[0] and now[0] else first
                if first[0] and now[2] - first[2] > seconds:
                    break
        finally:
            _end(process)
    if last[0] <= first[0]:
        raise NoRate(f"{argv[0]} got nothing done: {log.read_text(errors='replace')[-300:]}")
    return Rate(last[0] - first[0], last[1] - first[1], last[2] - first[2])


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program and all that it started, what runs in sessions of its own and hangs among it."""
    started = [int(stat.split(" ", 1)[0]) for stat in _family(process.pid) if process.poll() is None]
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pid in started:
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)


def _cpu_of(pid: int) -> float:
    """Return the processor time of a process, of what it has waited for and of what still runs under it."""
    ticks = 0
    for stat in _family(pid):
        fields = stat.rpartition(")")[2].split()
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def _family(pid: int) -> list[str]:
    stats: dict[int, str] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            stats[int(place.parent.name)] = place.read_text()
        except OSError:
            continue
    parents = {n: int(stat.rpartition(")")[2].split()[1]) for n, stat in stats.items()}
    family = {pid}
    while True:
        more = {n for n, parent in parents.items() if parent in family} - family
        if not more:
            return [stats[n] for n in family if n in stats]
        family |= more


class Memory:
    """Samples how much memory this process and all under it hold together, while the block runs."""

    def __init__(self) -> None:
        self.peak = 0
        self._over = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_LOOK):
            pids = [stat.split(" ", 1)[0] for stat in _family(os.getpid())]
            self.peak = max(self.peak, sum(map(_held_by, pids)))


def _held_by(pid: str) -> int:
    """Return a process's share of memory: pages that several hold count once in all of them together (PSS)."""
    try:
        text = Path("/proc", pid, "smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in text.splitlines() if line.startswith("Pss:")), 0)
