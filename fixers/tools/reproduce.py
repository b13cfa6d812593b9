"""Reproduce a red tool: run it on the tree as it stands, and the suite, so that a repair can be held against both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fixers.evidence import Finding, Localized, Observed, RedTool, Reproduction
from fixers.model import Declined, Failure, FailureKind, Frame, Reason, Suspect
from fixers.reproduce import Green, command_run
from fixers.runner.sandbox import Sandbox
from fixers.runner.suite import SuiteResult, run_suite
from fixers.runner.target import Target
from fixers.tools.base import Tool, kept
from fixers.tools.judge import counted
from fixers.tools.registry import tool_named
from fixers.tools.run import check, is_installed

_FAILURES = 200


@dataclass(frozen=True, slots=True)
class ToolRequest:
    """A red command that is no test: which tool, with what, and what a report said of it."""

    tool: str
    arguments: tuple[str, ...] = ()
    reported: tuple[Failure, ...] = ()
    """Findings that a log named; only those are to be mended. None: all that the command finds."""

    @property
    def command(self) -> str:
        """The command as a person would type it."""
        return " ".join((self.tool, *self.arguments))


def reproduce_tool(
    target: Target, sandbox: Sandbox, wanted: ToolRequest, *, test_seconds: float
) -> Observed | Green | Declined:
    """Run the tool in the target's own environment, and then the suite once."""
    tool = tool_named(wanted.tool)
    if tool is None or not is_installed(tool, target):
        return _declined_missing(wanted, tool, target)
    arguments = kept(tool, wanted.arguments)
    ran = check(tool, arguments, target, sandbox)
    if not ran.understood:
        return Declined(
            Reason.ENVIRONMENT_FAILED,
            f"`{wanted.command}` came to no result here (exit code {ran.command.exit_code}): {ran.tail}",
            "Run the same command by hand; a plug-in or a file that its configuration names may be missing.",
        )
    asked = _asked(ran.findings, wanted.reported)
    if not ran.findings or (wanted.reported and not asked):
        return _green(wanted, ran.findings, ran.command.seconds)
    red = RedTool(tool=tool.name, arguments=arguments, version=ran.version, findings=ran.findings, asked=asked)
    suite = run_suite(target, sandbox, test_seconds=test_seconds)
    return _observed(red, tool, suite, ran.command.seconds)


def localize_tool(red: RedTool) -> Localized:
    """Name the places: a tool says itself where they are."""
    findings = red.asked or red.findings
    suspects = tuple(
        Suspect(
            path=finding.path,
            function="",
            line=max(finding.line, 1),
            end_line=max(finding.line, 1),
            score=1.0,
            reasons=(f"{red.tool}: {finding.code} {finding.message}",),
        )
        for finding in findings[:_FAILURES]
    )
    return Localized(suspects=suspects)


def _observed(red: RedTool, tool: Tool, suite: SuiteResult, seconds: float) -> Observed:
    usable = suite.complete and bool(suite.tests) and not suite.hanging
    tests = suite.tests if usable else ()
    document = Reproduction(
        suite_size=max(suite.collected, len(tests)) if usable else 0,
        failing=(),
        other_failures=suite.ids("failed") if usable else (),
        repeats=1,
        consistent=True,
        seconds=round(seconds + suite.seconds, 2),
        commands=(command_run("baseline", suite),) if usable else (),
        tool=red,
    )
    return Observed(
        reproduction=document,
        failures=tuple(_failure(finding, tool) for finding in (red.asked or red.findings)[:_FAILURES]),
        outcomes={t.id: t.outcome for t in tests},
        durations={t.id: t.seconds for t in tests},
        rootdir=suite.rootdir,
        suite_seconds=round(suite.seconds, 2),
        notes=() if usable else (f"{_why_no_suite(suite)} The proof stands on {tool.name} and on static gates.",),
    )


def _why_no_suite(suite: SuiteResult) -> str:
    if suite.exit_code == 5 or (suite.complete and not suite.tests):
        return "pytest collects no test here."
    return f"The suite could not be run (exit code {suite.exit_code})."


def _failure(finding: Finding, tool: Tool) -> Failure:
    return Failure(
        kind=FailureKind.TYPE_CHECK if tool.kind == "types" else FailureKind.LINT,
        exception=finding.code,
        message=finding.message,
        frames=(Frame(path=finding.path, line=finding.line, function="", in_project=True),),
        command=tool.name,
        tool=tool.distribution,
        excerpt=f"{finding.path}:{finding.line}: {finding.code} {finding.message}",
    )


def _asked(findings: Sequence[Finding], reported: Sequence[Failure]) -> tuple[Finding, ...]:
    """Return the findings that a report names by file and code; lines may have moved since."""
    named = {(frame.path, failure.exception) for failure in reported for frame in failure.frames[-1:]}
    files = {path for path, code in named if not code or code == "unformatted"}
    return tuple(f for f in findings if (f.path, f.code) in named or f.path in files)


def _green(wanted: ToolRequest, findings: Sequence[Finding], seconds: float) -> Green | Declined:
    if not wanted.reported:
        return Green(0, seconds, f"Nothing to repair: `{wanted.command}` finds nothing.")
    others = f"; it finds {counted(len(findings))} of another kind" if findings else ""
    return Declined(
        Reason.NOT_REPRODUCED,
        f"`{wanted.command}` does not find here what the log shows{others}.",
        "Compare the tool's version and its configuration with those of the failing run.",
    )


def _declined_missing(wanted: ToolRequest, tool: Tool | None, target: Target) -> Declined:
    name = tool.distribution if tool else wanted.tool
    return Declined(
        Reason.ENVIRONMENT_FAILED,
        f"{name} is not installed in the project's environment ({target.provenance.split(';')[0]}), and no other "
        "version than the project's own may judge it.",
        f"Name {name} where the project says what development needs, or give an environment that has it: --python.",
    )
