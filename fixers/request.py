"""What an attempt is asked for: the tree, what is known of the fault, the limits, and who else may propose."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from fixers.guidance import Guidance
from fixers.hunt import Hunt
from fixers.model import Candidate, Failure, Suspect
from fixers.project import Project
from fixers.reproduce import TEST_SECONDS
from fixers.runner.target import Target
from fixers.tools.reproduce import ToolRequest


class Fixer(Protocol):
    """A further maker of candidates, asked after codemods and search: the model is one."""

    @property
    def name(self) -> str:
        """What the trace calls it."""

    def propose(self, case: Case) -> Iterator[Candidate]:
        """Yield candidates; each is screened and proven like any other."""

    def said(self) -> str:
        """Return how the last `propose` ended, in a sentence for a reviewer."""


@dataclass(frozen=True, slots=True)
class Case:
    """What a further fixer may see, and the one thing it may do: have a candidate tried."""

    project: Project
    failures: tuple[Failure, ...]
    suspects: tuple[Suspect, ...]
    hunt: Hunt


@dataclass(frozen=True, slots=True)
class Request:
    """One attempt: the tree, what is known of the fault, and the limits."""

    target: Target
    project: Project
    digest: str
    commit: str = ""
    asked: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    reported: tuple[Failure, ...] = ()
    """Faults that were seen outside any test, for instance in production."""
    changed: Mapping[str, Collection[int]] = field(default_factory=dict)
    ages: Mapping[str, int] = field(default_factory=dict)
    """For a file, how many commits ago it was last changed; the newest commit is 0."""
    base: Target | None = None
    budget_seconds: float = 60.0
    budget_candidates: int = 250_000
    seed: int = 0
    jobs: int = 2
    fixers: tuple[Fixer, ...] = ()
    test_seconds: float = TEST_SECONDS
    """A test that outlives this fails."""
    tool: ToolRequest | None = None
    """A red command that is no test: then this is what has to become green."""
    guidance: Guidance = field(default_factory=Guidance)
    """What people said of an earlier proposal."""
