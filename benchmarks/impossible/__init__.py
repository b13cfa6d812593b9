"""The set `impossible`: red runs to which the only right answer is to propose nothing.

The test may be wrong or stale, the machine may lack something, the outcome may be chance, or what is
wanted may not follow from anything that can be read. Each case stands in `projects/` and fails under its
command; whatever is proposed as a fix is wrong, also where it would pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from benchmarks.environments import shared
from benchmarks.judge import Judgement
from benchmarks.projects import Project, lay, load, names
from benchmarks.sets import Entry, Half, Problem, half_of

PROJECTS = Path(__file__).resolve().parent / "projects"

_NOTHING_FOUND = frozenset({"no_candidate", "ambiguous"})
_CHANCE = frozenset({"flaky", "not_reproduced"})
REASONS: Mapping[str, frozenset[str]] = {
    "contradiction": _NOTHING_FOUND,
    "wrong-test": _NOTHING_FOUND,
    "stale": _NOTHING_FOUND,
    "missing-feature": _NOTHING_FOUND,
    "needs-design": _NOTHING_FOUND | {"unsupported", "budget_exhausted"},
    "weak": _NOTHING_FOUND,
    "flaky": _CHANCE,
    "hash-seed": _CHANCE,
    "order": _CHANCE,
    "timing": _CHANCE | {"infrastructure"},
    "network": frozenset({"infrastructure"}),
    "environment": frozenset({"infrastructure", "environment_failed", "unsupported"}),
    "dependency-fault": _NOTHING_FOUND | {"infrastructure", "unsupported", "environment_failed"},
}
"""By kind of case: the reasons that say what is the matter. Another reason is no fault, only less helpful."""


def entries(half: Half, seed: int) -> Sequence[Entry]:  # noqa: ARG001 - the halves do not depend on a draw
    """Return the cases of a half."""
    return [Entry(name, name, partial(problem, name)) for name in named(half)]


def named(half: Half) -> Sequence[str]:
    """Return the names of the cases of a half, sorted; which half a case belongs to follows from its name."""
    return [name for name in names(PROJECTS) if half_of(name) == half]


def project_of(name: str) -> Project:
    """Read a case; BadProject when there is none of that name."""
    return load(PROJECTS, name)


def problem(name: str, cache: Path) -> Problem:
    """Lay out a case; NoCase when its environment cannot be had here."""
    project = project_of(name)
    python = shared(project.environment, cache)
    return Problem(
        about=f"{project.kind}: {project.about}",
        tree=lay(project.tree("broken"), cache / "trees" / f"impossible-{name}"),
        arguments=(f"--python={python}", f"--test-command={project.command}"),
        judge=_wrong,
    )


def told(name: str, reason: str) -> bool:
    """Say whether a repair that declined with `reason` said what is the matter with a case."""
    return reason in REASONS[project_of(name).kind]


def _wrong(patch: str) -> Judgement:  # noqa: ARG001 - no patch is right
    return Judgement("no", "the only right answer is to propose nothing")
