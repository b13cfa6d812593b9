"""Limits that the kernel keeps for a whole group of processes: cgroup v2, or v1.

Groups are made beneath our own group (or beside it, where v2 wants that), so the
limits that somebody set for Goldseam itself go on holding. Nothing outside the
directories that we make is written, save `cgroup.subtree_control` of our own group or its parent.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fixers.runner.sandbox import Limits

JOIN = 'while [ "$1" != -- ]; do echo 0 > "$1" || exit 125; shift; done; shift; exec "$@"'
"""Shell text: write ourselves into each named file, then become the command after `--`."""
_V1 = ("memory", "pids", "cpuacct")
_REMOVAL_SECONDS = 5.0
_PREFIX = "goldseam-"


@dataclass(frozen=True, slots=True)
class Cgroups:
    """Where this process may make groups: controller to directory. In v2 all directories are one."""

    version: int
    bases: tuple[tuple[str, Path], ...]

    @property
    def memory(self) -> bool:
        """Whether memory can be limited for a whole group."""
        return any(controller == "memory" for controller, _ in self.bases)

    @property
    def processes(self) -> bool:
        """Whether the number of processes can be limited for a whole group."""
        return any(controller == "pids" for controller, _ in self.bases)

    def create(self, limits: Limits) -> Group:
        """Make a group with these limits; OSError when the kernel refuses. `close` it."""
        name = f"{_PREFIX}{os.getpid()}-{_started(os.getpid())}-{uuid.uuid4().hex}"
        group = Group(self.version, tuple((controller, base / name) for controller, base in self.bases))
        try:
            for directory in group.directories:
                directory.mkdir()
            group.limit(limits)
        except OSError:
            group.close()
            raise
        return group


@dataclass(frozen=True, slots=True)
class Group:
    """The processes of one command."""

    version: int
    places: tuple[tuple[str, Path], ...]

    @property
    def directories(self) -> tuple[Path, ...]:
        """The group's directories, each once."""
        return tuple(dict.fromkeys(directory for _, directory in self.places))

    @property
    def join_arguments(self) -> tuple[str, ...]:
        """The words that put a process and all it starts into the group: `(*join_arguments, *argv)`."""
        return ("/bin/sh", "-c", JOIN, "sh", *(str(place / "cgroup.procs") for place in self.directories), "--")

    def limit(self, limits: Limits) -> None:
        """Write the limits. Files in memory count as memory, so both caps together bound the group."""
        memory = str(limits.memory_bytes + limits.scratch_bytes)
        pids = str(limits.processes)
        for controller, directory in self.places:
            match self.version, controller:
                case 2, "memory":
                    (directory / "memory.max").write_text(memory)
                    _write_if_there(directory / "memory.swap.max", "0")
                case 1, "memory":
                    (directory / "memory.limit_in_bytes").write_text(memory)
                    _write_if_there(directory / "memory.memsw.limit_in_bytes", memory)
                case _, "pids":
                    (directory / "pids.max").write_text(pids)

    def oom_kills(self) -> int:
        """Return how many processes the kernel killed for want of memory."""
        return self._counter("memory", "memory.events" if self.version == 2 else "memory.oom_control", "oom_kill")

    def cpu_seconds(self) -> float:
        """Return what all processes of the group have used together; 0 where the kernel does not count."""
        if self.version == 2:
            return self._counter("cpu", "cpu.stat", "usage_usec") / 1e6
        text = self._read("cpuacct", "cpuacct.usage")
        return int(text) / 1e9 if text else 0.0

    def close(self) -> None:
        """Kill whatever is left and remove the group. Processes that cannot be killed leave it standing."""
        deadline = time.monotonic() + _REMOVAL_SECONDS
        while self.directories and time.monotonic() < deadline:
            if all(_removed(directory) for directory in self.directories):
                return
            self._kill()
            time.sleep(0.005)

    def _kill(self) -> None:
        for controller, directory in self.places:
            if controller == "pids":
                # Without this a fork bomb makes processes faster than a list of them can be read and killed.
                _write_if_there(directory / "pids.max", "0")
        for directory in self.directories:
            _write_if_there(directory / "cgroup.kill", "1")
            for process in _processes(directory):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)

    def _counter(self, controller: str, file: str, key: str) -> int:
        for line in self._read(controller, file).splitlines():
            name, _, value = line.partition(" ")
            if name == key:
                return int(value)
        return 0

    def _read(self, controller: str, file: str) -> str:
        for owner, directory in self.places:
            if owner == controller:
                with contextlib.suppress(OSError):
                    return (directory / file).read_text()
        return ""


