"""`python -m benchmarks.mine PACKAGE …`: look for releases that repaired something, and print lines of `mined.tsv`.

Walks the last releases of a package, two by two. A function whose body a release changed in a few lines is put back
as it was; where some of the release's own tests, a small part of the suite, notice that, there is a line.
A person then reads the difference, says in a few words what was wrong, and leaves out what is a feature.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import click

from benchmarks import environment, index
from benchmarks.cases import UNUSABLE, NoCase, unpacked
from benchmarks.catalogue import Release
from benchmarks.injected import ASIDE
from benchmarks.machine import ROOT
from benchmarks.mined import suite_of
from benchmarks.revert import Change, changes, undone
from benchmarks.suite import command, run_tests
from benchmarks.trees import same_program

_WALL, _TEST_SECONDS = 120.0, 20.0
_LARGEST_SHARE = 0.5
"""Of the tests that are run: what more of them notice is no fine point."""


@click.command()
@click.argument("package")
@click.option("--last", default=12, show_default=True, help="Of its releases, so many are looked at.")
@click.option("--lines", default=10, show_default=True, help="Removed and added by a change, at most.")
@click.option("--functions", default=12, show_default=True, help="A release that changed more is passed over.")
@click.option("--unproven", is_flag=True, help="Print all small changes and run no test.")
@click.option("--cache", default=ROOT / ".cache" / "bench", show_default=True, type=click.Path(path_type=Path))
def main(**given: Any) -> None:
    """Print a line for each change of PACKAGE that its tests notice, with the change as a comment."""
    package, cache = given["package"], given["cache"]
    suite = suite_of(package)
    for before, after in pairwise(index.released(package)[-given["last"] :]):
        release = Release(package, before, after, "?", suite.tests, suite.extra)
        try:
            for change in small_changes(release, lines=given["lines"], functions=given["functions"], cache=cache):
                failing = () if given["unproven"] else noticing(release, change, cache)
                if failing or given["unproven"]:
                    click.echo(_entry(release, change, failing))
        except (NoCase, *UNUSABLE) as error:
            click.echo(f"# {package} {before} → {after}: {error}", err=True)


def small_changes(release: Release, *, lines: int, functions: int, cache: Path) -> list[Change]:
    """Return the changes of a release that could be repairs its tests notice; NoCase when there is none."""
    before, after = (unpacked(release.package, version, cache) for version in (release.before, release.after))
    if not any(_changed_tests(before, after, release)):
        raise NoCase("No test changed.")
    found = [c for c in changes(before, after, release.tests) if not c.path.startswith(ASIDE)]
    if not 0 < len(found) <= functions:
        raise NoCase(f"{len(found)} functions changed.")
    return [change for change in found if change.lines <= lines]


def noticing(release: Release, change: Change, cache: Path) -> tuple[str, ...]:
    """Return the tests that notice when a change is undone, none when too many do; NoCase when they do not run.

    Only test files that the release changed are run, which is what makes looking at many releases cheap.
    """
    before, after = (unpacked(release.package, version, cache) for version in (release.before, release.after))
    python = environment.environment(release.package, release.after, release.extra, cache / "environments")
    test_command = command(tuple(dict.fromkeys(_changed_tests(before, after, release))))
    green = run_tests(after, python, test_command, cache / "runs", wall=_WALL)
    if not green.passed:
        raise NoCase(f"The changed tests do not run here: {green.tail[-100:]!r}")
    with tempfile.TemporaryDirectory(prefix="goldseam-mine-") as scratch:
        tree = Path(scratch) / "tree"
        undone(before, after, change.name, tree)
        broken = run_tests(tree, python, test_command, cache / "runs", wall=_WALL, test_seconds=_TEST_SECONDS)
    failing = sorted(green.passed & broken.failed)
    return tuple(failing) if len(failing) <= max(2, _LARGEST_SHARE * len(green.passed)) else ()


def _changed_tests(before: Path, after: Path, release: Release) -> Iterator[str]:
    """Yield test files that a release added or changed; all of its tests where it changed other files beside them."""
    for path in release.tests:
        files = [after / path] if (after / path).is_file() else sorted((after / path).rglob("*"))
        for file in files:
            name = file.relative_to(after).as_posix()
            if not file.is_file() or ((before / name).is_file() and same_program(before / name, file)):
                continue
            if file.suffix != ".py" or file.name in {"conftest.py", "__init__.py"}:
                yield path
            elif "test" in file.name:
                yield name


def _entry(release: Release, change: Change, failing: Sequence[str]) -> str:
    """Return a line for `mined.tsv`, in which a person writes what was wrong, and what that person has to read."""
    noticed = [f"# {len(failing)} tests: {failing[0]}"] if failing else []
    shown = [f"# {line}" for line in change.diff.splitlines()]
    fields = (release.package, release.before, release.after, change.name, "?")
    return "\n".join(["\t".join(fields), *shown, *noticed, ""])


if __name__ == "__main__":
    main()
