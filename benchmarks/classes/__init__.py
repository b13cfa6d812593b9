"""The set `classes`: small real projects, one for each way in which a mechanical CI failure happens.

Each stands in the folder of its half and fails under its command in one of the shared environments. What stands in
`report/` is only counted: whoever works on the engine reads neither the texts nor what became of one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from benchmarks.classes.judge import judge
from benchmarks.environments import shared
from benchmarks.projects import Project, lay, load, names
from benchmarks.sets import Entry, Half, Problem

_HERE = Path(__file__).resolve().parent
FOLDERS: Mapping[Half, Path] = {"development": _HERE / "development", "report": _HERE / "report"}


def entries(half: Half, seed: int) -> Sequence[Entry]:  # noqa: ARG001 - the halves do not depend on a draw
    """Return the cases of a half."""
    return [Entry(name, name, partial(problem, name)) for name in named(half)]


def named(half: Half) -> Sequence[str]:
    """Return the names of the cases in a half's folder, sorted."""
    return names(FOLDERS[half])


def project_of(name: str) -> Project:
    """Read a case of either half; BadProject when there is none of that name."""
    half: Half = "report" if name in named("report") else "development"
    return load(FOLDERS[half], name)


def problem(name: str, cache: Path) -> Problem:
    """Lay out a case; NoCase when its environment cannot be had here."""
    project = project_of(name)
    python = shared(project.environment, cache)
    tree = lay(project.tree("broken"), cache / "trees" / f"classes-{name}")
    return Problem(
        about=project.about,
        tree=tree,
        arguments=(f"--python={python}", f"--test-command={project.command}"),
        judge=lambda patch: judge(project, patch, python, cache / "runs"),
        held_back=sum(text.count("\ndef test_") for text in project.hidden.values()),
    )
