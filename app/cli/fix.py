"""`goldseam fix`: repair a checkout here and now, without a server and without GitHub."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from app.cli.alternatives import write_alternatives
from app.cli.terminal import Terminal, show_trace
from app.schemas import FixReport
from fixers import patch as patches
from fixers.engine import VERSION, attempt
from fixers.evidence import Trace
from fixers.failures import read_log, read_traceback
from fixers.failures.infrastructure import declined_runner
from fixers.model import Declined, Failure
from fixers.outcome import declined_trace
from fixers.request import Request
from fixers.runner.sandbox import Sandbox
from tasks.environment.tool_command import read_tool_command, reported_tool
from tasks.errors import BadInput
from tasks.prepare import Wishes, expected_ids, exported, local_policy, prepare, split_command
from tasks.report.trace import trace_markdown
from tasks.sandbox.choose import sandbox as choose_sandbox

DECLINED, INTERRUPTED = 1, 130


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for, under the names by which click passes it on."""

    path: Path
    python: Path | None
    test_command: str | None
    failing: tuple[str, ...]
    log: Path | None
    traceback: Path | None
    diff: Path | None
    budget: float
    budget_candidates: int
    llm: str
    seed: int
    jobs: int
    apply_patch: bool
    patch_out: Path | None
    trace_out: Path | None
    evidence_out: Path | None
    alternatives: Path | None
    as_json: bool
    trust_target: bool


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path())
@click.option("--python", "python", type=click.Path(path_type=Path), help="Interpreter of an environment that stands.")
@click.option("--test-command", help='For example "python -m pytest tests"; `python` means the interpreter in use.')
@click.option("--failing", multiple=True, metavar="TESTID", help="Repair this test only; may be repeated.")
@click.option("--log", "log", type=click.Path(path_type=Path), help="A CI log that shows the failure.")
@click.option("--traceback", "traceback", type=click.Path(path_type=Path), help="A traceback from production.")
@click.option("--diff", "diff", type=click.Path(path_type=Path), help="What the red push changed: suspected first.")
@click.option("--budget", type=click.FloatRange(min=0), default=60.0, show_default=True, help="Seconds of search.")
@click.option(
    "--budget-candidates",
    type=click.IntRange(min=0),
    default=250_000,
    show_default=True,
    help="Candidates at most; unlike seconds, the same on every machine.",
)
@click.option("--llm", type=click.Choice(["off", "on"]), default="off", show_default=True, help="Ask a model last.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the random order of the second suite run.")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Candidates run at once.")
@click.option("--apply", "apply_patch", is_flag=True, help="Write the proven patch into the checkout.")
@click.option("--patch-out", type=click.Path(path_type=Path), help="Write the patch here.")
@click.option("--trace-out", type=click.Path(path_type=Path), help="Write the trace here, as Markdown or .json.")
@click.option("--evidence-out", type=click.Path(path_type=Path), help="Write the evidence bundle here.")
@click.option(
    "--alternatives", type=click.Path(path_type=Path), help="Write alternatives here: a patch and a test each."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--trust-target", is_flag=True, help="Run the target's code without a sandbox.")
def fix(**given: Any) -> None:
    """Repair the checkout at PATH and prove the repair; nothing is changed without --apply.

    Exit codes: 0 a proven patch or nothing to fix, 1 declined, 2 wrong usage, 3 the
    environment could not be made to run, 4 an internal error, 130 interrupted.
    """
    options = Options(**given)
    checkout = _checkout(options.path)
    _check_outputs(options)
    console = Console(stderr=options.as_json, highlight=False, quiet=options.as_json)
    trace, interrupted = repair(options, checkout, console)
    cache = cache_directory()
    evidence_file = _write(trace, options, cache)
    if options.apply_patch and trace.status == "fixed":
        _apply(trace, checkout)
    if options.as_json:
        click.echo(FixReport.of(trace).model_dump_json(indent=2))
    else:
        show_trace(console, trace, path=_again(options, trace), evidence_file=evidence_file)
    sys.exit(INTERRUPTED if interrupted else DECLINED if trace.status == "declined" else 0)


def _again(options: Options, trace: Trace) -> str:
    """Return the checkout as further commands name it, with the test command that they need to run the same tests."""
    tool = trace.evidence is not None and trace.evidence.tool is not None
    if not options.test_command or tool:
        return str(options.path)
    return f"{options.path} --test-command {shlex.quote(options.test_command)}"


def repair(options: Options, checkout: Path, console: Console) -> tuple[Trace, bool]:
    """Make one attempt at a checkout, changing nothing; True beside its trace when a person interrupted it.

    BadInput, EnvironmentFailed or SandboxError when there can be no attempt.
    """
    wishes = _wishes(options, checkout)
    if isinstance(wishes, Declined):
        return declined_trace(VERSION, wishes, {}), False
    sandbox = choose_sandbox(trust_target=options.trust_target)
    cache = cache_directory() / "environments"
    with exported(checkout) as tree:
        request = prepare(tree, mount=str(checkout), cache=cache, wishes=wishes, commit=_commit(checkout))
        return _attempt(_with_model(request, options.llm), sandbox, console)


def _checkout(path: Path) -> Path:
    if not path.exists():
        raise BadInput(f"{path} does not exist. Give the directory of a checkout.")
    if not path.is_dir():
        raise BadInput(f"{path} is a file. Give the directory of a checkout.")
    return path.resolve()


def _check_outputs(options: Options) -> None:
    """Raise BadInput, before anything has run, when a file that was asked for could not be written."""
    directory = options.alternatives
    if directory is not None and (
        not directory.absolute().parent.is_dir() or (directory.exists() and not directory.is_dir())
    ):
        raise BadInput(f"{directory} cannot be written: {directory.absolute().parent} must be a directory, and so it.")
    for file in (options.patch_out, options.trace_out, options.evidence_out):
        if file is not None and (file.is_dir() or not file.absolute().parent.is_dir()):
            raise BadInput(f"{file} cannot be written: {file.absolute().parent} must be a directory, and it a file.")


def _wishes(options: Options, checkout: Path) -> Wishes | Declined:
    """Join what the options, the reports and the checkout's policy file ask for; an option comes before the file.

    Declined when the report or the command is of a kind that no run here could change.
    """
    reported = _reported(options.log, options.traceback, checkout)
    if isinstance(reported, Declined):
        return reported
    policy = local_policy(checkout)
    given = split_command(options.test_command) if options.test_command else None
    tool = read_tool_command(given) if given else reported_tool(reported)
    if isinstance(tool, Declined):
        return tool
    if tool is not None and given and reported:
        tool = replace(tool, reported=reported)
    return Wishes(
        python=options.python.absolute() if options.python else None,  # not resolved: a venv is found by its link
        python_version=policy.python,
        test_command=given if given and tool is None else policy.test_command,
        setup=policy.setup,
        asked=options.failing,
        expected=expected_ids(reported),
        reported=tuple(failure for failure in reported if not failure.test_ids),
        tool=tool,
        changed=_changed(options.diff),
        budget_seconds=options.budget,
        budget_candidates=options.budget_candidates,
        seed=options.seed,
        jobs=options.jobs,
        trusted=options.trust_target,
    )


def _reported(log: Path | None, traceback: Path | None, checkout: Path) -> tuple[Failure, ...] | Declined:
    """Return the failures that a given report names; BadInput when there are none in it.

    Declined when it was the runner, and not the code, that ended the run.
    """
    failures: tuple[Failure, ...] = ()
    files = [p.relative_to(checkout).as_posix() for p in checkout.rglob("*.py")] if log or traceback else []
    for given, read in ((log, _read_log), (traceback, _read_traceback)):
        if given is None:
            continue
        if not given.is_file():
            raise BadInput(f"{given} is not a file.")
        try:
            found = read(given, files)
        except OSError as error:
            raise BadInput(f"{given} cannot be read: {error.strerror}.") from error
        if isinstance(found, Declined):
            return found
        if not found:
            raise BadInput(
                f"{given} holds no failure that Goldseam can read. Run without it to look at the suite itself."
            )
        failures += found
    return failures


def _changed(diff: Path | None) -> dict[str, frozenset[int]]:
    """Return the lines that a given diff changed; BadInput when it cannot be read or changes nothing."""
    if diff is None:
        return {}
    try:
        found = patches.changed_lines(diff.read_text(encoding="utf-8", errors="surrogateescape"))
    except OSError as error:
        raise BadInput(f"{diff} cannot be read: {error.strerror}.") from error
    except patches.PatchDoesNotApply as error:
        raise BadInput(f"{diff} is not a diff as git writes it. {error}") from error
    if not found:
        raise BadInput(f"{diff} changes no file. Write it with: git diff BASE HEAD")
    return found


def _read_log(path: Path, files: list[str]) -> tuple[Failure, ...] | Declined:
    with path.open("rb") as stream:
        report = read_log(iter(lambda: stream.read(1 << 16), b""), project_files=files)
    if report.infrastructure and not report.failures:
        return declined_runner(report.infrastructure)
    return report.failures


def _read_traceback(path: Path, files: list[str]) -> tuple[Failure, ...]:
    return read_traceback(path.read_text(errors="replace"), project_files=files)


def _with_model(request: Request, llm: str) -> Request:
    if llm == "off":
        return request
    from fixers.llm.fixer import model_fixer  # noqa: PLC0415 - the SDK loads slowly and is seldom wanted

    return replace(request, fixers=(model_fixer(),))


def _attempt(request: Request, sandbox: Sandbox, console: Console) -> tuple[Trace, bool]:
    with Terminal(console, request.budget_seconds).running() as terminal:
        return attempt(request, sandbox, terminal), terminal.interrupted


def _write(trace: Trace, options: Options, cache: Path) -> str:
    """Write what was asked for, and the evidence in any case; return where the evidence is."""
    if options.patch_out is not None and trace.patch:
        options.patch_out.write_text(trace.patch)
    if options.trace_out is not None:
        is_json = options.trace_out.suffix == ".json"
        options.trace_out.write_text(trace.model_dump_json(indent=2) if is_json else trace_markdown(trace))
    if options.alternatives is not None:
        write_alternatives(trace.alternatives, options.alternatives)
    if trace.evidence is None:
        return ""
    place = options.evidence_out
    if place is None:
        place = cache / "evidence" / f"{trace.evidence.patch_digest.removeprefix('sha256:')[:12]}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(trace.evidence.model_dump_json(indent=2))
    return str(place)


def _apply(trace: Trace, checkout: Path) -> None:
    """Write the patched files, each whole or not at all; BadInput when the checkout is no longer the one proven."""
    try:
        texts = {path: (checkout / path).read_bytes().decode() for path in patches.touched(trace.patch)}
        edits = patches.apply(trace.patch, texts)
    except (patches.PatchDoesNotApply, FileNotFoundError, UnicodeDecodeError) as error:
        raise BadInput(f"The checkout was changed meanwhile, so nothing was written. {error}") from error
    for edit in edits:
        target = checkout / edit.path
        fresh = target.with_name(f".{target.name}.goldseam")
        fresh.write_bytes(edit.after.encode())
        fresh.chmod(target.stat().st_mode & 0o777)
        fresh.replace(target)


def _commit(checkout: Path) -> str:
    """Return the commit of HEAD by reading files only: no git runs in a tree that others can write."""
    head = checkout / ".git" / "HEAD"
    try:
        text = head.read_text().strip()
        if text.startswith("ref: "):
            text = (checkout / ".git" / text.removeprefix("ref: ")).read_text().strip()
    except OSError:
        return ""
    return text if len(text) in {40, 64} else ""


def cache_directory() -> Path:
    """Return the user's cache directory for Goldseam."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "goldseam"
