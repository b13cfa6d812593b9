"""One thing that was looked at, and all of them together."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from fixers.model import Contract


class Finding(Contract):
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str
    mend: str = ""
    """What to type or where to go; empty when it is well."""
    required: bool = True
    """False: Goldseam works without it, less well or less safely."""

    @property
    def mark(self) -> Literal["ok", "weaker", "MISSING"]:
        """The word in front of it."""
        if self.ok:
            return "ok"
        return "MISSING" if self.required else "weaker"


class DoctorReport(Contract):
    """What `goldseam doctor --json` prints."""

    schema_version: Literal["1.0"] = "1.0"
    healthy: bool
    """Whether nothing that is required is missing."""
    findings: tuple[Finding, ...]
    configuration: dict[str, str] = Field(default_factory=dict)
    """The values in force, with secrets masked; empty when only the machine was looked at."""

    @classmethod
    def of(cls, findings: tuple[Finding, ...], configuration: dict[str, str]) -> DoctorReport:
        """Return the report on these findings."""
        healthy = all(finding.ok or not finding.required for finding in findings)
        return cls(healthy=healthy, findings=findings, configuration=configuration)


def good(name: str, detail: str) -> Finding:
    """Return a finding that is well."""
    return Finding(name=name, ok=True, detail=detail)


def missing(name: str, detail: str, mend: str) -> Finding:
    """Return a finding without which Goldseam does not work."""
    return Finding(name=name, ok=False, detail=detail, mend=mend)


def weaker(name: str, detail: str, mend: str) -> Finding:
    """Return a finding without which Goldseam works less well."""
    return Finding(name=name, ok=False, detail=detail, mend=mend, required=False)
