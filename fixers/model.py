"""The engine's words as types: what failed, where it may be, what might mend it.

Rules of this module: every type is frozen; the ones that cross a process, a
file or a network derive from `Contract` and carry `schema_version`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Contract(BaseModel):
    """A frozen document; fields that a newer minor version added are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class FailureKind(StrEnum):
    """Where in a run something broke."""

    TEST = "test"
    SETUP = "setup"
    TEARDOWN = "teardown"
    COLLECTION = "collection"
    LINT = "lint"
    TYPE_CHECK = "type_check"
    CRASH = "crash"
    """A traceback outside any test: a script, or a production error."""
    INFRASTRUCTURE = "infrastructure"
    """The runner, not the code: lost connection, disk full, cancelled, killed."""


class Reason(StrEnum):
    """Why nothing was proposed. The list is closed; every incident ends in a proposal or in one of these."""

    NOT_REPRODUCED = "not_reproduced"
    FLAKY = "flaky"
    BASE_IS_RED = "base_is_red"
    INFRASTRUCTURE = "infrastructure"
    ENVIRONMENT_FAILED = "environment_failed"
    UNSUPPORTED = "unsupported"
    NO_CANDIDATE = "no_candidate"
    AMBIGUOUS = "ambiguous"
    REFUSED_BY_INTEGRITY = "refused_by_integrity"
    REFUSED_BY_POLICY = "refused_by_policy"
    BUDGET_EXHAUSTED = "budget_exhausted"
    SUPERSEDED = "superseded"


class Frame(Contract):
    """One line of a traceback."""

    path: str
    """POSIX, relative to the project when `in_project`, else as printed."""
    line: int
    function: str
    in_project: bool
    source: str = ""
    """The source line as printed, stripped; empty when the report left it out."""


class Raised(Contract):
    """One exception of a chain."""

    type: str
    """As printed: `KeyError`, `billing.errors.NoRate`."""
    message: str
    frames: tuple[Frame, ...] = ()
    """Outermost first, as Python prints them."""


class Failure(Contract):
    """One fault as it was seen: in a test, at collection, in a linter, or in production."""

    schema_version: Literal["1.0"] = "1.0"
    kind: FailureKind
    test_ids: tuple[str, ...] = ()
    """pytest node ids (`tests/test_x.py::TestC::test_m[a-1]`) where they can be derived."""
    exception: str = ""
    """Type of the exception that ended it, a rule code (`F821`) for tools; empty when unknown."""
    message: str = ""
    frames: tuple[Frame, ...] = ()
    """Outermost first."""
    causes: tuple[Raised, ...] = ()
    """What was raised before (`__cause__`, `__context__`, members of a group), root cause first."""
    command: str = ""
    """The command whose run showed it, as the log gives it."""
    tool: str = ""
    """`pytest`, `unittest`, `ruff`, …"""
    excerpt: str = ""
    """At most 8,000 characters of the report itself; hostile text."""


class Tier(IntEnum):
    """How far a kind of edit may go by itself, once proven."""

    A = 1
    """Deterministic; may be proposed after validation."""
    B = 2
    """May be proposed when all plausible candidates behave alike."""
    C = 3
    """Only ever offered as one alternative."""


@dataclass(frozen=True, slots=True)
class FileEdit:
    """The whole new text of one existing file."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patch that nobody has proven yet, with where it came from."""

    edits: tuple[FileEdit, ...]
    fixer: str
    """`codemod:mutable-default`, `search:comparison-operator`, `model:<id>`."""
    tier: Tier
    prior: float
    """How often this family is right when it passes; 0 to 1. Orders candidates, proves nothing."""
    summary: str
    """One sentence for a reviewer: what changes and why that might be the fault."""
    path: str
    line: int
    function: str = ""
    wider: bool = False
    """Mends more than earlier candidates of the same fixer: tried only when none of those passed."""


@dataclass(frozen=True, slots=True)
class Patched:
    """A candidate that came through every gate."""

    candidate: Candidate
    diff: str


class Offer(Contract):
    """Something that a person may do; Goldseam never does it by itself, and nothing of it is proven."""

    kind: Literal["dependency", "expectation", "quarantine", "tests"]
    title: str
    """One line: what, and when that is meant."""
    text: str = ""
    """To be copied: commands, a line of a file, a marker."""
    patch: str = ""
    """Unified diff, where it can be written down."""


@dataclass(frozen=True, slots=True)
class Declined:
    """Nothing is proposed, and why."""

    reason: Reason
    sentence: str
    """Shown to the user word for word: what happened, what it means."""
    next_step: str
    """What a person should do now."""
    offers: tuple[Offer, ...] = ()


class Suspect(Contract):
    """A statement that may hold the fault."""

    path: str
    function: str
    """Qualified name; empty at module level."""
    line: int
    end_line: int
    score: float
    reasons: tuple[str, ...]
    """In words: "covered by both failing tests and 3 of 316 passing ones"."""
