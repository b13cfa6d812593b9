"""The probed run: the suite once more with its statements counted, or a fitting part of a suite that takes long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fixers.evidence import Observed
from fixers.localize.groups import Group
from fixers.localize.selection import passing_to_probe
from fixers.localize.spectrum import joined
from fixers.project import Project, is_repairable
from fixers.runner.sandbox import Sandbox
from fixers.runner.suite import run_suite
from fixers.runner.target import Target

WHOLE_SECONDS = 20.0
"""A suite that takes longer is not probed whole."""


@dataclass(frozen=True, slots=True)
class Probed:
    """Statement counts as the probes report them, empty when the run gave none, and what a reviewer should know."""

    spectrum: Mapping[str, Any]
    notes: tuple[str, ...] = ()


def probe(
    target: Target, sandbox: Sandbox, project: Project, observed: Observed, groups: Sequence[Group], seed: int
) -> Probed:
    """Run the suite with probes; of one that takes long, the failing tests first and then passing ones near them."""
    if observed.suite_seconds <= WHOLE_SECONDS:
        return Probed(_counts(target, sandbox, observed, groups, None))
    failing = observed.reproduction.failing
    red = _counts(target, sandbox, observed, groups, failing)
    reached = {path for path, _ in red.get("functions", ()) if is_repairable(path)}
    passing = {t: observed.durations.get(t, 0.0) for t, outcome in observed.outcomes.items() if outcome == "passed"}
    chosen = passing_to_probe(project, failing, reached, passing, seed)
    note = (
        f"The suite takes {observed.suite_seconds:.0f} s, so {len(chosen)} of its {len(passing)} passing tests were "
        "probed: those nearest to the failing ones, and a sample."
    )
    if not red or not chosen:
        return Probed(red, (note,))
    green = _counts(target, sandbox, observed, groups, chosen)
    return Probed(joined(red, green) if green else red, (note,))


def _counts(
    target: Target, sandbox: Sandbox, observed: Observed, groups: Sequence[Group], wanted: Sequence[str] | None
) -> Mapping[str, Any]:
    run = run_suite(
        target,
        sandbox,
        wanted=wanted,
        rootdir=observed.rootdir,
        spectrum_for=observed.reproduction.failing,
        groups=[group.tests for group in groups],
        test_seconds=observed.test_seconds,
    )
    return run.spectrum
