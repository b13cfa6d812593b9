"""How a project is installed and tested: a pure reading of its files.

Order of trust: what the user says, what CI does, what tox or nox do, what the
metadata offers. pytest is always part of the plan, since our harness is pytest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tasks.environment.automation import (
    first_test,
    install_words,
    nox_wants,
    steps_wants,
    tox_wants,
    wanted_python,
    workflow_steps,
)
from tasks.environment.metadata import is_installable, metadata_wants, python_requires
from tasks.environment.plan import Plan, Wants
from tasks.environment.reading import ini_section, strings, table, toml_table
from tasks.environment.roots import source_roots
from tasks.environment.test_command import TestCommand, read_test_command
from tasks.environment.tool_wants import tool_wants

_PLUGINS = (
    (re.compile(r"--cov\b"), "pytest-cov"),
    (re.compile(r"(^|\s)-n[\s\d=a]|--numprocesses|--dist\b"), "pytest-xdist"),
    (re.compile(r"--timeout\b"), "pytest-timeout"),
    (re.compile(r"--benchmark-"), "pytest-benchmark"),
    (re.compile(r"--asyncio-mode"), "pytest-asyncio"),
    (re.compile(r"--reruns\b"), "pytest-rerunfailures"),
    (re.compile(r"--randomly-"), "pytest-randomly"),
    (re.compile(r"--mypy\b"), "pytest-mypy"),
    (re.compile(r"--ds\b"), "pytest-django"),
)
"""Options that pytest refuses to start with unless the plugin is there; seen in `addopts`."""


def detect(
    files: Mapping[str, str],
    *,
    test_command: Sequence[str] | None = None,
    setup: Sequence[Sequence[str]] = (),
    steps: Sequence[str] = (),
    tool: str = "",
) -> Plan:
    """Decide from `files` (POSIX path to text; the text of Python modules is not needed) how to install and test.

    `setup` are the user's own install commands and replace detection of what to
    install; `steps` are the lines of the failing CI job, else the workflow files are read.
    `tool` is the distribution of a linter, formatter or type checker that has to be there besides.
    """
    lines = tuple(steps) or workflow_steps(files)
    given = read_test_command(test_command) if test_command else None
    command = given or first_test(lines) or TestCommand("")
    inner = _inner(files, command)
    if setup:
        wants, commands = _from_setup(setup)
    else:
        wants, commands = _wanted(files, steps_wants(lines), inner), ()
    args, why_args = _test_args(command, inner)
    start = command.start if command.tool == "pytest" else inner.start
    if tool:
        more = tool_wants(files, tool)
        wants = Wants((*wants.installs, *more.installs), None, (*wants.why, *more.why))
    installs = _merged(files, wants.installs)
    return Plan(
        installs=(installs,),
        test_args=args,
        source_roots=source_roots(files, from_here=command.from_module),
        python_requires=python_requires(files),
        python_wanted=wanted_python(files),
        commands=commands,
        why=tuple(dict.fromkeys((*wants.why, *why_args, *_plugin_reasons(files, wants.installs)))),
        start=start,
    )


def _inner(files: Mapping[str, str], command: TestCommand) -> Wants:
    """Look inside tox or nox; when nobody says how tests run, inside whichever file is there."""
    if command.tool == "tox" or (not command.tool and "tox.ini" in files):
        return tox_wants(files, command.args)
    if command.tool == "nox" or (not command.tool and "noxfile.py" in files):
        return nox_wants(files, command.args)
    return Wants()


def _wanted(files: Mapping[str, str], ci: Wants, inner: Wants) -> Wants:
    if ci.installs:
        return Wants(ci.installs, None, ci.why)
    metadata = metadata_wants(files)
    if inner.installs:
        project = ("-e", ".") if is_installable(files) and "-e" not in inner.installs else ()
        return Wants((*project, *inner.installs), None, inner.why)
    return metadata


def _from_setup(setup: Sequence[Sequence[str]]) -> tuple[Wants, tuple[tuple[str, ...], ...]]:
    installs: list[str] = []
    commands: list[tuple[str, ...]] = []
    for words in setup:
        found = install_words(" ".join(words))
        installs += found
        if not found and words:
            commands.append(tuple(words))
    return Wants(tuple(installs), None, ("the given setup commands are followed",)), tuple(commands)


def _test_args(command: TestCommand, inner: Wants) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if command.tool == "pytest":
        return command.args, command.why
    if inner.test_args is not None:
        return inner.test_args, inner.why
    if command.tool:
        return (), (
            f"{command.tool} names no pytest command that can be read, so pytest runs by its own configuration",
        )
    return (), ("no test command was found, so pytest runs by its own configuration",)


def _merged(files: Mapping[str, str], words: tuple[str, ...]) -> tuple[str, ...]:
    """Join repeated installs of the project into one, and add pytest and the plugins that its options need."""
    extras: list[str] = []
    rest: list[str] = []
    project = False
    queue = list(words)
    while queue:
        word = queue.pop(0)
        if word == "-e" and queue and (match := re.match(r"^\.(?:\[([^\]]*)\])?/?$", queue[0])):
            queue.pop(0)
            project = True
            extras += [name.strip() for name in (match[1] or "").split(",") if name.strip()]
        elif word in {"-e", "-r", "-c"} and queue:
            pair = [word, queue.pop(0)]
            if pair not in [rest[place : place + 2] for place in range(len(rest))]:
                rest += pair
        elif word not in rest:
            rest.append(word)
    names = f"[{','.join(dict.fromkeys(extras))}]" if extras else ""
    return (*(("-e", f".{names}") if project else ()), *rest, *_missing(files, rest))


def _missing(files: Mapping[str, str], words: Sequence[str]) -> tuple[str, ...]:
    present = {match[0].lower().replace("_", "-") for word in words if (match := re.match(r"^[\w.-]+", word))}
    needed = ["pytest", *(plugin for plugin, _ in _plugins(files))]
    return tuple(name for name in needed if name not in present)


def _plugins(files: Mapping[str, str]) -> list[tuple[str, str]]:
    options = _addopts(files)
    return [(plugin, found[0].strip()) for pattern, plugin in _PLUGINS if (found := pattern.search(options))]


def _plugin_reasons(files: Mapping[str, str], words: Sequence[str]) -> list[str]:
    missing = _missing(files, words)
    return [f"{name} is added: pytest's addopts name {option}" for name, option in _plugins(files) if name in missing]


def _addopts(files: Mapping[str, str]) -> str:
    stated = table(toml_table(files.get("pyproject.toml", "")), "tool", "pytest", "ini_options").get("addopts")
    texts = [
        stated if isinstance(stated, str) else " ".join(strings(stated)),
        ini_section(files.get("pytest.ini", ""), "pytest").get("addopts", ""),
        ini_section(files.get("tox.ini", ""), "pytest").get("addopts", ""),
        ini_section(files.get("setup.cfg", ""), "tool:pytest").get("addopts", ""),
    ]
    return " ".join(texts)
