"""What a tool says of a patched tree, compared with what it said before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fixers.evidence import CommandRun, Finding, RedTool
from fixers.runner.sandbox import Sandbox
from fixers.runner.target import Target
from fixers.tools.registry import tool_named
from fixers.tools.run import ToolRun, check

_LINE = re.compile(r"\bline \d+")
_QUOTING = re.compile(r"(E501|W505|SIM|C4|UP|PERF|FURB|RET|PIE|FLY|PTH|D[24]|RUF0[01]|PLR[157])\d*$")
"""Codes of style whose message quotes the code, or its length: a repair of something else nearby changes it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The tool's word on a patched tree."""

    passed: bool
    """Whether all findings that were asked for are gone, and none is new."""
    detail: str
    findings: tuple[Finding, ...]
    command: CommandRun


def judge(red: RedTool, target: Target, sandbox: Sandbox) -> Judged:
    """Run the red tool over a patched tree; what cannot be read passes nothing."""
    tool = tool_named(red.tool)
    if tool is None:
        never = CommandRun(purpose="static", argv=(red.tool,), exit_code=-1, seconds=0.0)
        return Judged(False, f"{red.tool} is no tool that this version of Goldseam knows.", (), never)
    return _judged(red, check(tool, red.arguments, target, sandbox))


def appeared(before: Sequence[Finding], after: Sequence[Finding]) -> list[Finding]:
    """List what is found after and was not before; a finding that only moved is not new."""
    known = Counter(map(identity, before))
    new = []
    for finding in after:
        if known[identity(finding)] > 0:
            known[identity(finding)] -= 1
        else:
            new.append(finding)
    return new


def gone_and_left(before: Sequence[Finding], after: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Part findings into those that are no longer found and those that are."""
    there = Counter(map(identity, after))
    gone: list[Finding] = []
    left: list[Finding] = []
    for finding in before:
        if there[identity(finding)] > 0:
            there[identity(finding)] -= 1
            left.append(finding)
        else:
            gone.append(finding)
    return gone, left


def shown(finding: Finding) -> str:
    """Return a finding in one line, as tools print them."""
    line = f":{finding.line}" if finding.line else ""
    return f"{finding.path}{line} {finding.code} {finding.message}".rstrip(".")


def counted(number: int) -> str:
    """Return `1 finding`, `14 findings`."""
    return "1 finding" if number == 1 else f"{number} findings"


def identity(finding: Finding) -> tuple[str, str, str]:
    """Return what stays of a finding when only its line moves."""
    message = "" if _QUOTING.match(finding.code) else _LINE.sub("line", finding.message)
    return finding.path, finding.code, message


def _judged(red: RedTool, ran: ToolRun) -> Judged:
    if not ran.understood:
        return Judged(False, f"{red.tool} came to no result: {ran.tail}.", (), ran.command)
    new = appeared(red.findings, ran.findings)
    left = _still_there(red, ran.findings)
    if new:
        return Judged(False, f"New: {shown(new[0])} ({len(new)} in all).", ran.findings, ran.command)
    if left:
        return Judged(False, f"Still there: {shown(left[0])} ({len(left)} in all).", ran.findings, ran.command)
    rest = f"{counted(len(ran.findings))} as before" if ran.findings else "nothing is left"
    gone = len(red.asked or red.findings)
    return Judged(True, f"{counted(gone)} gone, none new; {rest}.", ran.findings, ran.command)


def _still_there(red: RedTool, after: Sequence[Finding]) -> list[Finding]:
    """List what was asked for and is left; of findings that look alike, those that nobody asked for may stay."""
    asked = red.asked or red.findings
    others = Counter(map(identity, red.findings)) - Counter(map(identity, asked))
    counts = Counter(map(identity, after)) - others
    return [finding for finding in asked if counts[identity(finding)] > 0]
