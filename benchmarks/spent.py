"""What runs in a sandbox cost: wall time, and processor time, which other load on the machine disturbs less."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from fixers.runner.sandbox import Command, Conversation, Finished, Sandbox

_TIMES = re.compile(rb"(\d+)m([\d.]+)s (\d+)m([\d.]+)s\s*$")
_SCRIPT = '"$@"; code=$?; times >&2; exit $code'


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of one step."""

    wall: float = 0.0
    cpu: float = 0.0
    """Of what ran in the sandbox, children included."""


class Timed:
    """A sandbox that adds up what its runs cost. The kernel tells nobody outside, so a shell inside is asked."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.name, self.layers = sandbox.name, sandbox.layers
        self.spent = Spent()

    def run(self, command: Command) -> Finished:
        """Run to the end and add up; a run that was killed counts with its wall time only."""
        finished = self.sandbox.run(replace(command, argv=("/bin/sh", "-c", _SCRIPT, "sh", *command.argv)))
        found = _TIMES.search(finished.stderr)
        parts = [float(part) for part in found.groups()] if found else [0.0] * 4
        cpu = 60 * (parts[0] + parts[2]) + parts[1] + parts[3]
        self.spent = Spent(round(self.spent.wall + finished.seconds, 2), round(self.spent.cpu + cpu, 2))
        return finished

    def talk(self, command: Command) -> AbstractContextManager[Conversation]:
        """Start a conversation; it is not counted."""
        return self.sandbox.talk(command)

    def taken(self) -> Spent:
        """Return the sum so far and begin again."""
        spent, self.spent = self.spent, Spent()
        return spent
