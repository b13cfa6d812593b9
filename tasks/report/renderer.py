"""What the publish stage is given to turn a trace into texts."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from fixers.evidence import Trace
from tasks.github.protocol import CheckOutput
from tasks.report.pull import check_output, pull_body, pull_title
from tasks.stages.doors import PullContext


@dataclass(frozen=True, slots=True)
class PullRenderer:
    """Renders pull requests and check runs; the key signs hidden markers."""

    key: bytes = field(repr=False)
    address: str
    """Where people reach this server."""

    def render_pull(self, trace: Trace, context: PullContext) -> tuple[str, str]:
        """Return title and body of the pull request."""
        bundle = f"{self.address}/attempts/{context.attempt_id}/evidence.json"
        return pull_title(trace), pull_body(trace, context, bundle=bundle, key=self.key)

    def render_check(self, trace: Trace) -> CheckOutput:
        """Return what the check run shows."""
        return check_output(trace)


def marker_key(path: Path) -> bytes:
    """Return the key that signs markers, made at the first use; only this user can read it."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    key = secrets.token_bytes(32)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
    return key
