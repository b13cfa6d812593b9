"""What each stage found, in the one line that a person reads while an attempt runs."""

from __future__ import annotations

from fixers.evidence import Localized, Observed, Repair, Trace
from fixers.model import Declined
from fixers.reproduce import Green


def reproduced(found: Observed | Green | Declined) -> str:
    """Say how many tests fail, and whether they fail each time."""
    if isinstance(found, Green):
        return f"all {found.suite_size} tests pass"
    if isinstance(found, Declined):
        return str(found.reason).replace("_", " ")
    run = found.reproduction
    verb = "fails" if len(run.failing) == 1 else "fail"
    others = f"; {len(run.other_failures)} more fail and are left alone" if run.other_failures else ""
    return f"{len(run.failing)} of {run.suite_size} tests {verb}, {run.repeats} times out of {run.repeats}{others}"


def localized(found: Localized) -> str:
    """Name the first place to look at, and why there."""
    if not found.suspects:
        return "no place in the project's own code"
    first = found.suspects[0]
    return f"{first.path}:{first.line} {first.function}   {', '.join(first.reasons)}"


def repaired(found: Repair) -> str:
    """Count what was tried and what passes."""
    tried, passing = found.budget.validated, sum(family.passed_failing_tests for family in found.families)
    line = f"{tried:,} candidates · {passing} {'passes' if passing == 1 else 'pass'} the failing tests"
    if found.budget.plausible < passing:
        line += f", {found.budget.plausible} of them the tests around"
    return line + (" · interrupted" if found.interrupted else "")


def verified(repair: Repair, trace: Trace) -> str:
    """Say how many behaviours came through the gates."""
    if not repair.clusters:
        return "nothing to prove"
    proven = 1 if trace.status == "fixed" else len(trace.alternatives)
    calls = f" and {repair.calls} replayed calls" if repair.calls else ""
    size = trace.reproduction.suite_size if trace.reproduction else 0
    behaviours = f"{len(repair.clusters)} behaviour{'' if len(repair.clusters) == 1 else 's'}"
    return f"{behaviours} → {proven} after {size} tests ×2{calls}"
