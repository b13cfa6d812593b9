"""What the engine asks of a sandbox. The implementations live in `tasks/sandbox/`.

The engine never starts a process itself: whatever runs repository code, or a
tool over repository text, goes through the `Sandbox` that was passed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

REPORT_FD = "GOLDSEAM_REPORT_FD"
"""Environment variable that names the descriptor on which our code inside answers.

Standard output belongs to the repository's code, so nothing it prints can be
taken for an answer.
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps of one command; all are enforced for the whole process group."""

    wall_seconds: float = 600.0
    cpu_seconds: int = 600
    memory_bytes: int = 2 << 30
    processes: int = 256
    file_bytes: int = 256 << 20
    """Largest single file."""
    scratch_bytes: int = 1 << 30
    """Everything written, the copy of the tree included; it lives in memory and is gone afterwards."""
    output_bytes: int = 10 << 20
    """Kept of standard output and error together; the rest is drained and dropped."""
    report_bytes: int = 256 << 20


@dataclass(frozen=True, slots=True)
class Command:
    """A process to run over a private copy of a tree.

    Inside, the files of `tree` stand at `mount`, writable; nothing written there
    ever comes back to the host.
    """

    argv: tuple[str, ...]
    tree: Path
    mount: str
    """Absolute; a tree stands where its checkout stood, so that editable installs resolve."""
    cwd: str = "."
    """Relative to `mount`."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """The whole environment of the process, beside PATH, HOME, TMPDIR and LANG."""
    read_only: tuple[Path, ...] = ()
    """Host paths shown at the same place, read-only: interpreter, virtual environment, our inside code."""
    stdin: bytes = b""
    limits: Limits = Limits()


class Ended(StrEnum):
    """How a command came to its end."""

    EXITED = "exited"
    SIGNALLED = "signalled"
    WALL = "wall"
    CPU = "cpu"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class Finished:
    """What a command left behind. All bytes are hostile."""

    ended: Ended
    exit_code: int
    """Negative signal number when signalled."""
    stdout: bytes
    stderr: bytes
    truncated: bool
    report: bytes
    """What was written to the report descriptor."""
    seconds: float


class Conversation(Protocol):
    """A running command that answers lines with lines."""

    def send(self, line: bytes) -> None:
        """Write one line (without its newline) to the command's standard input; BrokenPipeError when it is gone."""

    def receive(self, seconds: float) -> bytes | None:
        """Return the next line of the report descriptor, or None when none came in time or the command ended."""

    @property
    def alive(self) -> bool:
        """Whether the command still runs."""

    def stderr_tail(self) -> bytes:
        """Return the last few kilobytes of standard error, for diagnosis."""


class Sandbox(Protocol):
    """The only way to run repository code."""

    @property
    def name(self) -> str:
        """`bubblewrap`, or `none (trusted by --trust-target)`; shown in the trace."""

    @property
    def layers(self) -> tuple[str, ...]:
        """The protections in force, in words, for the evidence."""

    def run(self, command: Command) -> Finished:
        """Run to the end; never raises for what the command does, only SandboxError when it cannot be started."""

    def talk(self, command: Command) -> AbstractContextManager[Conversation]:
        """Start a command and speak with it; leaving the context kills its whole process group."""


class SandboxError(Exception):
    """Raised when a sandbox cannot be built here; the sentence says what is missing."""
