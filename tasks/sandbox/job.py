"""A command that has been started, and the certainty that all of it ends.

Order of the end: PID 1 of the sandbox dies first, for the kernel then kills every
process of that namespace before PID 1 counts as gone; then the group of the
wrapper; then whatever the cgroup still holds.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from fixers.runner.sandbox import Ended, Limits, SandboxError
from tasks.failpoint import K, failpoint
from tasks.sandbox.cgroups import Group

STARTED = b"."
"""What the launcher writes on the report descriptor once the tree is in place, before any code of the repository."""
_DYING_SECONDS = 5.0


class Job:
    """Processes, pipes and limits of one command; a context manager that leaves nothing behind.

    Killed by the kernel when the *thread* that started it ends: start it in a
    thread that outlives it.
    """

    def __init__(
        self, process: subprocess.Popen[bytes], report: int, limits: Limits, *, group: Group | None, init: int | None
    ) -> None:
        if process.stdin is None or process.stdout is None or process.stderr is None:
            raise SandboxError("A job needs pipes for its three standard streams; start it with PIPE.")
        self.process, self.report, self.limits = process, report, limits
        self.stdin, self.stdout, self.stderr = process.stdin, process.stdout, process.stderr
        self.began = time.monotonic()
        self.exited = os.pidfd_open(process.pid)
        """Descriptor that turns readable when the command, or its wrapper, has ended."""
        self._group, self._init = group, init
        self._killing = threading.Lock()
        for stream in (self.stdin.fileno(), self.stdout.fileno(), self.stderr.fileno(), report):
            os.set_blocking(stream, False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()
        for stream in (self.stdin, self.stdout, self.stderr):
            with contextlib.suppress(BrokenPipeError):
                stream.close()
        os.close(self.exited)
        if self._init is not None:
            os.close(self._init)

    @property
    def alive(self) -> bool:
        """Whether the command itself still runs."""
        return not readable(self.exited, 0)

    def exceeded(self) -> Ended | None:
        """Return the limit that the whole group has passed, if any."""
        if time.monotonic() - self.began >= self.limits.wall_seconds:
            return Ended.WALL
        if self._group is not None and self._group.cpu_seconds() >= self.limits.cpu_seconds:
            return Ended.CPU
        return None

    def kill(self) -> None:
        """Kill everything the command started and wait for its end; twice does no harm."""
        with self._killing:
            if self._init is not None:
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(self._init, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            if self._init is not None:
                readable(self._init, _DYING_SECONDS)

    def verdict(self, exceeded: Ended | None) -> tuple[Ended, int]:
        """Say how the command ended; call after `kill` and before leaving the context."""
        code = self.process.returncode
        if self._init is not None and 128 < code <= 192:
            # Bubblewrap, like a shell, reports a signal as 128 and its number.
            code = 128 - code
        if exceeded is not None:
            return exceeded, -signal.SIGKILL
        if code != 0 and self._group is not None and self._group.oom_kills():
            return Ended.MEMORY, code
        used_up = time.monotonic() - self.began >= self.limits.cpu_seconds
        if code == -signal.SIGXCPU or (code == -signal.SIGKILL and used_up):
            return Ended.CPU, code
        return (Ended.SIGNALLED if code < 0 else Ended.EXITED), code


@contextlib.contextmanager
def started(
    argv: tuple[str, ...],
    limits: Limits,
    *,
    report: Pipe,
    environment: Mapping[str, str] = MappingProxyType({}),
    inherit: tuple[int, ...] = (),
    cwd: Path = Path("/"),
    info: Pipe | None = None,
    group: Group | None = None,
) -> Iterator[Job]:
    """Start a program with pipes and exactly this environment; on leaving, nothing of it lives.

    `info` is where bubblewrap names the PID 1 of its sandbox. SandboxError when
    the kernel refuses to start the program.
    """
    ends = (report.writer, *((info.writer,) if info else ()))
    words = (*group.join_arguments, *argv) if group else argv
    try:
        process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=environment,
            cwd=cwd,
            pass_fds=(*(end.fileno() for end in ends), *inherit),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise SandboxError(f"The sandbox could not start {argv[0]}: {error}.") from error
    for end in ends:
        end.close()  # so that the reading ends see the end when the last writer inside is gone
    with Job(process, report.reader.fileno(), limits, group=group, init=_first_process(info)) as job:
        failpoint(K.SANDBOX)
        yield job


def readable(descriptor: int, seconds: float) -> bool:
    """Wait until a descriptor can be read, or an exit descriptor has exited; False when it did not in time."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(max(0.0, seconds) * 1000))


@dataclass(frozen=True, slots=True)
class Pipe:
    """Both ends of a pipe; closing an end twice does no harm."""

    reader: io.FileIO
    writer: io.FileIO

    @classmethod
    @contextlib.contextmanager
    def opened(cls) -> Iterator[Self]:
        """Make a pipe and close what is left of it at the end."""
        read, write = os.pipe()
        with io.FileIO(read, "r") as reader, io.FileIO(write, "w") as writer:
            yield cls(reader, writer)


def _first_process(info: Pipe | None) -> int | None:
    """Return a descriptor of PID 1 inside, or None when the sandbox did not come that far."""
    if info is None:
        return None
    text = info.reader.readall() or b""
    try:
        # By descriptor and not by number: a number may belong to a stranger by the time we signal it.
        return os.pidfd_open(int(json.loads(text)["child-pid"]))
    except (ValueError, KeyError, ProcessLookupError):
        return None
