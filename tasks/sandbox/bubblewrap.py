"""The sandbox: bubblewrap, a seccomp filter, and a cgroup where one can be had."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from dataclasses import replace

from fixers.runner.sandbox import Command, Conversation, Finished, SandboxError
from tasks.sandbox.arguments import FILES, Descriptors, bwrap_arguments
from tasks.sandbox.cgroups import Cgroups, Group, writable_cgroups
from tasks.sandbox.finish import finish
from tasks.sandbox.host import Host, program, this_host
from tasks.sandbox.job import Job, Pipe, started
from tasks.sandbox.rlimits import prlimit_arguments, process_count_arguments
from tasks.sandbox.seccomp import REFUSED, seccomp_filter
from tasks.sandbox.syscalls import MACHINES
from tasks.sandbox.talk import Talk


class Bubblewrap:
    """Runs commands with no network, no secrets, no `.git`, and no host path that can be written.

    Safe to use from several threads at once; every command has a sandbox of its own.
    """

    name = "bubblewrap"

    def __init__(self, host: Host, cgroups: Cgroups | None) -> None:
        if host.machine not in MACHINES:
            raise SandboxError(
                f"There is no system call filter for {host.machine}; it exists for {', '.join(MACHINES)}."
            )
        if os.getuid() == 0 and not (cgroups and cgroups.processes):
            raise SandboxError(
                "Started by root without a writable pids cgroup, nothing would stop a fork bomb: start Goldseam as an "
                "ordinary user, or make /sys/fs/cgroup writable."
            )
        self._host, self._cgroups = host, cgroups
        self._prlimit = program("prlimit", "util-linux")
        self._filter = seccomp_filter(MACHINES[host.machine])

    @classmethod
    def here(cls) -> Bubblewrap:
        """Build one from what this machine has; SandboxError names what is missing."""
        return cls(this_host(), writable_cgroups())

    @property
    def layers(self) -> tuple[str, ...]:
        """The protections in force, in words."""
        return (
            "own user, mount, process, network, IPC, host name and cgroup namespaces; no network but its own loopback",
            "no capabilities, no new privileges, no further user namespaces",
            f"seccomp filter: {len(REFUSED)} system calls refused, six more by their arguments",
            "host files read-only and named one by one; everything written stays in memory and is dropped",
            "started with an empty environment",
            *limit_layers(self._cgroups),
        )

    def run(self, command: Command) -> Finished:
        """Run to the end; SandboxError only when the command cannot be started."""
        with self._started(command) as job:
            return finish(job, command.stdin)

    @contextlib.contextmanager
    def talk(self, command: Command) -> Iterator[Conversation]:
        """Start a command and speak with it; leaving the context kills all of it."""
        with self._started(command) as job, Talk(job).opened() as conversation:
            yield conversation

    @contextlib.contextmanager
    def _started(self, command: Command) -> Iterator[Job]:
        with contextlib.ExitStack() as stack:
            report, info = stack.enter_context(Pipe.opened()), stack.enter_context(Pipe.opened())
            seccomp = stack.enter_context(_memory_file(self._filter))
            files = tuple((place, stack.enter_context(_memory_file(text.encode()))) for place, text in FILES.items())
            descriptors = Descriptors(seccomp, info.writer.fileno(), report.writer.fileno(), files)
            argv = self._arguments(command, descriptors)
            group = stack.enter_context(limited_group(self._cgroups, command))
            inherit = (seccomp, *(number for _, number in files))
            # L5 of the threat model: PID 1 inside is bubblewrap itself, and what it was started with can be read there.
            yield stack.enter_context(
                started(argv, command.limits, report=report, info=info, group=group, inherit=inherit, environment={})
            )

    def _arguments(self, command: Command, descriptors: Descriptors) -> tuple[str, ...]:
        limits = command.limits
        inner = () if self._counts_processes else process_count_arguments(self._prlimit, limits)
        # An interpreter may be named through a link on the host, while its own links name the real place.
        shown = tuple(dict.fromkeys(place for path in command.read_only for place in (path, path.resolve())))
        real = replace(command, tree=command.tree.resolve(), read_only=shown)
        group_memory = self._cgroups is not None and self._cgroups.memory
        return (
            *prlimit_arguments(self._prlimit, limits, address_space=not group_memory),
            *bwrap_arguments(real, self._host, descriptors, inner=inner),
        )

    @property
    def _counts_processes(self) -> bool:
        return self._cgroups is not None and self._cgroups.processes


def limit_layers(cgroups: Cgroups | None) -> tuple[str, ...]:
    """Say in words who keeps the limits of memory and processes."""
    memory, processes = (False, False) if cgroups is None else (cgroups.memory, cgroups.processes)
    version = "" if cgroups is None else f"cgroup v{cgroups.version}"
    return (
        f"memory limited for the whole group by {version}" if memory else "memory limited per process only, by rlimit",
        f"processes limited by {version}" if processes else "processes limited by rlimit",
        "time, file size and open files limited by rlimit and by the clock",
    )


@contextlib.contextmanager
def limited_group(cgroups: Cgroups | None, command: Command) -> Iterator[Group | None]:
    """Make a group for one command and remove it afterwards; SandboxError when it cannot be made."""
    if cgroups is None:
        yield None
        return
    try:
        group = cgroups.create(command.limits)
    except OSError as error:
        raise SandboxError(f"The limits could not be set: {error}. Run `goldseam doctor`.") from error
    try:
        yield group
    finally:
        group.close()


@contextlib.contextmanager
def _memory_file(content: bytes) -> Iterator[int]:
    """Yield a descriptor of an unnamed file that holds `content`."""
    with io.FileIO(os.memfd_create("goldseam"), "w") as file:
        file.write(content)
        file.seek(0)
        yield file.fileno()
