"""What is asked before a repair: whether it still matters, and whether this branch's code is at fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from fixers.failures import read_log
from fixers.model import Declined, Failure, Reason
from tasks.github.errors import NotFound
from tasks.github.protocol import Reader, Run
from tasks.store.models import Attempt

MOST_ATTEMPTS = 3
"""Of a run's earlier ones, how many are asked for."""
MOST_JOBS = 5
"""Of the base's red run, whose logs are read."""
_PULL_EVENTS = frozenset({"pull_request", "pull_request_target", "merge_group"})


def moved_on(reader: Reader, attempt: Attempt, branch: str) -> Declined | None:
    """Return why a commit is left alone that is its branch's head no longer; a retry that a person asked for is not."""
    if not branch or attempt.follows is not None:
        return None
    head = reader.branch_sha(branch)
    if head == attempt.head_sha:
        return None
    if head is None:
        return Declined(
            Reason.SUPERSEDED,
            f"The branch {branch} is gone.",
            "Nothing needs to be done.",
        )
    return Declined(
        Reason.SUPERSEDED,
        f"{branch} has moved on to {head[:7]}; {attempt.head_sha[:7]} is its head no longer.",
        f"If {branch} is red at {head[:7]} as well, its run there is looked at.",
    )


def passed_before(reader: Reader, red: Sequence[Run]) -> Declined | None:
    """Return that a run is flaky which passed in an earlier attempt, at the same commit."""
    for run in red:
        for number in range(run.attempt - 1, max(0, run.attempt - 1 - MOST_ATTEMPTS), -1):
            if reader.conclusion_of(run.id, number) == "success":
                return Declined(
                    Reason.FLAKY,
                    f"{run.name} passed in attempt {number} and failed in attempt {run.attempt}, at the same commit.",
                    "Look for time, randomness, the network or a service that the failing tests use.",
                )
    return None


@dataclass(frozen=True, slots=True)
class Base:
    """A branch that pull requests go into, where the same workflow is red."""

    branch: str
    run: Run
    failing: frozenset[str]


def red_base(reader: Reader, red: Sequence[Run]) -> Base | None:
    """Return what fails on the base of a pull request's run already; None when nothing does."""
    run = next((each for each in red if each.event in _PULL_EVENTS), None)
    branch = _base_of(reader, run) if run is not None else ""
    if run is None or not branch:
        return None
    latest = next(iter(reader.runs_on(branch, run.path)), None)
    if latest is None or latest.conclusion not in {"failure", "timed_out"}:
        return None
    return Base(branch, latest, frozenset(_failing(reader, latest)))


def without_base(
    failures: Sequence[Failure], base: Base, known: Callable[[str], int | None]
) -> tuple[Failure, ...] | Declined:
    """Leave out what fails on the base as well; the reason to do nothing when nothing is left.

    `known` tells the attempt at a commit, for the pointer to where the base is looked after.
    """
    own = tuple(_own(failures, base.failing))
    if own:
        return own
    attempt = known(base.run.head_sha)
    where = f"attempt {attempt} is at it" if attempt is not None else "Goldseam has not heard of it"
    return Declined(
        Reason.BASE_IS_RED,
        f"The same tests fail on {base.branch} at {base.run.head_sha[:7]}; {where}.",
        f"Repair {base.branch} first ({base.run.html_url}), then bring it into this branch.",
    )


def _own(failures: Sequence[Failure], known: frozenset[str]) -> Iterator[Failure]:
    for failure in failures:
        left = tuple(test for test in failure.test_ids if test not in known)
        if left == failure.test_ids:
            yield failure
        elif left:
            yield failure.model_copy(update={"test_ids": left})


def _base_of(reader: Reader, run: Run) -> str:
    if run.pull_numbers:
        return reader.pull(run.pull_numbers[0]).base_branch
    return next((pull.base_branch for pull in reader.pulls_of(run.head_sha) if pull.state == "open"), "")


def _failing(reader: Reader, run: Run) -> Iterator[str]:
    for job in reader.failed_jobs(run.id)[:MOST_JOBS]:
        try:
            report = read_log(reader.job_log(job.id))
        except NotFound:
            continue
        for failure in report.failures:
            yield from failure.test_ids
