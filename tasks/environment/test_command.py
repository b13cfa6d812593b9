"""Reading a test command: what pytest is given, and what our harness must leave out of it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from fixers.runner.target import PLAIN, Start
from tasks.environment.start import start_of

_RUNNERS = (("uv", "run"), ("poetry", "run"), ("pdm", "run"), ("pipenv", "run"), ("hatch", "run"), ("rye", "run"))
_WRAPPERS = frozenset({"env", "xvfb-run", "time", "exec", "command", "sudo"})
_ASSIGNMENT = re.compile(r"^[A-Za-z_]\w*=")
_PYTHON = re.compile(r"^(python|python3|python3\.\d+|py|pypy3?)$")

# Options that take their value as the next word, so that the value is dropped with them.
_DROPPED_WITH_VALUE = {
    "-n": "workers would hide which test ran when",
    "--numprocesses": "workers would hide which test ran when",
    "--dist": "workers would hide which test ran when",
    "--maxprocesses": "workers would hide which test ran when",
    "--cov": "coverage is measured by our own harness",
    "--cov-report": "coverage is measured by our own harness",
    "--cov-config": "coverage is measured by our own harness",
    "--cov-fail-under": "coverage is measured by our own harness",
    "--maxfail": "every failure must be seen",
    "--reruns": "a second try would hide a flaky test",
    "--reruns-delay": "a second try would hide a flaky test",
    "--junitxml": "reports are written by our own harness",
    "--junit-xml": "reports are written by our own harness",
    "--html": "reports are written by our own harness",
    "--report-log": "reports are written by our own harness",
    "--pdbcls": "nobody is there to debug",
    "--splits": "the whole suite is run",
    "--group": "the whole suite is run",
}
_DROPPED = {
    "-x": "every failure must be seen",
    "--exitfirst": "every failure must be seen",
    "--lf": "every test must run",
    "--last-failed": "every test must run",
    "--ff": "the order is ours",
    "--failed-first": "the order is ours",
    "--nf": "the order is ours",
    "--new-first": "the order is ours",
    "--sw": "every failure must be seen",
    "--stepwise": "every failure must be seen",
    "--pdb": "nobody is there to debug",
    "--trace": "nobody is there to debug",
    "--forked": "the harness forks itself",
    "--boxed": "the harness forks itself",
    "--no-cov": "coverage is measured by our own harness",
    "--cov-append": "coverage is measured by our own harness",
    "--cov-branch": "coverage is measured by our own harness",
    "--self-contained-html": "reports are written by our own harness",
}
_DROPPED_PLUGINS = frozenset({"xdist", "pytest_cov", "cov", "no:cacheprovider", "xdist.plugin"})
_OPTIONAL_VALUE = frozenset({"--cov"})
"""Options that take the next word only when it is glued on with `=`."""
_WITH_VALUE = frozenset({
    "-k", "-m", "-c", "-o", "-p", "-W", "-r", "--rootdir", "--basetemp", "--ignore", "--ignore-glob", "--deselect",
    "--confcutdir", "--import-mode", "--tb", "--durations", "--timeout", "--color", "--capture", "--override-ini",
    "--log-level", "--log-cli-level", "--assert", "--pyargs", "--ds", "--asyncio-mode", "--config-file",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class TestCommand:
    """What a command line runs."""

    __test__ = False  # it is no test class, whatever its name begins with

    tool: str
    """`pytest`, `tox`, `nox`, or empty when the command runs no test that we know."""
    args: tuple[str, ...] = ()
    """For pytest, cleaned; for tox and nox, the names of the environments or sessions."""
    from_module: bool = False
    """Whether it was `python -m …`, which puts the current directory on the import path."""
    why: tuple[str, ...] = ()
    start: Start = PLAIN


def read_test_command(words: Sequence[str]) -> TestCommand:
    """Say which tool `words` start and with what; never guesses at shell syntax."""
    rest = _unwrapped(list(words))
    if not rest:
        return TestCommand("")
    before = list(words[: len(words) - len(rest)])
    filters = _warning_filters(before)
    name, rest = PurePosixPath(rest[0]).name, rest[1:]
    module = False
    if _PYTHON.match(name):
        options = rest
        name, rest = _module(rest)
        filters += _warning_filters(options[: len(options) - len(rest)])
        before += options[: len(options) - len(rest)]
        module = bool(name)
    if name == "coverage" and rest[:1] == ["run"]:
        name, rest = _module(rest)
        module = bool(name)
    if name in {"pytest", "py.test"}:
        args, why = cleaned(rest)
        return TestCommand("pytest", (*filters, *args), module, why, start_of(before))
    if name == "unittest":
        why = ("unittest is run by pytest over the same paths",)
        return TestCommand("pytest", (*filters, *_unittest_paths(rest)), True, why, start_of(before))
    if name in {"tox", "nox"}:
        return TestCommand(name, _chosen(rest))
    return TestCommand("")


def started_program(words: Sequence[str]) -> tuple[str, list[str]]:
    """Return the program or module that `words` start, wrappers and interpreter left out, and its arguments."""
    rest = _unwrapped(list(words))
    if not rest:
        return "", []
    name, rest = PurePosixPath(rest[0]).name, rest[1:]
    return _module(rest) if _PYTHON.match(name) else (name, rest)


def read_test_line(line: str) -> TestCommand:
    """Read one line of a script; lines with shell operators or expressions count up to the first of them."""
    line = re.split(r"\s(?:&&|\|\||;|\||>|2>)", line, maxsplit=1)[0]
    if "${{" in line or "$(" in line:
        line = re.split(r"\$\{\{|\$\(", line, maxsplit=1)[0]
    try:
        return read_test_command(shlex.split(line, comments=True))
    except ValueError:  # an open quote: not one line of plain shell
        return TestCommand("")


def cleaned(args: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the arguments our harness can pass on, and a sentence for each one left out."""
    kept: list[str] = []
    why: list[str] = []
    words = list(args)
    while words:
        word = words.pop(0)
        option, glued, _ = word.partition("=")
        if word == "--":
            continue
        if (reason := _DROPPED.get(option)) is not None:
            why.append(f"{word} is left out: {reason}")
        elif (reason := _DROPPED_WITH_VALUE.get(option)) is not None:
            taken = "" if glued or option in _OPTIONAL_VALUE or not words else f" {words.pop(0)}"
            why.append(f"{word}{taken} is left out: {reason}")
        elif re.match(r"^-n(\d+|auto|logical)$", word):
            why.append(f"{word} is left out: {_DROPPED_WITH_VALUE['-n']}")
        elif word == "-p" and words and words[0] in _DROPPED_PLUGINS:
            why.append(f"-p {words.pop(0)} is left out: plugins of that kind are the harness's affair")
        elif option in _WITH_VALUE and not glued and words:
            kept += [word, words.pop(0)]
        elif re.match(r"^-[a-z]*x[a-z]*$", word) and not word.startswith(("-r", "-k", "-m", "-p", "-o", "-c")):
            why.append(f"-x of {word} is left out: {_DROPPED['-x']}")
            kept += [word.replace("x", "")] if len(word) > len("-x") else []
        else:
            kept.append(word)
    return tuple(kept), tuple(why)


