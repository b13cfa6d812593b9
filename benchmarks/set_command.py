"""The command of a set of small projects: list them, or prove that each keeps its promises."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from benchmarks.cases import NoCase
from benchmarks.environments import PYTHONS, shared
from benchmarks.projects import Project, load, names
from benchmarks.sets import half_of

_ROOT = Path(__file__).resolve().parent.parent


def command(directory: Path, faults: Callable[[Project, Path, Path], Iterable[str]]) -> click.Command:
    """Return the command over the projects in a directory; its exit code is 1 when a promise is not kept."""

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
        for name in wanted or names(directory):
            project = load(directory, name)
            if not check:
                click.echo(f"{name}: {project.about} [{project.kind}, {project.environment}, {half_of(name)}]")
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
