"""The checkers that a project runs on itself: a repair that they would find fault with turns its pipeline red again.

Only what the project configures and its environment holds is asked, in its own version under
its own configuration, before and after. What the configuration leaves out is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from fixers.evidence import StaticCheck
from fixers.model import FileEdit
from fixers.runner.sandbox import Sandbox
from fixers.runner.target import Target
from fixers.tools.base import Tool
from fixers.tools.flake8 import FLAKE8
from fixers.tools.judge import appeared, shown
from fixers.tools.mypy import MYPY
from fixers.tools.pyright import BASEDPYRIGHT
from fixers.tools.ruff import CHECK
from fixers.tools.run import ToolRun, check, is_installed, patched

_CONFIGURED: Mapping[Tool, Mapping[str, str]] = {
    CHECK: {"ruff.toml": "", ".ruff.toml": "", "pyproject.toml": r"\[tool\.ruff\b"},
    FLAKE8: {".flake8": "", "setup.cfg": r"\[flake8\]", "tox.ini": r"\[flake8\]"},
    MYPY: {"mypy.ini": "", ".mypy.ini": "", "setup.cfg": r"\[mypy\]", "pyproject.toml": r"\[tool\.mypy\]"},
    BASEDPYRIGHT: {"pyrightconfig.json": "", "pyproject.toml": r"\[tool\.(based)?pyright\]"},
}
"""By tool: files that configure it, and what stands in them where they configure other things too."""
_LARGEST = 1_000_000
Known = dict[tuple[str, tuple[str, ...]], ToolRun]
"""What a tool said of the tree before, by its name and what it was told to look at."""


def own_checkers(target: Target, beside: str = "") -> tuple[Tool, ...]:
    """Return the checkers that the project configures and its environment has, `beside` the one of that name."""
    return tuple(
        tool
        for tool, files in _CONFIGURED.items()
        if tool.name != beside
        and any(_says(target, file, line) for file, line in files.items())
        and is_installed(tool, target)
    )


def check_repair(
    tools: Sequence[Tool], edits: Sequence[FileEdit], target: Target, sandbox: Sandbox, known: Known
) -> tuple[StaticCheck, ...]:
    """Ask each checker before and after; one that comes to no result before says nothing.

    One that comes to none afterwards counts as one new finding: what was not looked at is not proven. What is said of
    the tree before is kept in `known`: several repairs are proven against one tree, and mypy takes seconds.
    """
    paths = [edit.path for edit in edits if edit.path.endswith(".py")]
    checks = []
    for tool in tools if paths else ():
        arguments = _arguments(tool, paths, target)
        key = (tool.name, arguments)
        before = known[key] = known.get(key) or check(tool, arguments, target, sandbox)
        if not before.understood:
            continue
        with patched(target, edits) as tree:
            after = check(tool, arguments, tree, sandbox)
        checks.append(_compared(tool, before, after))
    return tuple(checks)


def _arguments(tool: Tool, paths: Sequence[str], target: Target) -> tuple[str, ...]:
    """Name what to look at in such a way that the tool keeps to what its configuration leaves out."""
    if tool is CHECK:
        return ("--force-exclude", *paths)
    if tool is MYPY and not any(_says(target, file, r"\s*files\s*=") for file in _CONFIGURED[MYPY]):
        return tuple(sorted({path.partition("/")[0] for path in paths}))  # a file that is named is looked at anyway
    return tuple(paths) if tool is FLAKE8 else ()


def _compared(tool: Tool, before: ToolRun, after: ToolRun) -> StaticCheck:
    new = [shown(finding) for finding in appeared(before.findings, after.findings)]
    if not after.understood:
        new = [f"no result: {after.tail or 'it was cut off'}"]
    name = f"the project's {tool.name}"
    return StaticCheck(
        tool=name, version=before.version, before=len(before.findings), after=len(after.findings), new=tuple(new)
    )


def _says(target: Target, file: str, line: str) -> bool:
    path = target.tree / file
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST:
        return False
    return not line or re.search(f"(?m)^{line}", path.read_text(encoding="utf-8", errors="replace")) is not None
