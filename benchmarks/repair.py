"""One row: a bug, `goldseam fix` on it as a user would run it, and `goldseam verify` on what came out."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.cases import Case
from benchmarks.command import goldseam, last_line
from benchmarks.judge import judge, truth_rank

_BEYOND_BUDGET = 900.0
"""Seconds for all that is not search: three runs of the suite and the proofs. Longer is a hang."""


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one entry; nothing is left without a reason."""

    package: str
    bug: str
    kind: str
    status: str
    """As in the product's output; `no case` when there was nothing to repair, `hang` when it did not end."""
    reason: str = ""
    sentence: str = ""
    seconds: float = 0.0
    generated: int = 0
    validated: int = 0
    plausible: int = 0
    verified: str = ""
    """`holds` or `falls`, of a fixed row."""
    right: str = ""
    """`yes`, `no` or `unknown`, of a fixed row."""
    judged: str = ""
    """How `right` is known."""
    offered: tuple[str, ...] = ()
    """The same question for each alternative of a row that was declined."""
    truth_rank: int = 0
    """At which place localization has the function to change, counted in functions; 0 when nowhere."""
    failing: int = 0
    held_back: int = 0
    patch: str = ""
    notes: tuple[str, ...] = ()
    """What the product says a reviewer should know: parts that did not run."""
    stages: dict[str, float] = field(default_factory=dict)


def repair(case: Case, *, budget: float, seed: int, cache: Path) -> Row:
    """Run the repair in a process of its own and judge what it says; never raises for what it does."""
    evidence = cache / "evidence" / f"{case.tree.name}.json"
    evidence.parent.mkdir(parents=True, exist_ok=True)
    options = [f"--failing={test}" for test in case.failing]
    options += ["--json", f"--budget={budget:g}", f"--seed={seed}", f"--evidence-out={evidence}"]
    began = time.monotonic()
    code, out, err = goldseam(["fix", str(case.tree), *_place(case), *options], budget + _BEYOND_BUDGET)
    seconds = time.monotonic() - began
    facts: dict[str, Any] = {
        "failing": len(case.failing),
        "held_back": len(case.held_back),
        "seconds": round(seconds, 1),
    }
    if code is None:
        return Row(case.package, case.bug, case.kind, "hang", sentence=f"Stopped after {seconds:.0f} s.", **facts)
    try:
        report = json.loads(out)
    except ValueError:
        return Row(case.package, case.bug, case.kind, "error", f"exit code {code}", last_line(err), **facts)
    return _row(case, report, evidence, cache, facts)


def _row(case: Case, report: dict[str, Any], evidence: Path, cache: Path, facts: dict[str, Any]) -> Row:
    status = report.get("status", "error")
    known: dict[str, Any] = {**facts, **report.get("candidates", {}), "stages": report.get("seconds", {})}
    known["notes"] = tuple(report.get("notes", ()))
    known["truth_rank"] = truth_rank(case, report.get("localization", ()))
    if status == "fixed":
        known["verified"] = _verified(case, evidence)
        judgement = judge(case, report["patch"], cache / "runs")
        known |= {"right": judgement.right, "judged": judgement.how, "patch": report["patch"]}
    else:
        patches = [alternative["patch"] for alternative in report.get("alternatives", ())]
        known["offered"] = tuple(judge(case, patch, cache / "runs").right for patch in patches)
        known["patch"] = "\n".join(patches)
    reason, sentence = report.get("reason") or "", report.get("sentence") or str(report.get("error", ""))
    return Row(case.package, case.bug, case.kind, status, reason, sentence, **known)


def _verified(case: Case, evidence: Path) -> str:
    code, _, err = goldseam(["verify", str(evidence), f"--repo={case.tree}", *_place(case)], _BEYOND_BUDGET)
    return {0: "holds", 1: "falls"}.get(-1 if code is None else code, f"exit code {code}: {last_line(err)}")


def _place(case: Case) -> list[str]:
    return [f"--python={case.python}", f"--test-command={case.test_command}"]
