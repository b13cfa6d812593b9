"""Bugs that `python -m benchmarks.mine` found: one function of a release, put back to what the release before had.

They stand in `mined.tsv`, one a line: package, release before, release after, path and function, what was wrong.
Each was seen to fail on the old sources, and with the old function in the new release, in tests that the release
changed. They are repairs by the word of a reader, who left features and renamings out; whether Goldseam can
repair them played no part.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.catalogue import RELEASES, Release

LISTED = Path(__file__).with_name("mined.tsv")


@dataclass(frozen=True, slots=True)
class Suite:
    """Where a package has its tests, and what they need."""

    tests: tuple[str, ...] = ("tests",)
    extra: tuple[str, ...] = ()


SUITES = {
    "cssselect": Suite(extra=("lxml",)),
    "funcy": Suite(extra=("whatever",)),
    "humanize": Suite(extra=("freezegun", "pytest-codspeed")),
    "markdown": Suite(extra=("pyyaml",)),
    "marshmallow": Suite(extra=("simplejson",)),
    "prettytable": Suite(extra=("pytest-lazy-fixtures",)),
    "tomlkit": Suite(extra=("pyyaml",)),
    "toolz": Suite(tests=("toolz/tests",)),
    "vulture": Suite(extra=("pint",)),
    "w3lib": Suite(extra=("hypothesis",)),
}
"""Of packages whose suite is not simply `tests` with nothing more."""


def suite_of(package: str) -> Suite:
    """Return how the tests of a package are run."""
    return SUITES.get(package, Suite())


def releases() -> tuple[Release, ...]:
    """Return all bugs of the set `real`: those of whole releases, then those of one function."""
    return (*RELEASES, *mined())


def mined() -> tuple[Release, ...]:
    """Read the listed bugs."""
    found = []
    for line in LISTED.read_text().splitlines():
        package, before, after, function, about = line.split("\t")
        suite = suite_of(package)
        found.append(Release(package, before, after, about, suite.tests, suite.extra, function=function))
    return tuple(found)