def writable_cgroups(membership: str | None = None, mountinfo: str | None = None) -> Cgroups | None:
    """Find where groups can be made and joined, by making and joining one; None when nowhere.

    The arguments are the texts of /proc/self/cgroup and /proc/self/mountinfo.
    """
    membership = Path("/proc/self/cgroup").read_text() if membership is None else membership
    mountinfo = Path("/proc/self/mountinfo").read_text() if mountinfo is None else mountinfo
    for candidate in (*_candidates_v2(membership, mountinfo), _candidate_v1(membership, mountinfo)):
        if candidate is not None and _works(candidate):
            _sweep(candidate)
            return candidate
    return None


def _candidates_v2(membership: str, mountinfo: str) -> Iterator[Cgroups]:
    own = dict(_directories(membership, mountinfo)).get("")
    if own is None:
        return
    # A group that holds processes may not hand controllers to its children, so its parent comes second.
    for base in (own, own.parent):
        for controllers in ("+memory +pids", "+cpu"):
            _write_if_there(base / "cgroup.subtree_control", controllers)
        with contextlib.suppress(OSError):
            enabled = (base / "cgroup.subtree_control").read_text().split()
            if {"memory", "pids"} <= set(enabled):
                yield Cgroups(2, tuple((name, base) for name in ("memory", "pids", "cpu")))


def _candidate_v1(membership: str, mountinfo: str) -> Cgroups | None:
    found = dict(_directories(membership, mountinfo))
    bases = tuple((name, found[name]) for name in _V1 if name in found and os.access(found[name], os.W_OK))
    return Cgroups(1, bases) if bases else None


def _directories(membership: str, mountinfo: str) -> Iterator[tuple[str, Path]]:
    """Yield (controller, our own directory); the controller of v2 is the empty string."""
    mounts = dict(_mounts(mountinfo))
    for line in membership.splitlines():
        _, names, path = line.split(":", 2)
        for name in names.split(","):
            if name in mounts:
                root, point = mounts[name]
                inside = os.path.relpath(path, root)
                # A path that climbs names a group outside of what our namespace shows.
                if ".." not in (*inside.split("/"), *path.split("/")):
                    yield name, point / inside


def _mounts(mountinfo: str) -> Iterator[tuple[str, tuple[str, Path]]]:
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ", 2)
        root, point = before.split(" ")[3:5]
        if kind == "cgroup2":
            yield "", (root, Path(point))
        elif kind == "cgroup":
            yield from ((name, (root, Path(point))) for name in options.split(","))


def _sweep(cgroups: Cgroups) -> None:
    """Remove the empty groups of Goldseam processes that were killed before they could."""
    for _, base in cgroups.bases:
        for left in base.glob(f"{_PREFIX}*-*"):
            owner, started, *_ = left.name.removeprefix(_PREFIX).split("-")
            # A number alone is not enough: the kernel gives it to another process some day.
            if owner.isdigit() and _started(int(owner)) != started:
                _removed(left)


def _started(process: int) -> str:
    """Return when a process started, in the kernel's ticks since boot; empty when there is none of that number."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def _works(cgroups: Cgroups) -> bool:
    try:
        group = cgroups.create(Limits())
    except OSError:
        return False
    try:
        trial = subprocess.run((*group.join_arguments, "/bin/true"), env={}, capture_output=True, check=False)
    finally:
        group.close()
    return trial.returncode == 0


def _processes(directory: Path) -> tuple[int, ...]:
    try:
        return tuple(int(line) for line in (directory / "cgroup.procs").read_text().split())
    except OSError:
        return ()


def _removed(directory: Path) -> bool:
    try:
        directory.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _write_if_there(file: Path, text: str) -> None:
    """Write a kernel file that this kernel may not have, or may not let us write."""
    with contextlib.suppress(OSError):
        if file.exists():
            file.write_text(text)
