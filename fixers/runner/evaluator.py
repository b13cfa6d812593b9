"""What the engine asks of an evaluator: run these tests against this change."""

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


class Evaluator(Protocol):
    """Runs tests against variants quickly. Its word is a screen, never the proof."""

    def run(self, variant: Variant, tests: Sequence[str], *, stop_at_first: bool = True) -> Outcome:
        """Run `tests` (node ids) under `variant`."""
