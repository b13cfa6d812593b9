"""The set `classes`: small real projects, one for each way in which a mechanical CI failure happens.

Each stands in `projects/` and fails under its command in one of the shared environments.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.classes.judge import judge
from benchmarks.environments import shared
from benchmarks.projects import lay, load, names
from benchmarks.sets import Entry, Half, Problem, half_of

PROJECTS = Path(__file__).resolve().parent / "projects"


def entries(half: Half, seed: int) -> Sequence[Entry]:  # noqa: ARG001 - the halves do not depend on a draw
    """Return the cases of a half; which half a case belongs to follows from its name."""
    return [Entry(name, name, partial(problem, name)) for name in names(PROJECTS) if half_of(name) == half]


def problem(name: str, cache: Path) -> Problem:
    """Lay out a case; NoCase when its environment cannot be had here."""
    project = load(PROJECTS, name)
    python = shared(project.environment, cache)
    tree = lay(project.tree("broken"), cache / "trees" / f"classes-{name}")
    return Problem(
        about=project.about,
        tree=tree,
        arguments=(f"--python={python}", f"--test-command={project.command}"),
        judge=lambda patch: judge(project, patch, python, cache / "runs"),
        held_back=sum(text.count("\ndef test_") for text in project.hidden.values()),
    )
