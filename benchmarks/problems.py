"""From a case with a truth to a problem of a set: how the repair is called on it, and who judges."""

from __future__ import annotations

from pathlib import Path

from benchmarks.cases import Case
from benchmarks.judge import judge, truth_rank
from benchmarks.sets import Problem


def problem_of(case: Case, cache: Path) -> Problem:
    """Return a case as a problem that is judged against its truth."""
    return Problem(
        about=case.bug,
        tree=case.tree,
        arguments=(
            f"--python={case.python}",
            f"--test-command={case.test_command}",
            *(f"--failing={test}" for test in case.failing),
        ),
        judge=lambda patch: judge(case, patch, cache / "runs"),
        rank=lambda localization: truth_rank(case, localization),
        held_back=len(case.held_back),
    )
