"""What the engine asks of an evaluator: run these tests against this change.

There are five (`evaluators.py`, `rerun.py`), each faster and less sure than the next: code swapped
in a process that judges hundreds of variants; the same swap in a fork of its own; a fork in
which a changed module runs again; a fork that imports the changed sources afresh; and a clean
process over a changed copy of the tree. The last one is the proof, the others are a screen, and
`benchmarks.agreement` counts how often they differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from fixers.search.mutation import Swap


class Status(StrEnum):
    """Outcome of a set of tests under one variant."""

    PASS = "pass"  # noqa: S105 - an outcome, no password
    FAIL = "fail"
    FURTHER = "further"
    """A failing test passes or fails at a later line of its own, and some failing test fails still."""
    BREAKS = "breaks"
    """The failing tests pass, and a test that passed before does not."""
    TIMEOUT = "timeout"
    CRASH = "crash"
    UNSUPPORTED = "unsupported"
    """This evaluator cannot apply the variant; another one must."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A change as an evaluator needs it: a live function swap, or new texts of modules."""

    path: str = ""
    swap: Swap | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    """Relative path to whole new text; used when `swap` is None or was unsupported."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the tests said."""

    status: Status
    failing: tuple[str, ...] = ()
    """Ids that failed, in run order; with stop-at-first only the first."""
    signature: str = ""
    """Exception type and message of the first failure, addresses and times removed."""
    passed: int = 0


@dataclass(frozen=True, slots=True)
class Trial:
    """A variant, and the tests around it that passed before and have to go on passing."""

    variant: Variant
    around: tuple[str, ...] = ()


class Pending(Protocol):
    """Trials under evaluation."""

    def outcomes(self) -> list[Outcome]:
        """Wait for the outcomes, one of each trial, in order."""


class Evaluator(Protocol):
    """Judges variants by tests. Its word is a screen, never the proof."""

    @property
    def name(self) -> str:
        """What results and disagreements call it."""

    @property
    def sure(self) -> bool:
        """Whether what passes here may go to the proof; otherwise the next evaluator looks at it once more."""

    @property
    def cost(self) -> int:
        """What a variant costs here, in swaps of code: unlike seconds, the same on every machine."""

    def refuses(self, variant: Variant) -> str:
        """Say why it cannot judge this variant, or this target at all; empty when it can, as far as it knows now."""

    def begin(self, trials: Sequence[Trial], failing: Sequence[str]) -> Pending:
        """Begin to judge, in order: the `failing` tests first, in theirs, then those around; to the first that fails.

        PASS when all pass, FAIL when one of `failing` does not, BREAKS when another does not. UNSUPPORTED
        where it found out that it cannot judge: then the next evaluator has to. Whatever a variant does to its
        process is neither seen by the next variant nor by the caller.
        """


def judge(evaluator: Evaluator, trials: Sequence[Trial], failing: Sequence[str]) -> list[Outcome]:
    """Judge and wait for it."""
    return evaluator.begin(trials, failing).outcomes()
