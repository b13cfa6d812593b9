"""What the last red runs of a repository were, read off their logs alone: nothing is run and nothing is cloned."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from fixers.failures import read_log, run_fingerprint
from fixers.model import Contract, Failure, FailureKind
from tasks.github.errors import NotFound
from tasks.github.protocol import Reader, Run
from tasks.github.talk import OWN_BRANCHES

COUNT = 10
MOST_JOBS = 3
"""Of one run; a matrix repeats the same failures."""
LONGEST_SECONDS = 240.0

Outcome = Literal["repair", "flaky", "infrastructure", "unread", "fork", "gone"]


class SeenRun(Contract):
    """One red run."""

    id: int
    name: str
    html_url: str
    branch: str
    head_sha: str
    outcome: Outcome
    """`repair`: of a kind that Goldseam tries to repair, which is no promise that it would have found one."""
    fingerprint: str = ""
    """Of its failures; two runs that show the same fault have the same one."""
    failures: int = 0
    first: str = ""
    """The first failing test, or what ended the run; hostile text."""


class Survey(Contract):
    """The last red runs, newest first."""

    schema_version: Literal["1.0"] = "1.0"
    runs: tuple[SeenRun, ...] = ()
    unread: int = 0
    """Red runs for which there was no time."""


def look_back(
    reader: Reader, *, repository: str, repository_id: int, clock: Callable[[], float] = time.monotonic
) -> Survey:
    """Read the last ten red runs; those of Goldseam's own branches are left out."""
    end = clock() + LONGEST_SECONDS
    runs = [run for run in reader.red_runs(2 * COUNT) if not run.head_branch.startswith(OWN_BRANCHES)][:COUNT]
    seen: list[SeenRun] = []
    for run in runs:
        if clock() > end:
            break
        seen.append(_seen(reader, run, repository, repository_id))
    return Survey(runs=tuple(seen), unread=len(runs) - len(seen))


def _seen(reader: Reader, run: Run, repository: str, repository_id: int) -> SeenRun:
    outcome, failures, first = _read(reader, run, repository)
    return SeenRun(
        id=run.id,
        name=run.name,
        html_url=run.html_url,
        branch=run.head_branch,
        head_sha=run.head_sha,
        outcome=outcome,
        # The same ingredients as an attempt's own, so that a later proposal can be recognized here.
        fingerprint=run_fingerprint(failures, repository=str(repository_id), base=run.head_branch) if failures else "",
        failures=len(failures),
        first=first[:300],
    )


def _read(reader: Reader, run: Run, repository: str) -> tuple[Outcome, tuple[Failure, ...], str]:
    if run.head_repository != repository:
        return "fork", (), ""
    reports, gone = [], 0
    for job in reader.failed_jobs(run.id)[:MOST_JOBS]:
        try:
            reports.append(read_log(reader.job_log(job.id)))
        except NotFound:
            gone += 1
    found = [failure for report in reports for failure in report.failures]
    broken = next((f.message for f in found if f.kind is FailureKind.INFRASTRUCTURE), "")
    broken = broken or next((report.infrastructure for report in reports if report.infrastructure), "")
    failures = tuple(failure for failure in found if failure.kind is not FailureKind.INFRASTRUCTURE)
    if failures:
        # A later run of the same workflow on the same code passed: the code was not what differed.
        passed = any(each.path == run.path and each.conclusion == "success" for each in reader.runs_of(run.head_sha))
        return "flaky" if passed else "repair", failures, _first(failures[0])
    if broken:
        return "infrastructure", (), broken
    return ("gone" if gone and not reports else "unread"), (), ""


def _first(failure: Failure) -> str:
    return failure.test_ids[0] if failure.test_ids else failure.exception or failure.message
