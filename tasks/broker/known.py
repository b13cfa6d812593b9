"""What the broker hands out tokens for: attempts that the store knows, in the stage they are in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

Stage = Literal["analyze", "publish"]

PERMISSIONS: Mapping[Stage, Mapping[str, str]] = {
    "analyze": {
        "actions": "read",
        "checks": "read",
        "contents": "read",
        "metadata": "read",
        "pull_requests": "read",
    },
    "publish": {
        "actions": "write",
        "checks": "write",
        "contents": "write",
        "issues": "write",
        "metadata": "read",
        "pull_requests": "write",
    },
}
"""Only `publish` writes, and neither may touch workflows, settings or members."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """The one repository that an attempt works on."""

    installation_id: int
    repository: str
    """Full name."""


class Known(Protocol):
    """Knows which attempts are under way."""

    def known(self, attempt: str, stage: Stage) -> Assignment | None:
        """Return what the attempt works on, if it is in this stage now and its lease is held; else None."""


@dataclass(frozen=True, slots=True)
class MemoryKnown:
    """Attempts that one process keeps to itself, for tests and demonstrations."""

    assignments: dict[tuple[str, Stage], Assignment] = field(default_factory=dict)

    def known(self, attempt: str, stage: Stage) -> Assignment | None:
        """Return the assignment that was put in, or None."""
        return self.assignments.get((attempt, stage))