def _unwrapped(words: list[str]) -> list[str]:
    while words:
        if _ASSIGNMENT.match(words[0]) or words[0] in _WRAPPERS:
            words = words[1:]
        elif tuple(words[:2]) in _RUNNERS:
            words = _without_runner_options(words[2:])
        else:
            return words
    return words


def _without_runner_options(words: list[str]) -> list[str]:
    with_value = {"--with", "--extra", "--group", "--python", "-p", "--only-group", "--env-file", "-e"}
    while words and words[0].startswith("-") and words[0] != "-m":
        words = words[2:] if words[0] in with_value else words[1:]
    return words


def _module(words: list[str]) -> tuple[str, list[str]]:
    """Find `-m NAME` behind interpreter or coverage options."""
    for place, word in enumerate(words):
        if word == "-m" and place + 1 < len(words):
            return words[place + 1], words[place + 2 :]
        if not word.startswith("-") and place and words[place - 1] not in {"-W", "-X", "--source", "--rcfile", "run"}:
            break
    return "", []


def _warning_filters(words: Sequence[str]) -> tuple[str, ...]:
    """Return what stands before the tests' own program and makes warnings errors, as pytest's options."""
    found: list[str] = []
    for place, word in enumerate(words):
        name, assigned, value = word.partition("=")
        if name == "PYTHONWARNINGS" and assigned:
            found += value.split(",")
        elif word == "-W" and place + 1 < len(words):
            found.append(words[place + 1])
        elif word.startswith("-W") and word != "-W":
            found.append(word.removeprefix("-W"))
    return tuple(part for item in found if item for part in ("-W", item))


def _unittest_paths(words: list[str]) -> tuple[str, ...]:
    paths: list[str] = []
    rest = [word for word in words if word != "discover"]
    while rest:
        word = rest.pop(0)
        option, glued, value = word.partition("=")
        if option in {"-s", "--start-directory"}:
            paths.append(value if glued else rest.pop(0) if rest else ".")
        elif option in {"-p", "--pattern", "-t", "--top-level-directory", "-k"}:
            pattern = value if glued else rest.pop(0) if rest else ""
            if option in {"-p", "--pattern"} and pattern:
                paths += ["-o", f"python_files={pattern}"]
        elif not word.startswith("-"):
            paths.append(word if "/" in word or word.endswith(".py") else _as_path(word))
    return tuple(paths)


def _as_path(dotted: str) -> str:
    """Turn `tests.test_rate` into the file it most plainly names; a directory when it has one part."""
    parts = dotted.split(".")
    return dotted if len(parts) == 1 else "/".join(parts) + ".py"


def _chosen(words: list[str]) -> tuple[str, ...]:
    names: list[str] = []
    for place, word in enumerate(words):
        if word in {"-e", "-s", "--session", "--sessions"} and place + 1 < len(words):
            names += words[place + 1].split(",")
        elif word.startswith("-e") and len(word) > len("-e"):
            names += word[2:].split(",")
    return tuple(names)
