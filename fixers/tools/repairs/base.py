"""What a repair of findings is: codes it knows, and one new text of a file that mends them.

Unsure means: leave the finding. The tool itself is asked afterwards whether the
finding is gone and whether anything is new; nothing here is believed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from fixers.codemods.base import Installed
from fixers.evidence import Finding
from fixers.model import Tier
from fixers.project import Project


@dataclass(frozen=True, slots=True)
class Case:
    """Findings of one kind in one file."""

    path: str
    findings: tuple[Finding, ...]
    project: Project
    """With the texts as they stand now, after other repairs."""
    installed: Installed

    @property
    def text(self) -> str:
        """The file as it stands now."""
        return self.project.files[self.path]


@dataclass(frozen=True, slots=True)
class Example:
    """`before` becomes `after` for a finding of this code at this place."""

    before: str
    after: str
    code: str
    message: str
    line: int
    column: int = 1
    path: str = "pkg/mod.py"
    files: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)


class FindingRepair(ABC):
    """One kind of repair."""

    NAME: ClassVar[str]
    NUMBER: ClassVar[int]
    """Its row in docs/engine.md."""
    TIER: ClassVar[Tier] = Tier.A
    PRIOR: ClassVar[float]
    MESSAGE: ClassVar[str]
    """What is wrong, in one sentence for a reviewer."""
    CODES: ClassVar[frozenset[str]]
    VALID: ClassVar[tuple[Example, ...]]
    """Near misses: `before == after`."""
    INVALID: ClassVar[tuple[Example, ...]]

    @abstractmethod
    def mend(self, case: Case) -> str:
        """Return the file's new text; the old one where nothing is certain."""

    def rivals(self, case: Case) -> tuple[str, ...]:  # noqa: ARG002 - for those that have some
        """Return texts for the case's one finding of which the tool may take one only; none when it is not asked."""
        return ()

    def otherwise(self, case: Case) -> str:
        """Return another spelling of the same repair, for a tool that refuses the first; the old text for none."""
        return case.text
