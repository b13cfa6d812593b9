"""The sandbox by a container runtime, docker or podman, for machines that allow no user namespaces of our own.

Chosen by a setting, never by itself. The same contract as bubblewrap: no network, no host path that can be
written, everything written stays in memory and is dropped, limits for the whole group, an own report channel.
What differs: the files of the system are those of an image, and whoever may use docker is as good as root on
its host, so the walls between Goldseam's own processes then rest on the runtime's account.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from fixers.runner.sandbox import REPORT_FD, Command, Conversation, Ended, Finished, SandboxError
from tasks.sandbox.arguments import HOME, LAUNCHER, TREE, UID
from tasks.sandbox.finish import finish
from tasks.sandbox.job import Job, Pipe, started
from tasks.sandbox.talk import Talk

Program = Literal["docker", "podman"]
REPORT = "/run/goldseam/report"
"""Where the report channel, a named pipe, stands inside."""
_OPEN_REPORT = 'exec 3>"$1"; shift\n'
_ENDING_SECONDS = 30.0
_HANDED_ON = ("PATH", "HOME", "XDG_RUNTIME_DIR", "DOCKER_HOST", "DOCKER_CONTEXT", "CONTAINER_HOST")


@dataclass(frozen=True, slots=True)
class Container:
    """Runs commands in containers that are thrown away. Safe to use from several threads at once."""

    program: Path
    image: str
    """Must have `/bin/sh`, `cp` and the libraries of the interpreters that are shown to it."""
    runtime: str = ""
    """Another runtime of the program, such as gVisor's `runsc`."""

    @classmethod
    def here(cls, program: Program, *, image: str, runtime: str = "") -> Container:
        """Build one; SandboxError names what is missing."""
        found = shutil.which(program)
        if found is None:
            raise SandboxError(f"GOLDSEAM_SANDBOX is {program}, and there is no `{program}` on this machine's path.")
        if not image:
            raise SandboxError(f"GOLDSEAM_SANDBOX is {program}: name its image by GOLDSEAM_SANDBOX_IMAGE, by digest.")
        return cls(Path(found), image, runtime)

    @property
    def name(self) -> str:
        """How the trace calls it."""
        return f"container ({self.program.name}{f', {self.runtime}' if self.runtime else ''})"

    @property
    def layers(self) -> tuple[str, ...]:
        """The protections in force, in words."""
        return (
            f"a container of {self.image} by {self.program.name}, thrown away afterwards; no network at all",
            "no capabilities, no new privileges, an ordinary user",
            f"system calls as the runtime {self.runtime or 'of the program'} and its profile allow",
            "read-only root, host files read-only and named one by one; everything written stays in memory",
            "memory and processes limited for the whole group by the runtime",
        )

    def run(self, command: Command) -> Finished:
        """Run to the end; SandboxError only when the command cannot be started."""
        name = _new_name()
        with self._started(command, name) as job:
            return self._how_it_ended(name, finish(job, command.stdin))

    @contextlib.contextmanager
    def talk(self, command: Command) -> Iterator[Conversation]:
        """Start a command and speak with it; leaving the context removes the container."""
        with self._started(command, _new_name()) as job, Talk(job).opened() as conversation:
            yield conversation

    @contextlib.contextmanager
    def _started(self, command: Command, name: str) -> Iterator[Job]:
        with contextlib.ExitStack() as stack:
            place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="goldseam-report-")))
            place.chmod(0o711)
            report = stack.enter_context(_named_pipe(place / "report"))
            argv = self.arguments(command, name, place / "report")
            stack.callback(self._remove, name)
            yield stack.enter_context(started(argv, command.limits, report=report, environment=_environment()))

    def arguments(self, command: Command, name: str, report: Path) -> tuple[str, ...]:
        """Return the whole argument list, which is the policy of this sandbox."""
        limits, scratch = command.limits, command.limits.scratch_bytes
        shown = tuple(dict.fromkeys(each for path in command.read_only for each in (path, path.resolve())))
        memory = {command.mount: scratch // 2, HOME: scratch // 8, "/tmp": scratch // 4}  # noqa: S108 - inside
        variables = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": HOME, "TMPDIR": "/tmp", "LANG": "C.UTF-8"}  # noqa: S108 - inside
        variables |= {**command.environment, REPORT_FD: "3"}
        return (
            *(str(self.program), "run", "--interactive", "--name", name, "--label", "goldseam.sandbox=1"),
            *(("--runtime", self.runtime) if self.runtime else ()),
            *("--pull", "never", "--log-driver", "none", "--network", "none", "--read-only", "--hostname", "sandbox"),
            *("--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user", _user()),
            *(("--userns", "keep-id") if self.program.name == "podman" else ()),
            *("--pids-limit", str(limits.processes), "--memory", str(limits.memory_bytes)),
            *("--memory-swap", str(limits.memory_bytes), "--shm-size", str(max(scratch // 8, 4096))),
            *("--ulimit", f"cpu={limits.cpu_seconds}", "--ulimit", f"fsize={limits.file_bytes}", "--ulimit", "core=0"),
            *_bind(command.tree.resolve(), TREE),
            *(word for path in shown for word in _bind(path, str(path))),
            *_bind(report, REPORT, writable=True),
            *(w for place, size in memory.items() for w in ("--tmpfs", f"{place}:{_memory(size)}")),
            *(word for key, value in sorted(variables.items()) for word in ("--env", f"{key}={value}")),
            *("--workdir", "/", "--entrypoint", "/bin/sh", self.image, "-c", _OPEN_REPORT + LAUNCHER, "sh", REPORT),
            *(TREE, command.mount, command.cwd, *command.argv),
        )

    def _how_it_ended(self, name: str, found: Finished) -> Finished:
        """Read a signal and a memory limit out of what the runtime says: its own exit code is 128 and the signal."""
        if found.ended is not Ended.EXITED or not 128 < found.exit_code <= 192:
            return found
        killed = self._ask("inspect", "--format", "{{.State.OOMKilled}}", name) == "true"
        ended = Ended.MEMORY if killed else Ended.SIGNALLED
        if 128 - found.exit_code == -signal.SIGXCPU:
            ended = Ended.CPU
        return replace(found, ended=ended, exit_code=128 - found.exit_code)

    def _remove(self, name: str) -> None:
        self._ask("rm", "--force", "--volumes", name)

    def _ask(self, *words: str) -> str:
        argv = (str(self.program), *words)
        with contextlib.suppress(subprocess.TimeoutExpired):
            done = subprocess.run(
                argv, env=_environment(), check=False, capture_output=True, text=True, timeout=_ENDING_SECONDS
            )
            return done.stdout.strip()
        return ""


@contextlib.contextmanager
def _named_pipe(place: Path) -> Iterator[Pipe]:
    """Make a pipe with a name; the runtime's client holds its writing end, so that reading ends with it."""
    os.mkfifo(place)
    place.chmod(0o622)  # the user inside writes, and reads nothing
    reader = os.open(place, os.O_RDONLY | os.O_NONBLOCK)
    with io.FileIO(reader, "r") as reading, io.FileIO(os.open(place, os.O_WRONLY), "w") as writing:
        yield Pipe(reading, writing)


def _user() -> str:
    """Return our own numbers: nobody else may read what the tree was exported to. Root is nobody inside."""
    return f"{os.getuid() or UID}:{os.getgid() or UID}"


def _bind(source: Path, inside: str, *, writable: bool = False) -> tuple[str, str]:
    for text in (str(source), inside):
        if any(letter in text for letter in ',"\n'):
            raise SandboxError(f"{text!r} cannot be shown to a container: its name has a comma, a quote or a newline.")
    return "--mount", f"type=bind,source={source},target={inside}{'' if writable else ',readonly'}"


def _memory(size: int) -> str:
    return f"rw,exec,nosuid,nodev,size={max(size, 4096)},mode=1777"


def _environment() -> dict[str, str]:
    """Return what the runtime's client needs to find its service, and nothing of ours."""
    return {name: os.environ[name] for name in _HANDED_ON if name in os.environ}


def _new_name() -> str:
    return f"goldseam-{uuid.uuid4().hex[:16]}"
