"""The command of a set of small projects: list them, or prove that each keeps its promises."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import get_args

import click

from benchmarks.cases import NoCase
from benchmarks.environments import PYTHONS, shared
from benchmarks.projects import Project
from benchmarks.sets import Half

_ROOT = Path(__file__).resolve().parent.parent


def command(
    named: Callable[[Half], Sequence[str]],
    project_of: Callable[[str], Project],
    faults: Callable[[Project, Path, Path], Iterable[str]],
) -> click.Command:
    """Return the command over the projects of a set; its exit code is 1 when a promise is not kept."""
    halves: dict[str, Half] = {name: half for half in get_args(Half) for name in named(half)}

    @click.command()
    @click.argument("wanted", nargs=-1, metavar="[NAME]...")
    @click.option("--check", is_flag=True, help="Run the variants of each case in the sandbox.")
    @click.option("--pythons", metavar="DIRECTORIES", help="Where python3.8, python3.9, … are, separated as in PATH.")
    @click.option("--cache", default=_ROOT / ".cache" / "bench", show_default=True, type=click.Path(path_type=Path))
    def main(*, wanted: tuple[str, ...], check: bool, pythons: str | None, cache: Path) -> None:
        """List the cases, or prove that each keeps its promises."""
        if pythons:
            os.environ[PYTHONS] = pythons
        bad = 0
        for name in wanted or sorted(halves):
            project = project_of(name)
            if not check:
                click.echo(f"{name}: {project.about} [{project.kind}, {project.environment}, {halves[name]}]")
                continue
            try:
                found = list(faults(project, shared(project.environment, cache), cache))
            except NoCase as error:
                click.echo(f"{name}: no case: {error}")
                continue
            bad += bool(found)
            click.echo(f"{name}: {'; '.join(found) or 'holds'}")
        sys.exit(1 if bad else 0)

    return main
