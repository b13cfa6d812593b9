"""The step that repairs: inputs and event in; files, outputs, annotations and summary out. It sees no token."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from rich.console import Console

from app.action.annotations import remarks
from app.action.checkout import head_of, within
from app.action.commands import command, stopped
from app.action.event import Event, check_may_run, read_event
from app.action.inputs import FailOn, RunInputs, read_inputs
from app.action.interpreter import interpreter
from app.action.outputs import append_values
from app.action.result import EVIDENCE, PATCH, TRACE, ActionResult, at_root, write_result
from app.action.summary import summary
from app.cli.fix import Options, repair
from app.cli.terminal import patch_lines
from fixers.engine import VERSION
from fixers.evidence import Trace
from fixers.model import Declined, Reason
from fixers.outcome import declined_trace
from fixers.runner.sandbox import SandboxError
from tasks.errors import BadInput, EnvironmentFailed
from tasks.report.quotable import quotable

_ORDER: tuple[FailOn, ...] = ("fixed", "declined", "error", "never")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the runner has its files."""

    workspace: Path
    temporary: Path
    outputs: Path
    summary: Path


def run(environment: Mapping[str, str], stream: TextIO = sys.stdout) -> None:
    """Make an attempt at the checkout of this job and say everywhere what came of it.

    BadInput and Refused before anything has run; whatever the attempt ends in is an output, not an error.
    """
    inputs, event, place = read_inputs(RunInputs, environment), read_event(environment), _place(environment)
    checkout = _checkout(inputs.path, place.workspace)
    head = head_of(checkout, place.workspace)
    check_may_run(event, head)
    options = _options(inputs, checkout, place.workspace)
    with stopped(stream):
        trace = _attempt(options, checkout, Console(file=stream, width=120, highlight=False, color_system=None))
    directory = within(checkout, place.workspace)
    evidence, trace = trace.evidence, quotable(at_root(trace, checkout, directory))
    folder = Path(tempfile.mkdtemp(prefix="goldseam-result-", dir=place.temporary))
    files = write_result(ActionResult(commit=head, directory=directory, trace=trace), evidence, folder)
    if inputs.annotations:
        for line in remarks(trace):
            print(line, file=stream, flush=True)
    _tell(trace, event, stream)
    with place.summary.open("a", encoding="utf-8") as page:
        note = event.read_only if trace.status == "fixed" else ""
        page.write(summary(trace, artifact=inputs.artifact_name, note=note))
    append_values(place.outputs, _outputs(trace, files, folder, inputs.fail_on))


def _place(environment: Mapping[str, str]) -> _Place:
    names = ("GITHUB_WORKSPACE", "RUNNER_TEMP", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise BadInput(f"This command is for the runner of GitHub Actions, which sets {', '.join(missing)}.")
    return _Place(*(Path(environment[name]).resolve() for name in names))


def _checkout(path: Path, workspace: Path) -> Path:
    checkout = (workspace / path).resolve()
    if not checkout.is_dir() or not checkout.is_relative_to(workspace.resolve()):
        raise BadInput(f"The input path must name a directory of the checkout; there is no {str(path)!r} in it.")
    return checkout


def _options(inputs: RunInputs, checkout: Path, workspace: Path) -> Options:
    return Options(
        path=checkout,
        python=interpreter(inputs.python, workspace),
        test_command=inputs.test_command,
        failing=inputs.failing,
        log=workspace / inputs.log if inputs.log else None,
        traceback=None,
        diff=workspace / inputs.diff if inputs.diff else None,
        budget=inputs.budget_seconds,
        budget_candidates=inputs.budget_candidates,
        llm="off",
        seed=inputs.seed,
        jobs=inputs.jobs,
        apply_patch=False,
        patch_out=None,
        trace_out=None,
        evidence_out=None,
        alternatives=None,
        as_json=False,
        trust_target=inputs.trust_target,
    )


def _attempt(options: Options, checkout: Path, console: Console) -> Trace:
    """Repair, and print how it went; what the project's installer printed at its end is shown as well."""
    try:
        trace, _ = repair(options, checkout, console)
    except (EnvironmentFailed, SandboxError) as error:
        tail = getattr(error, "tail", "").rstrip()
        if tail:
            console.print(tail, markup=False, soft_wrap=True)
        next_step = "Read the last lines above; give the inputs python or test-command, or mend what they name."
        trace = declined_trace(VERSION, Declined(Reason.ENVIRONMENT_FAILED, str(error), next_step), {})
    for line in ("", trace.sentence, "", *patch_lines(trace.patch), trace.choice, trace.next_step):
        console.print(f"  {line}".rstrip(), markup=False, soft_wrap=True)
    return trace


def _tell(trace: Trace, event: Event, stream: TextIO) -> None:
    if trace.status == "declined":
        line = command("notice", f"{trace.sentence} {trace.next_step}".strip(), title=f"Goldseam: {trace.reason}")
        print(line, file=stream, flush=True)
    elif trace.status == "fixed" and event.read_only:
        print(command("notice", event.read_only, title="Goldseam: read-only"), file=stream, flush=True)


def _outputs(trace: Trace, files: Mapping[str, Path], folder: Path, fail_on: FailOn) -> dict[str, str]:
    return {
        "status": trace.status,
        "reason": str(trace.reason or ""),
        "sentence": trace.sentence,
        "next-step": trace.next_step,
        "fixer": trace.fixer,
        "result-directory": str(folder),
        "patch-path": str(files.get(PATCH, "")),
        "trace-path": str(files.get(TRACE, "")),
        "evidence-path": str(files.get(EVIDENCE, "")),
        "failed": "true" if _fails(trace, fail_on) else "false",
    }


def _fails(trace: Trace, fail_on: FailOn) -> bool:
    """Say whether the outcome is as bad as the workflow wants this step to fail for."""
    if trace.status == "nothing_to_fix":
        return False
    worked = trace.status != "error" and trace.reason is not Reason.ENVIRONMENT_FAILED
    outcome: FailOn = "error" if not worked else "fixed" if trace.status == "fixed" else "declined"
    return _ORDER.index(outcome) >= _ORDER.index(fail_on)
