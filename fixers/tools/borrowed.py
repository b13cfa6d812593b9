"""Repairs of a linter that mends nothing itself, made by our own ruff where it knows its findings by their codes.

The linter is asked afterwards, like after every other repair; what ruff thinks of the rest of the file does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from fixers.checks.scan import AnalyserFailed, own_prefixes, own_tool
from fixers.evidence import Finding
from fixers.runner.sandbox import Sandbox
from fixers.runner.target import Target
from fixers.tools.base import Tool
from fixers.tools.run import rewritten

_PYCODESTYLE = (
    "E201 E202 E203 E211 E221 E222 E223 E224 E225 E226 E227 E228 E231 E241 E242 E251 E252 E261 E262 E265 E266 E271 "
    "E272 E273 E274 E275 E301 E302 E303 E304 E305 E306 E401 E502 E703 E713 E714 E731 W291 W293 W391 W605 F541 F632"
)
BORROWED: Mapping[str, tuple[str, ...]] = {"flake8": (*_PYCODESTYLE.split(),)}
"""By tool: codes that ruff mends without a change of what the program does."""


def borrowed(
    tool: Tool, findings: Sequence[Finding], texts: Mapping[str, str], target: Target, sandbox: Sandbox
) -> dict[str, str]:
    """Return the files of these findings as our ruff mends them; nothing for a tool that it does not stand in for."""
    known = (*BORROWED.get(tool.distribution, ()), *tool.bolder)
    plain = sorted({f.code for f in findings if f.code in BORROWED.get(tool.distribution, ())})
    every = sorted({f.code for f in findings if tool.distribution in BORROWED and f.code.startswith(known)})
    paths = sorted({f.path for f in findings if f.code in every and f.path in texts})
    try:
        program = own_tool("ruff") if paths else None
    except AnalyserFailed:
        program = None
    if program is None:
        return {}
    # A plug-in's code that ruff does not know makes it refuse all of them.
    wanted = (_mended(program, codes, paths, target, sandbox) for codes in dict.fromkeys(map(tuple, (every, plain))))
    return next(filter(None, wanted), {})


def _mended(
    program: Path, codes: Sequence[str], paths: Sequence[str], target: Target, sandbox: Sandbox
) -> dict[str, str]:
    argv = (
        str(program), "check", "--isolated", "--no-cache", "--quiet", "--exit-zero", "--preview", "--fix-only",
        "--unsafe-fixes", "--target-version", f"py3{max(target.python_release[1], 7)}", "--select", ",".join(codes),
    )  # fmt: skip
    return rewritten((*argv, *paths), paths, target, sandbox, own_prefixes())
