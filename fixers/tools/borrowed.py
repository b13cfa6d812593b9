"""Repairs of a linter that mends nothing itself, made by our own ruff where it knows its findings by their codes.

It also stands in for a ruff of the project's that finds more than its release mends. The linter is asked afterwards,
like after every other repair; what ruff thinks of the rest of the file does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fixers.checks.scan import AnalyserFailed, own_prefixes, own_tool
from fixers.runner.sandbox import Sandbox
from fixers.runner.target import Target
from fixers.tools.base import Tool
from fixers.tools.run import rewritten

_PYCODESTYLE = (
    "E201 E202 E203 E211 E221 E222 E223 E224 E225 E226 E227 E228 E231 E241 E242 E251 E252 E261 E262 E265 E266 E271 "
    "E272 E273 E274 E275 E301 E302 E303 E304 E305 E306 E401 E502 E703 E713 E714 E731 W291 W293 W391 W605 F541 F632"
)
_FOLLOWS = {"E731": ("E301", "E302", "E303", "E305", "E306"), "E401": ("E303",)}
"""What a repair may leave behind, and is mended with it."""
BORROWED: Mapping[str, tuple[str, ...]] = {
    "flake8": (*_PYCODESTYLE.split(), "F811"),
    "ruff": ("C4", "PERF401", "PERF402", "PERF403", "SIM", "RET", "FURB1"),
}
"""By tool: codes that ruff mends without a change of what the program does."""


def is_known(tool: Tool, code: str) -> bool:
    """Say whether ruff, the tool itself or ours in its place, mends a code without a change of what is meant."""
    return code.startswith((*BORROWED.get(tool.distribution, ()), *tool.bolder))


def borrowed(
    tool: Tool, codes: Sequence[str], paths: Sequence[str], target: Target, sandbox: Sandbox
) -> dict[str, str]:
    """Return these files as our ruff mends these codes in them; nothing for a tool that it does not stand in for."""
    try:
        program = own_tool("ruff") if tool.distribution in BORROWED else None
    except AnalyserFailed:
        program = None
    if program is None:
        return {}
    selected = dict.fromkeys((*codes, *(more for code in codes for more in _FOLLOWS.get(code, ()))))
    argv = (
        str(program), "check", "--isolated", "--no-cache", "--quiet", "--exit-zero", "--preview", "--fix-only",
        "--unsafe-fixes", "--target-version", f"py3{max(target.python_release[1], 7)}", "--select", ",".join(selected),
    )  # fmt: skip
    return rewritten((*argv, *paths), paths, target, sandbox, own_prefixes())
