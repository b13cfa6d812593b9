"""What is measured: releases that fixed something, and packages that get a fresh slip.

A release is here because its own tests fail on the sources of the release before
it and pass on its own, and because it changed the fewest source lines among the
recent releases of that package. Whether Goldseam can repair it played no part.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Release:
    """A real bug: the sources of `before` under the tests of `after`."""

    package: str
    before: str
    after: str
    about: str
    """What was wrong, in a few words."""
    tests: tuple[str, ...] = ("tests",)
    extra: tuple[str, ...] = ()
    """Requirements of the tests."""
    only: tuple[str, ...] = ()
    """Names that a failing test's id must contain one of, where a release fixed several things."""
    function: str = ""
    """Path and function, as `path:Class.name`: only there is the release put back to what the one before had."""


@dataclass(frozen=True, slots=True)
class Host:
    """A package that a slip is put into."""

    package: str
    version: str
    tests: tuple[str, ...] = ("tests",)
    extra: tuple[str, ...] = ()


Item = Release | Host

RELEASES = (
    Release("cachetools", "7.2.7", "7.2.8", "a keyword named self collides with the key function's own"),
    Release(
        "croniter",
        "6.2.0",
        "6.2.1",
        "days of February in the month before",
        tests=("src/croniter/tests",),
        extra=("pytz", "tzlocal", "python-dateutil"),
    ),
    Release(
        "croniter",
        "6.2.3",
        "6.2.4",
        "Sunday counted as the seventh day",
        tests=("src/croniter/tests",),
        extra=("pytz", "tzlocal", "python-dateutil"),
    ),
    Release("freezegun", "1.5.4", "1.5.5", "a test's argument called func"),
    Release("itemadapter", "0.13.0", "0.13.1", "docstring kept its indentation"),
    Release(
        "jmespath",
        "1.0.0",
        "1.0.1",
        "sampling from keys of a dict",
        only=("cache",),
    ),
    Release("python-slugify", "9.1.0", "9.1.1", "empty words and the delimiters before them"),
    Release("tinydb", "4.8.1", "4.8.2", "setting a cached key kept the old value", extra=("pyyaml",)),
    Release(
        "toolz",
        "1.0.0",
        "1.1.0",
        "a sequence of wrong length goes unnoticed",
        tests=("toolz/tests",),
        only=("test_partition_all",),
    ),
    Release(
        "toolz",
        "1.1.0",
        "1.2.0",
        "interpose of nothing raises StopIteration",
        tests=("toolz/tests",),
        only=("test_interpose_empty",),
    ),
    Release("w3lib", "2.2.0", "2.2.1", "user and password put into lower case"),
    Release("w3lib", "2.4.0", "2.4.1", "brackets of IPv6 hosts lost"),
    Release("webob", "1.8.7", "1.8.8", "open redirect by a location that starts with two slashes"),
    Release("xmltodict", "0.14.1", "0.14.2", "white space kept where it should be stripped"),
    Release(
        "xmltodict",
        "1.0.2",
        "1.0.3",
        "None as text among attributes",
        only=("test_none_text",),
    ),
)

HOSTS = (
    Host("cssselect", "1.6.0", extra=("lxml",)),
    Host("inflection", "0.5.1", tests=("test_inflection.py",)),
    Host("parsel", "1.12.1", extra=("psutil", "jmespath")),
    Host("schema", "0.7.8", tests=("test_schema.py",), extra=("mock",)),
    Host("sqlparse", "0.6.1"),
    Host("vulture", "2.16", extra=("pint",)),
    Host("webcolors", "25.10.0"),
)

SLIPPED = (
    Host("asteval", "1.0.10"),
    Host("boltons", "26.2.0"),
    Host("cachetools", "8.0.2"),
    Host("croniter", "7.0.0", tests=("src/croniter/tests",), extra=("pytz", "tzlocal", "python-dateutil")),
    Host("cssselect", "1.6.0", extra=("lxml",)),
    Host("deepmerge", "4.0.0", tests=("deepmerge/tests",)),
    Host("docopt-ng", "0.9.0"),
    Host("funcy", "2.1", extra=("whatever",)),
    Host("inflection", "0.5.1", tests=("test_inflection.py",)),
    Host("isodate", "0.7.2"),
    Host("itemadapter", "0.13.1"),
    Host("mako", "1.4.3", tests=("test",), extra=("babel",)),
    Host("markdown-it-py", "4.3.0", extra=("pytest-regressions", "linkify-it-py")),
    Host("marshmallow", "4.4.0", extra=("simplejson",)),
    Host("mistune", "3.4.0"),
    Host("parse", "1.22.4"),
    Host("pathspec", "1.1.1"),
    Host("python-slugify", "9.2.0"),
    Host("schema", "0.7.8", tests=("test_schema.py",), extra=("mock",)),
    Host("semver", "3.1.2"),
    Host("simpleeval", "1.0.8"),
    Host("sqlparse", "0.6.1"),
    Host("tabulate", "0.10.0", tests=("test",), extra=("wcwidth",)),
    Host("tinydb", "4.9.0", extra=("pyyaml",)),
    Host("tomlkit", "0.15.2", extra=("pyyaml",)),
    Host("toolz", "1.2.0", tests=("toolz/tests",)),
    Host("voluptuous", "0.16.0", tests=("voluptuous/tests",)),
    Host("vulture", "2.16", extra=("pint",)),
    Host("webcolors", "25.10.0"),
    Host("webob", "1.8.11"),
    Host("xmltodict", "1.0.4"),
)
"""Packages of the set `injected`: much used, nothing compiled, a suite that is green here and ends in 15 seconds."""

ITEMS: tuple[Item, ...] = (*RELEASES, *HOSTS)
