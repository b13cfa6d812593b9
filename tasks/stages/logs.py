"""What the red runs of a commit say: failures, or the reason why there is nothing to repair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from fixers.failures import read_junit, read_log
from fixers.failures.infrastructure import declined_runner
from fixers.model import Declined, Failure, FailureKind, Reason
from tasks.github.errors import NotFound
from tasks.github.protocol import Job, Reader, Run
from tasks.stages.before import Base, moved_on, passed_before, red_base
from tasks.store.models import Attempt

RED = frozenset({"failure", "timed_out", "startup_failure"})
MOST_RUNS = 5
MOST_JOBS = 10
"""Of one run; a matrix repeats the same failures."""
MOST_FAILURES = 200
_BY_FILE = frozenset({FailureKind.LINT, FailureKind.TYPE_CHECK})


@dataclass(frozen=True, slots=True)
class Observation:
    """What was read."""

    branch: str
    runs: tuple[Run, ...]
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]
    base: Base | None = None
    """Where the pull request goes, when the same workflow is red there."""
    fork_pull: int = 0
    """Number of the pull request when the commit is of a fork."""


@dataclass(slots=True)
class _Reading:
    failures: dict[tuple[str, ...], Failure] = field(default_factory=dict)
    infrastructure: str = ""
    notes: list[str] = field(default_factory=list)

    def add(self, found: Iterable[Failure]) -> None:
        """Keep failures not told before: a test's second telling, by JUnit or another job, is the same fault."""
        for failure in found:
            if failure.kind is FailureKind.INFRASTRUCTURE:
                self.infrastructure = self.infrastructure or failure.message
            elif len(self.failures) < MOST_FAILURES:
                self.failures.setdefault(failure.test_ids or _named_by(failure), failure)


def _named_by(failure: Failure) -> tuple[str, ...]:
    """Name a failure of no test; a linter says the same of many files."""
    place = failure.frames[-1].path if failure.kind in _BY_FILE and failure.frames else ""
    return (failure.exception, failure.message, place)


def observe_runs(reader: Reader, attempt: Attempt, *, forks: bool = False) -> Observation | Declined:
    """Read the logs and JUnit files of the red runs at the attempt's commit; those of forks if that is allowed."""
    runs = _runs(reader, attempt)
    red = [run for run in runs if run.conclusion in RED][:MOST_RUNS]
    if not red and attempt.run_id is None:
        return _elsewhere(reader, attempt)
    pull = _fork_pull(reader, red, attempt, forks=forks)
    if isinstance(pull, Declined):
        return pull
    moved = None if pull or not red else moved_on(reader, attempt, red[0].head_branch)
    refused = _refused(red, runs) or moved or passed_before(reader, red)
    if refused is not None:
        return refused
    reading = _Reading()
    for run in red:
        _read_run(reader, run, reading)
    if not reading.failures:
        return _nothing_read(reading, red)
    base = None if pull else red_base(reader, red)
    # A fork's branch may have any name, that of a branch here for instance.
    branch = f"pull/{pull}" if pull else red[0].head_branch
    return Observation(branch, tuple(red), tuple(reading.failures.values()), tuple(reading.notes), base, pull)


def _elsewhere(reader: Reader, attempt: Attempt) -> Observation | Declined:
    """Take another CI system's word that the commit is red; running the tests shows what fails."""
    moved = moved_on(reader, attempt, attempt.base)
    if moved is not None:
        return moved
    note = "Another CI system says that the commit is red. Its log was not read; the tests that fail here are repaired."
    return Observation(attempt.base, (), (), (note,))


def _fork_pull(reader: Reader, red: Sequence[Run], attempt: Attempt, *, forks: bool) -> int | Declined:
    """Return the number of the fork's pull request, 0 for a commit of this repository."""
    strange = [run.head_repository for run in red if run.head_repository != attempt.repository]
    if not strange:
        return 0
    if not forks:
        return Declined(
            Reason.UNSUPPORTED,
            "The run is of a fork, whose code is not run here.",
            "Run `goldseam fix` on a checkout of the fork, or let the server's policy allow `forks`.",
        )
    found = [
        pull.number
        for pull in reader.pulls_of(attempt.head_sha)
        if pull.state == "open" and pull.head_sha == attempt.head_sha and pull.head_repository in strange
    ]
    if not found:
        return Declined(Reason.SUPERSEDED, "No open pull request of a fork has that commit as its head.", "")
    return found[0]


def _runs(reader: Reader, attempt: Attempt) -> Sequence[Run]:
    runs = {run.id: run for run in reader.runs_of(attempt.head_sha)}
    if attempt.run_id is not None and attempt.run_id not in runs:
        runs[attempt.run_id] = reader.run(attempt.run_id)
    # The run that was reported comes first, so that the commit's base does not depend on GitHub's order.
    return sorted(runs.values(), key=lambda run: (run.id != attempt.run_id, run.id))


def _refused(red: Sequence[Run], runs: Sequence[Run]) -> Declined | None:
    if not red and any(run.conclusion == "success" for run in runs):
        return Declined(
            Reason.FLAKY,
            "The run passed when it was run again, at the same commit.",
            "Look for shared state, time, randomness or the network in the tests that failed first.",
        )
    if not red:
        return Declined(Reason.SUPERSEDED, "No run of that commit is red any more.", "Nothing needs to be done.")
    if any(run.head_branch.startswith("goldseam/") for run in red):
        return Declined(
            Reason.SUPERSEDED,
            "The run is of a branch of Goldseam's own; it belongs to the attempt that made the branch.",
            "See that attempt's pull request.",
        )
    return None


def _read_run(reader: Reader, run: Run, reading: _Reading) -> None:
    jobs = reader.failed_jobs(run.id)
    if len(jobs) > MOST_JOBS:
        reading.notes.append(f"Only {MOST_JOBS} of {len(jobs)} red jobs of {run.name} were read.")
    for job in jobs[:MOST_JOBS]:
        _read_job(reader, job, reading)
    for _, document in islice(reader.junit_reports(run.id), 100):
        reading.add(read_junit(document))


def _read_job(reader: Reader, job: Job, reading: _Reading) -> None:
    try:
        report = read_log(reader.job_log(job.id))
    except NotFound:
        reading.notes.append(f"The log of {job.name} is gone.")
        return
    reading.add(report.failures)
    reading.infrastructure = reading.infrastructure or report.infrastructure
    if report.truncated or report.dropped:
        reading.notes.append(f"The log of {job.name} was not read to its end.")


def _nothing_read(reading: _Reading, red: Sequence[Run]) -> Declined:
    if reading.infrastructure:
        return declined_runner(reading.infrastructure)
    if red[0].conclusion == "startup_failure":
        return Declined(
            Reason.UNSUPPORTED,
            f"{red[0].name} did not start, so nothing was run that could have failed.",
            f"See what GitHub says of the workflow file: {red[0].html_url}",
        )
    return Declined(
        Reason.UNSUPPORTED,
        f"The logs of {red[0].name} name no failure of Python code that could be read.",
        "Let the workflow print pytest's own output, or upload its JUnit file as an artifact.",
    )
