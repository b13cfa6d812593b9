"""What the publish stage is given to turn a trace into texts."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field, replace
from pathlib import Path

from fixers.evidence import Trace
from tasks.github.protocol import CheckOutput
from tasks.report.outgoing import Outgoing, redacted
from tasks.report.pull import check_output, pull_body, pull_title
from tasks.report.quotable import counted
from tasks.stages.doors import PullContext


@dataclass(frozen=True, slots=True)
class PullRenderer:
    """Renders pull requests and check runs; the key signs hidden markers."""

    key: bytes = field(repr=False)
    address: str
    """Where people reach this server."""
    outgoing: Outgoing = field(default_factory=Outgoing)
    """Looks at what was rendered, before anything is made of it."""

    def render_pull(self, trace: Trace, context: PullContext) -> tuple[str, str]:
        """Return title and body of the pull request."""
        bundle = f"{self.address}/attempts/{context.attempt_id}/evidence.json"
        trace, count = counted(trace)
        title, _ = redacted(pull_title(trace))
        body, _ = redacted(pull_body(trace, context, bundle=bundle, key=self.key))
        self.outgoing.check("the pull request", title, body)
        self.outgoing.check_files("the patch", *_sides(trace.patch))
        return title, body + _said(count)

    def render_check(self, trace: Trace) -> CheckOutput:
        """Return what the check run shows."""
        trace, count = counted(trace)
        output = check_output(trace)
        summary, _ = redacted(output.summary)
        text, _ = redacted(output.text)
        marks = tuple(replace(mark, message=redacted(mark.message)[0]) for mark in output.annotations)
        title, _ = redacted(output.title)
        output = replace(output, title=title, summary=summary + _said(count), text=text, annotations=marks)
        self.outgoing.check("the check run", output)
        return output


def _said(count: int) -> str:
    if not count:
        return ""
    return f"\n\n{count} {'secret was' if count == 1 else 'secrets were'} removed from what is quoted here.\n"


def _sides(patch: str) -> tuple[dict[str, bytes | None], dict[str, bytes]]:
    """Return what a patch adds, and beside it what stood there before."""
    lines = patch.splitlines()
    before = "\n".join(line[1:] for line in lines if not line.startswith("+"))
    after = "\n".join(line[1:] for line in lines if line.startswith("+"))
    return {"": before.encode()}, {"": after.encode()}


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
