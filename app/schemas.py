"""The documents that the command line prints, as versioned contracts."""

from __future__ import annotations

from typing import Any, Literal

from fixers.evidence import Alternative, Evidence, Gate, Trace
from fixers.measured import Measured
from fixers.model import Contract, Failure, Offer, Reason
from fixers.reprove import Judgement
from fixers.rules import Rule


class Place(Contract):
    """A suspicious statement."""

    path: str
    function: str
    line: int
    score: float


class CandidateCounts(Contract):
    """How many candidates were made, run, and passed the failing tests."""

    generated: int = 0
    validated: int = 0
    plausible: int = 0


class RuleEntry(Contract):
    """One kind of repair."""

    kind: Literal["codemod", "search"]
    name: str
    tier: Literal["A", "B", "C"]
    prior: float
    message: str
    why: str
    before: str
    after: str
    left_alone: tuple[str, ...]
    source: str
    measured: Measured | None

    @classmethod
    def of(cls, rule: Rule) -> RuleEntry:
        """Return the document of a rule."""
        fields = {name: getattr(rule, name) for name in cls.model_fields}
        return cls(**{**fields, "tier": rule.tier.name})


class RulesReport(Contract):
    """What `goldseam rules --json` prints."""

    schema_version: Literal["1.0"] = "1.0"
    rules: tuple[RuleEntry, ...]
    refused: tuple[str, ...]
    """A sentence for each codemod of another package that cannot be used."""


class FixReport(Contract):
    """What `goldseam fix --json` prints."""

    schema_version: Literal["1.0"] = "1.0"
    status: Literal["fixed", "nothing_to_fix", "declined", "error"]
    reason: str | None
    sentence: str
    next_step: str
    failure: Failure | None
    failing: tuple[str, ...]
    localization: tuple[Place, ...]
    patch: str
    fixer: str
    candidates: CandidateCounts
    alternatives: tuple[Alternative, ...]
    evidence: Evidence | None
    notes: tuple[str, ...]
    seconds: dict[str, float]
    offers: tuple[Offer, ...] = ()

    @classmethod
    def of(cls, trace: Trace) -> FixReport:
        """Return the report of an attempt."""
        return cls(
            status=trace.status,
            reason=str(trace.reason) if trace.reason else None,
            sentence=trace.sentence,
            next_step=trace.next_step,
            failure=trace.failures[0] if trace.failures else None,
            failing=trace.reproduction.failing if trace.reproduction else (),
            localization=tuple(
                Place(path=s.path, function=s.function, line=s.line, score=s.score) for s in trace.localization
            ),
            patch=trace.patch,
            fixer=trace.fixer,
            candidates=_counts(trace),
            alternatives=trace.alternatives,
            evidence=trace.evidence,
            notes=trace.notes,
            seconds=trace.seconds,
            offers=trace.offers,
        )

    @classmethod
    def without_attempt(cls, status: Literal["declined", "error"], reason: Reason | None, sentence: str) -> FixReport:
        """Return the report of a command that ended before an attempt could begin."""
        return cls(
            status=status,
            reason=str(reason) if reason else None,
            sentence=sentence,
            next_step="",
            failure=None,
            failing=(),
            localization=(),
            patch="",
            fixer="",
            candidates=CandidateCounts(),
            alternatives=(),
            evidence=None,
            notes=(),
            seconds={},
        )


def _counts(trace: Trace) -> CandidateCounts:
    fields: dict[str, Any] = {
        "generated": sum(f.generated for f in trace.families),
        "validated": sum(f.validated for f in trace.families),
        "plausible": sum(f.passed_failing_tests for f in trace.families),
    }
    return CandidateCounts(**fields)


class VerifyReport(Contract):
    """What `goldseam verify --json` prints."""

    schema_version: Literal["1.0"] = "1.0"
    holds: bool
    gates: tuple[Gate, ...]
    differences: tuple[str, ...]
    error: str = ""
    """Why nothing could be run; empty when it was."""

    @classmethod
    def of(cls, judgement: Judgement) -> VerifyReport:
        """Return the report of a second run."""
        return cls(holds=judgement.holds, gates=judgement.gates, differences=judgement.differences)
