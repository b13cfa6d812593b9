"""The set `real`: sources of one release under the tests of the next, which repaired something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchmarks import environment
from benchmarks.cases import UNUSABLE, Case, NoCase, split, unpacked, whole
from benchmarks.catalogue import Release
from benchmarks.mined import releases
from benchmarks.problems import problem_of
from benchmarks.revert import undone
from benchmarks.sets import Entry, Half, half_of
from benchmarks.suite import command, run_tests
from benchmarks.trees import transplant


def entries(half: Half, seed: int) -> Sequence[Entry]:
    """Return the bugs of a half; a function that two releases repaired is in the same one both times."""
    return [_entry(release, seed) for release in releases() if half_of_release(release) == half]


def half_of_release(release: Release) -> Half:
    """Return the half that a release's bug falls into."""
    return half_of(f"{release.package}:{release.function or release.before}")


def released_bug(release: Release, seed: int, cache: Path) -> Case:
    """Make the tree of a release's bug; NoCase when it cannot be had or does not show here."""
    try:
        return _released_bug(release, seed, cache)
    except UNUSABLE as error:
        raise NoCase(str(error)) from error


def _entry(release: Release, seed: int) -> Entry:
    name = " ".join([release.package, release.before, release.after, *release.only, release.function]).rstrip()
    return Entry(name, release.package, lambda cache: problem_of(released_bug(release, seed, cache), cache))


def _released_bug(release: Release, seed: int, cache: Path) -> Case:
    before = unpacked(release.package, release.before, cache)
    after = unpacked(release.package, release.after, cache)
    python = environment.environment(release.package, release.after, release.extra, cache / "environments")
    run = partial(run_tests, python=python, test_command=command(release.tests), cache=cache / "runs")
    old = _laid(replace(release, function=""), before, after, cache)
    tree = _laid(release, before, after, cache)
    fixed, broken = run(after), run(tree)
    failing = broken.failed & fixed.passed
    if failing and release.function:
        # What passes on all of the old sources was no bug of theirs: the function only misses a change beside it.
        failing -= run(old).passed
    if release.only:
        failing = frozenset(test for test in failing if any(name in test for name in release.only))
    if not failing:
        raise NoCase(f"No test of {release.after} fails on {release.before} and passes on {release.after} here.")
    seen, held = split(sorted(failing), broken.failed | broken.passed, seed)
    bug = f"{release.before} → {release.after}: {release.about}"
    return Case(release.package, bug, "real", tree, after, release.tests, python, seen, held)


def _laid(release: Release, before: Path, after: Path, cache: Path) -> Path:
    """Return the tree of a bug: the old sources under the new tests, or the new release with one function put back."""
    tree = cache / "trees" / _name(release)
    if not tree.exists() and release.function:
        whole(tree, lambda place: undone(before, after, release.function, place))
    elif not tree.exists():
        whole(tree, lambda place: transplant(before, after, release.tests, place))
    return tree


def _name(release: Release) -> str:
    part = release.function.translate(str.maketrans("/:", "__"))
    return f"{release.package}-{release.before}-under-{release.after}{'-' if part else ''}{part}"
