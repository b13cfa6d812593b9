"""One problem of a set: `goldseam fix` on it as a user would run it, and what the judge says of all it proposed."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.command import goldseam, last_line
from benchmarks.sets import Entry, NoCase, Problem
from fixers.patch import digest

OFFERED = 3
"""Alternatives, and after them offers with a patch, that count as offered; a reviewer reads no more."""
_BEYOND_BUDGET = 600.0
"""Seconds for all that is not search: runs of the suite and proofs. Longer is a hang."""


@dataclass(frozen=True, slots=True)
class Search:
    """What each search may use."""

    seed: int
    seconds: float
    candidates: int | None = None

    @property
    def options(self) -> list[str]:
        """Return the options of `goldseam fix` that say so."""
        bounded = [] if self.candidates is None else [f"--budget-candidates={self.candidates}"]
        return [f"--budget={self.seconds:g}", f"--seed={self.seed}", *bounded]


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one case; nothing is left without a reason. Holds no patch: patches quote other people's code."""

    set: str
    name: str
    package: str
    about: str
    status: str
    """As in the product's output; `no case` when there was nothing to repair, `hang` when it did not end."""
    reason: str = ""
    sentence: str = ""
    seconds: float = 0.0
    making: float = 0.0
    """Seconds that fetching, installing and choosing the case took."""
    generated: int = 0
    validated: int = 0
    plausible: int = 0
    fixer: str = ""
    right: str = ""
    """`yes`, `no` or `unknown`, of a fixed row."""
    judged: str = ""
    """How `right` is known."""
    offered: tuple[str, ...] = ()
    """The same question for each alternative, at most three."""
    offered_judged: tuple[str, ...] = ()
    offered_by: tuple[str, ...] = ()
    """The fixer of each."""
    rank: int | None = None
    """The place of the function to change in the localization, counted in functions; 0 is nowhere, None is unasked."""
    held_back: int = 0
    digests: tuple[str, ...] = ()
    """Of the fix and of the alternatives."""
    notes: tuple[str, ...] = ()
    stages: dict[str, float] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether there was something to repair."""
        return self.status != "no case"

    @property
    def fixed(self) -> bool:
        """Whether the product said by itself that this is the repair."""
        return self.status == "fixed"

    @property
    def holds_truth(self) -> bool:
        """Whether the right repair is the fix, or among what was offered."""
        return self.right == "yes" or "yes" in self.offered

    def document(self) -> dict[str, Any]:
        """Return the row as it is written."""
        return asdict(self)

    @classmethod
    def of(cls, document: dict[str, Any]) -> Row:
        """Return the row that was written."""
        tuples = {name: tuple(value) for name, value in document.items() if isinstance(value, list)}
        return cls(**{**document, **tuples})


def attempt(set_name: str, entry: Entry, search: Search, cache: Path) -> tuple[Row, tuple[str, ...]]:
    """Make a case, repair it and judge what comes out; return the row and the patches of it.

    Never raises: an error of the benchmark itself is a row too, and counts against the engine until it is mended.
    """
    try:
        return _attempted(set_name, entry, search, cache)
    except Exception as error:  # noqa: BLE001 - a door: one case must not end a run of hours
        said = f"{type(error).__name__}: {error}"[:300]
        return Row(set_name, entry.name, entry.package, "", "error", "benchmark", said), ()


def _attempted(set_name: str, entry: Entry, search: Search, cache: Path) -> tuple[Row, tuple[str, ...]]:
    began = time.monotonic()
    try:
        problem = entry.make(cache)
    except NoCase as error:
        return Row(set_name, entry.name, entry.package, "", "no case", sentence=str(error)), ()
    known: dict[str, Any] = {
        "set": set_name,
        "name": entry.name,
        "package": entry.package,
        "about": problem.about,
        "held_back": problem.held_back,
        "making": round(time.monotonic() - began, 1),
    }
    return _repaired(problem, search, cache, known)


def _repaired(problem: Problem, search: Search, cache: Path, known: dict[str, Any]) -> tuple[Row, tuple[str, ...]]:
    evidence = cache / "evidence" / f"{problem.tree.name}.json"
    evidence.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    arguments = ["fix", str(problem.tree), *problem.arguments, *search.options, "--json", f"--evidence-out={evidence}"]
    code, out, err = goldseam(arguments, search.seconds + _BEYOND_BUDGET)
    known["seconds"] = round(time.monotonic() - began, 1)
    if code is None:
        return Row(**known, status="hang", sentence=f"Stopped after {known['seconds']:.0f} s."), ()
    try:
        report = json.loads(out.replace(f"{cache}/", ""))  # results are published, and are to tell nothing of a machine
    except ValueError:
        return Row(**known, status="error", reason=f"exit code {code}", sentence=last_line(err)), ()
    return _judged(problem, report, known)


def _judged(problem: Problem, report: dict[str, Any], known: dict[str, Any]) -> tuple[Row, tuple[str, ...]]:
    status = report.get("status", "error")
    shown = [(alternative["patch"], alternative.get("fixer", "")) for alternative in report.get("alternatives", ())]
    shown += [(offer["patch"], f"offer:{offer['kind']}") for offer in report.get("offers", ()) if offer.get("patch")]
    offered = tuple(patch for patch, _ in shown)[:OFFERED]
    patches = (report["patch"], *offered) if status == "fixed" else offered
    if status == "fixed":
        judgement = problem.judge(report["patch"])
        known |= {"right": judgement.right, "judged": judgement.how, "fixer": report.get("fixer", "")}
    of_offered = [problem.judge(patch) for patch in offered]
    row = Row(
        **known,
        **report.get("candidates", {}),
        status=status,
        reason=report.get("reason") or "",
        sentence=report.get("sentence") or str(report.get("error", "")),
        offered=tuple(judgement.right for judgement in of_offered),
        offered_judged=tuple(judgement.how for judgement in of_offered),
        offered_by=tuple(fixer for _, fixer in shown)[:OFFERED],
        rank=_rank(problem, report.get("localization", ())),
        digests=tuple(digest(patch) for patch in patches),
        notes=tuple(report.get("notes", ())),
        stages=report.get("seconds", {}),
    )
    return row, patches


def _rank(problem: Problem, localization: Sequence[dict[str, Any]]) -> int | None:
    return None if problem.rank is None else problem.rank(localization)
