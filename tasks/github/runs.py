"""Workflow runs and their failed jobs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from github.Repository import Repository
from github.WorkflowJob import WorkflowJob
from github.WorkflowRun import WorkflowRun

from tasks.github.errors import NotFound, PermissionMissing, translated
from tasks.github.protocol import Job, Run
from tasks.github.raw import asked

_MOST_JOBS = 1000
"""A matrix holds 256 jobs at most; a workflow may have several."""
_MOST_RUNS = 200
_MOST_ON_BRANCH = 100
_FAILED = frozenset({"failure", "timed_out"})


def read_run(repository: Repository, run_id: int) -> Run:
    """Return the run as it is now."""
    with translated(f"reading run {run_id}"):
        return _run(repository.get_workflow_run(run_id))


def runs_of(repository: Repository, head_sha: str) -> Sequence[Run]:
    """Return the runs of a commit, newest first."""
    with translated(f"listing the runs of {head_sha[:12]}"):
        found = [_run(each) for each in islice(repository.get_workflow_runs(head_sha=head_sha), _MOST_RUNS)]
    return sorted(found, key=lambda run: run.id, reverse=True)


def red_runs(repository: Repository, count: int) -> Sequence[Run]:
    """Return the last runs that ended in failure, newest first."""
    with translated("listing the red runs"):
        return tuple(_run(each) for each in islice(repository.get_workflow_runs(status="failure"), count))


def runs_on(repository: Repository, branch: str, path: str) -> Sequence[Run]:
    """Return the last completed runs of a workflow on a branch itself, newest first; none of pull requests into it."""
    with translated(f"listing the runs on {branch}"):
        # PyGithub's types want a Branch; a name is what it sends.
        listed = repository.get_workflow_runs(branch=branch, status="completed")  # type: ignore[arg-type]
        found = [_run(each) for each in islice(listed, _MOST_ON_BRANCH)]
    # A fork's branch of the same name is listed as well.
    own = (run for run in found if run.head_repository == repository.full_name)
    return [run for run in own if _file(run.path) == _file(path) and not run.event.startswith("pull_request")]


def conclusion_of(repository: Repository, run_id: int, attempt: int) -> str | None:
    """Return how an attempt of a run ended; None when GitHub has forgotten it."""
    try:
        with translated(f"reading attempt {attempt} of run {run_id}"):
            found = asked(repository, "GET", f"/actions/runs/{run_id}/attempts/{attempt}")
    except NotFound:
        return None
    conclusion = found.get("conclusion") if isinstance(found, dict) else None
    return conclusion if isinstance(conclusion, str) else None


def failed_jobs(repository: Repository, run_id: int) -> Sequence[Job]:
    """Return the jobs of the latest attempt that failed or timed out."""
    with translated(f"listing the jobs of run {run_id}"):
        jobs = islice(repository.get_workflow_run(run_id).jobs("latest"), _MOST_JOBS)
        return tuple(_job(each, each.conclusion) for each in jobs if each.conclusion in _FAILED)


def rerun_failed(repository: Repository, run_id: int, attempt: int) -> None:
    """Run the failed jobs again; a run that is past `attempt` (when given), or running, is left alone."""
    if attempt and read_run(repository, run_id).attempt > attempt:
        return
    try:
        with translated(f"running the failed jobs of {run_id} again"):
            asked(repository, "POST", f"/actions/runs/{run_id}/rerun-failed-jobs")
    except PermissionMissing as error:
        if "already running" not in str(error):
            raise


def _file(path: str) -> str:
    return path.partition("@")[0]


def _run(run: WorkflowRun) -> Run:
    raw = run.raw_data
    head = raw.get("head_repository") or {}
    # PyGithub refuses a list that holds nulls, and GitHub sends such lists.
    pulls = [each for each in raw.get("pull_requests") or () if each]
    return Run(
        id=run.id,
        attempt=run.run_attempt or 1,
        name=run.name or "",
        path=run.path or "",
        event=run.event or "",
        conclusion=run.conclusion,
        head_branch=run.head_branch or "",
        head_sha=run.head_sha,
        head_repository=head.get("full_name") or "",
        html_url=run.html_url or "",
        pull_numbers=tuple(int(each["number"]) for each in pulls),
    )


def _job(job: WorkflowJob, conclusion: str) -> Job:
    failed = (step.name for step in job.steps or () if step.conclusion in _FAILED)
    return Job(
        id=job.id,
        name=job.name,
        conclusion=conclusion,
        failed_step=next(failed, ""),
        html_url=job.html_url or "",
    )
