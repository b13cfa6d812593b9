"""How often each rule was right, as benchmarks measured it; `python -m benchmarks.precision` writes the file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from fixers.model import Contract


class Measured(Contract):
    """One rule's proposals that were judged against the truth."""

    proposed: int = 0
    """Times it made the one repair that was proposed."""
    proposed_right: int = 0
    offered: int = 0
    """Times it made one of the alternatives that a person was asked to choose from."""
    offered_right: int = 0
    commit: str
    """Of Goldseam, in the newest run that had this rule propose something."""
    date: str

    def told(self) -> str:
        """Say it in a line: how often right when proposed, how often when offered, and when that was."""
        parts = []
        if self.proposed:
            parts.append(f"{self.proposed_right} of {self.proposed} proposed were right")
        if self.offered:
            parts.append(f"{self.offered_right} of {self.offered} offered were right")
        return f"{', '.join(parts)} ({self.commit[:8]}, {self.date})"

    def short(self) -> str:
        """Say it in a column: right and all, proposed and offered."""
        return f"{self.proposed_right}/{self.proposed} {self.offered_right}/{self.offered}"


class Run(Contract):
    """A file of results that the figures come from."""

    file: str
    commit: str
    date: str


class Precision(Contract):
    """The whole file."""

    schema_version: Literal["1.0"] = "1.0"
    runs: tuple[Run, ...] = ()
    rules: Mapping[str, Measured] = {}
    """By the fixer's name as traces have it, `codemod:mutable-default`."""


@cache
def precision() -> Precision:
    """Return what was measured for the rules of this release."""
    return Precision.model_validate_json(files("fixers").joinpath("measured.json").read_bytes())
