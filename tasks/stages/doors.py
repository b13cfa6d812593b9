"""How a stage reaches GitHub: a reader for the analysis, a writer for publishing alone.

Both are opened for one attempt; behind them the broker hands out a token of that
attempt's repository, for that stage.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from fixers.evidence import Trace
from tasks.github.protocol import CheckOutput, Reader, Writer
from tasks.policy.decide import Decision
from tasks.store.models import Attempt

OpenReader = Callable[[Attempt], AbstractContextManager[Reader]]
OpenWriter = Callable[[Attempt], AbstractContextManager[Writer]]


@dataclass(frozen=True, slots=True)
class Earlier:
    """A proposal that the pull request showed before."""

    attempt_id: int
    digest8: str
    """First eight digits of its patch's digest."""
    sentence: str


@dataclass(frozen=True, slots=True)
class PullContext:
    """What a pull request says beside the trace."""

    attempt_id: int
    repository: str
    base: str
    head_sha: str
    fingerprint: str
    run_name: str
    run_url: str
    """Of the first red run; empty when no run is known."""
    decision: Decision
    ledger: str
    """`<seq>@<first 12 digits of the hash>` of the decision's entry."""
    asked: str = ""
    """Who asked for this proposal and how, in words; empty for the first one."""
    earlier: tuple[Earlier, ...] = ()
    """Proposals of the same pull request before this one, oldest first."""
    trailers: tuple[str, ...] = ()
    """Further lines at the end of the commit's message: co-author, sign-off."""
    trace_id: str = ""
    """Of the OpenTelemetry trace that leads here from the delivery; empty where there is none."""


class Renderer(Protocol):
    """Turns a trace into what people read; neutralizes every text that came from a repository."""

    def render_pull(self, trace: Trace, context: PullContext) -> tuple[str, str]:
        """Return title and body of the pull request."""

    def render_check(self, trace: Trace) -> CheckOutput:
        """Return what the check run shows; the patch is in it when the trace has one."""
