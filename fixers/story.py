"""What each stage found, in the one line that a person reads while an attempt runs."""

from __future__ import annotations

from fixers.evidence import Localized, Observed, RedTool, Repair, Trace
from fixers.model import Declined
from fixers.reproduce import Green
from fixers.tools.judge import counted


def reproduced(found: Observed | Green | Declined) -> str:
    """Say how many tests fail, and whether they fail each time."""
    if isinstance(found, Green):
        return "nothing is red" if found.said else f"all {found.suite_size} tests pass"
    if isinstance(found, Declined):
        return str(found.reason).replace("_", " ")
    run = found.reproduction
    if run.tool is not None:
        asked = run.tool.asked or run.tool.findings
        files = len({finding.path for finding in asked})
        return f"{run.tool.tool}: {counted(len(asked))} in {files} file{'' if files == 1 else 's'}"
    verb = "fails" if len(run.failing) == 1 else "fail"
    others = f"; {len(run.other_failures)} more fail and are left alone" if run.other_failures else ""
    return f"{len(run.failing)} of {run.suite_size} tests {verb}, {run.repeats} times out of {run.repeats}{others}"


def localized(found: Localized) -> str:
    """Name the first place to look at, and why there."""
    if not found.suspects:
        return "no place in the project's own code"
    first = found.suspects[0]
    return f"{first.path}:{first.line} {first.function}   {', '.join(first.reasons)}"


def repaired(found: Repair, red: RedTool | None = None) -> str:
    """Count what was tried and what passes; for a tool, what was mended by whom."""
    if red is not None:
        kept = [f for f in found.families if f.passed_failing_tests]
        made = [f"{f.name.partition(':')[2]} ×{f.passed_failing_tests}" for f in kept]
        return f"files mended by: {', '.join(made)}" if made else "nothing that is certain"
    tried, passing = found.budget.validated, sum(family.passed_failing_tests for family in found.families)
    tested = "1 candidate" if tried == 1 else f"{tried:,} candidates"
    line = f"{tested} · {passing} {'passes' if passing == 1 else 'pass'} the failing tests"
    if found.budget.plausible < passing:
        line += f", {found.budget.plausible} of them the tests around"
    return line + (" · interrupted" if found.interrupted else "")


def verified(repair: Repair, trace: Trace) -> str:
    """Say how many behaviours came through the gates."""
    if not repair.clusters:
        return "nothing to prove"
    if trace.reproduction is not None and trace.reproduction.tool is not None:
        holds = trace.status == "fixed" or bool(trace.alternatives)
        size = trace.reproduction.suite_size
        suite = f" and {size} tests ×2" if size else ""
        return f"{trace.reproduction.tool.tool}{suite}: {'holds' if holds else 'falls'}"
    proven = 1 if trace.status == "fixed" else len(trace.alternatives)
    calls = f" and {repair.calls} replayed calls" if repair.calls else ""
    size = trace.reproduction.suite_size if trace.reproduction else 0
    behaviours = f"{len(repair.clusters)} behaviour{'' if len(repair.clusters) == 1 else 's'}"
    return f"{behaviours} → {proven} after {size} tests ×2{calls}"
