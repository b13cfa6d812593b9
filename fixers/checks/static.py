"""The static gate: no analyser may find anything new in the patched files."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fixers.checks.compilation import compile_check
from fixers.checks.ruff import ruff_check
from fixers.checks.scan import AnalyserFailed
from fixers.checks.semgrep import semgrep_check
from fixers.evidence import Gate, StaticCheck
from fixers.model import FileEdit
from fixers.runner.sandbox import Sandbox
from fixers.runner.target import Target

_SHOWN = 3


def run_static(edits: Sequence[FileEdit], *, sandbox: Sandbox, target: Target) -> tuple[StaticCheck, ...]:
    """Run every analyser over both sides of the edits; cheapest first, all of them.

    An analyser that comes to no result counts as one new finding that says so:
    what was not looked at is not proven.
    """
    checks: tuple[tuple[str, Callable[[], StaticCheck]], ...] = (
        ("compile", lambda: compile_check(edits, sandbox=sandbox, target=target)),
        ("ruff", lambda: ruff_check(edits, sandbox=sandbox, python_version=target.python_version)),
        ("semgrep", lambda: semgrep_check(edits, sandbox=sandbox)),
    )
    return tuple(_result(tool, check) for tool, check in checks)


def static_gate(checks: Sequence[StaticCheck], name: str = "static analysis") -> Gate:
    """Pass when no analyser reports anything that was not there before."""
    new = [f"{check.tool}: {finding}" for check in checks for finding in check.new]
    if new:
        more = f"; and {len(new) - _SHOWN} more" if len(new) > _SHOWN else ""
        return Gate(name=name, passed=False, detail="; ".join(new[:_SHOWN]) + more + ".")
    tools = ", ".join(f"{check.tool} {check.version}" for check in checks)
    return Gate(name=name, passed=bool(checks), detail=f"Nothing new from {tools or 'no analyser at all'}.")


def _result(tool: str, check: Callable[[], StaticCheck]) -> StaticCheck:
    try:
        return check()
    except AnalyserFailed as error:
        return StaticCheck(tool=tool, version="", before=0, after=0, new=(f"no result: {error}",))
