"""Running without walls, for repositories that the user declares trusted by `--trust-target`."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fixers.runner.sandbox import REPORT_FD, Command, Conversation, Finished
from tasks.sandbox.arguments import LAUNCHER
from tasks.sandbox.bubblewrap import limit_layers, limited_group
from tasks.sandbox.cgroups import Cgroups, writable_cgroups
from tasks.sandbox.finish import finish
from tasks.sandbox.host import program
from tasks.sandbox.job import Job, Pipe, started
from tasks.sandbox.rlimits import prlimit_arguments
from tasks.sandbox.talk import Talk


class Direct:
    """Runs commands over a temporary copy of the tree, with the user's own rights and network.

    The copy stands in a temporary directory and not at `command.mount`, which
    nothing but a mount namespace could arrange; paths are not rewritten.
    """

    name = "none (trusted by --trust-target)"

    def __init__(self, cgroups: Cgroups | None) -> None:
        self._cgroups = cgroups
        self._prlimit = program("prlimit", "util-linux")

    @classmethod
    def here(cls) -> Direct:
        """Build one from what this machine has."""
        return cls(writable_cgroups())

    @property
    def layers(self) -> tuple[str, ...]:
        """The few protections in force, and what is missing, in words."""
        return (
            "no sandbox: repository code has the rights and the network of the user who started Goldseam",
            "a temporary copy of the tree, not at the path of the checkout; what it writes on disk is not bounded",
            *limit_layers(self._cgroups),
        )

    def run(self, command: Command) -> Finished:
        """Run to the end; SandboxError only when the command cannot be started."""
        with self._started(command) as job:
            return finish(job, command.stdin)

    @contextlib.contextmanager
    def talk(self, command: Command) -> Iterator[Conversation]:
        """Start a command and speak with it; leaving the context kills its process group."""
        with self._started(command) as job, Talk(job).opened() as conversation:
            yield conversation

    @contextlib.contextmanager
    def _started(self, command: Command) -> Iterator[Job]:
        with contextlib.ExitStack() as stack:
            copy = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="goldseam-")))
            places = {name: copy / name for name in ("tree", "home", "tmp")}
            for place in places.values():
                place.mkdir()
            report = stack.enter_context(Pipe.opened())
            group = stack.enter_context(limited_group(self._cgroups, command))
            environment = {
                "PATH": "/usr/local/bin:/usr/bin:/bin",
                "HOME": str(places["home"]),
                "TMPDIR": str(places["tmp"]),
                "LANG": "C.UTF-8",
                **command.environment,
                REPORT_FD: str(report.writer.fileno()),
            }
            yield stack.enter_context(
                started(
                    self._arguments(command, places["tree"]),
                    command.limits,
                    report=report,
                    environment=environment,
                    group=group,
                )
            )

    def _arguments(self, command: Command, tree: Path) -> tuple[str, ...]:
        group_memory = self._cgroups is not None and self._cgroups.memory
        return (
            *prlimit_arguments(self._prlimit, command.limits, address_space=not group_memory),
            *("/bin/sh", "-c", LAUNCHER, "sh", str(command.tree), str(tree), command.cwd, *command.argv),
        )
