"""Reading a command that runs a linter, a formatter or a type checker."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from fixers.model import Declined, Failure, FailureKind, Reason
from fixers.tools.base import Tool
from fixers.tools.registry import ALL
from fixers.tools.reproduce import ToolRequest
from tasks.environment.test_command import started_program

_OPERATORS = frozenset({"&&", "||", ";", "|", "&"})
_OTHERS = {
    "pre-commit": "It installs its tools from the network at each start. Give the command of the hook that is red.",
    "pyright": "It fetches its engine from the network when it starts. basedpyright carries its own.",
    "pylint": "",
    "prospector": "",
    "bandit": "",
    "pydocstyle": "",
    "pycodestyle": "",
    "pyflakes": "",
    "pyre": "",
    "pytype": "",
    "ty": "",
    "pyrefly": "",
    "codespell": "",
    "interrogate": "",
    "vulture": "",
}
_KNOWN = "ruff, black, isort, flake8, mypy and basedpyright"
_RED = frozenset({FailureKind.LINT, FailureKind.TYPE_CHECK})


def read_tool_command(words: Sequence[str]) -> ToolRequest | Declined | None:
    """Say which tool a command runs and with what; None when it runs none, Declined when it is one we cannot repair."""
    name, rest = started_program(words)
    tool, rest = _tool_of(name, rest)
    if tool is None:
        return _unsupported(name) if name in _OTHERS else None
    if _OPERATORS.intersection(rest):
        return Declined(
            Reason.UNSUPPORTED,
            f"`{' '.join(words)}` is more than one command.",
            "Give one command at a time, the red one first.",
        )
    return ToolRequest(tool.name, tuple(rest))


def reported_tool(failures: Sequence[Failure]) -> ToolRequest | Declined | None:
    """Return the tool whose findings a log shows, when it shows no test that fails.

    The step's own command where it can be read; where a script or a hook stands in
    between, the tool over the files that are named.
    """
    red = [failure for failure in failures if failure.kind in _RED]
    if not red or any(failure.test_ids for failure in failures):
        return None
    first = red[0]
    found = [failure for failure in red if failure.tool == first.tool and failure.command == first.command]
    stated = _stated(first.command)
    if stated is not None and stated.tool.split()[0] in {first.tool, _tool_by(first)}:
        return ToolRequest(stated.tool, stated.arguments, tuple(found))
    tool = _tool_by(first)
    known = next((t for t in ALL if t.name == tool), None)
    files = tuple(dict.fromkeys(f.frames[-1].path for f in found if f.frames and f.frames[-1].in_project))
    if known is None or not files:
        return _unsupported(first.tool)
    return ToolRequest(known.name, files, tuple(found))


def _stated(script: str) -> ToolRequest | None:
    for line in script.splitlines():
        try:
            words = shlex.split(line, comments=True)
        except ValueError:
            continue
        if "$" in line:
            continue
        found = read_tool_command(words)
        if isinstance(found, ToolRequest):
            return found
    return None


def _tool_by(failure: Failure) -> str:
    """Return the tool that a finding's own text gives away."""
    if failure.exception == "unformatted":
        return "black" if failure.excerpt.startswith("would reformat") else "ruff format"
    if failure.tool == "pyright" and "basedpyright" in failure.command:
        return "basedpyright"
    return {"ruff": "ruff check"}.get(failure.tool, failure.tool)


def _tool_of(name: str, rest: list[str]) -> tuple[Tool | None, list[str]]:
    for tool in ALL:
        if tool.command[0] != name:
            continue
        if len(tool.command) == 1:
            return tool, rest
        if rest[:1] == [tool.command[1]]:
            return tool, rest[1:]
    plain = name == "ruff" and rest and rest[0] not in {"rule", "config", "linter", "clean", "server", "version"}
    return (ALL[0], rest) if plain else (None, rest)  # releases before 0.5 took paths without `check`


def _unsupported(name: str) -> Declined:
    why = _OTHERS.get(name, "")
    return Declined(
        Reason.UNSUPPORTED,
        f"A red `{name}` is not repaired. {why}".strip(),
        f"Give a test command, or a command of {_KNOWN}.",
    )
