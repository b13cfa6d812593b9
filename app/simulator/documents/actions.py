"""Workflow runs, jobs and artifacts."""

from __future__ import annotations

from datetime import timedelta

from app.simulator.documents import Document, node, stamp
from app.simulator.documents.accounts import account
from app.simulator.documents.pulls import pull_link
from app.simulator.documents.repositories import api, page, repository, simple_commit
from app.simulator.git import GitFailed
from app.simulator.hub import Hub
from app.simulator.records import Artifact, Job, Repository, Run

ARTIFACT_LIFE = timedelta(days=90)


def run(hub: Hub, repo: Repository, record: Run) -> Document:
    """Return a workflow run as its latest attempt left it."""
    address = f"{api(hub, repo)}/actions/runs/{record.id}"
    suite = f"{api(hub, repo)}/check-suites/{record.check_suite_id}"
    head = _head_commit(repo, record.head_sha)
    return {
        "id": record.id,
        "name": record.name,
        "node_id": node("WFR", record.id),
        "check_suite_id": record.check_suite_id,
        "check_suite_node_id": node("CS", record.check_suite_id),
        "head_branch": record.head_branch,
        "head_sha": record.head_sha,
        "path": record.path,
        "display_title": head["message"].partition("\n")[0] if head else record.name,
        "run_number": record.number,
        "run_attempt": record.attempt,
        "event": record.event,
        "status": "completed",
        "conclusion": record.conclusion,
        "workflow_id": record.workflow_id,
        "url": address,
        "html_url": f"{page(hub, repo)}/actions/runs/{record.id}",
        "pull_requests": [pull_link(hub, repo, repo.pulls[number]) for number in record.pull_numbers],
        "created_at": stamp(record.created_at),
        "updated_at": stamp(record.created_at),
        "run_started_at": stamp(record.created_at),
        "actor": account(hub, record.actor),
        "triggering_actor": account(hub, record.actor),
        "jobs_url": f"{address}/jobs",
        "logs_url": f"{address}/logs",
        "check_suite_url": suite,
        "artifacts_url": f"{address}/artifacts",
        "cancel_url": f"{address}/cancel",
        "rerun_url": f"{address}/rerun",
        "previous_attempt_url": f"{address}/attempts/{record.attempt - 1}" if record.attempt > 1 else None,
        "workflow_url": f"{api(hub, repo)}/actions/workflows/{record.workflow_id}",
        "head_commit": head,
        "repository": repository(hub, repo),
        "head_repository": _head_repository(hub, repo, record),
        "referenced_workflows": [],
    }


def job(hub: Hub, repo: Repository, record: Run, item: Job) -> Document:
    """Return a job; the steps after the failed one were skipped."""
    base, at = api(hub, repo), stamp(record.created_at)
    return {
        "id": item.id,
        "run_id": record.id,
        "run_url": f"{base}/actions/runs/{record.id}",
        "run_attempt": item.attempt,
        "node_id": node("CR", item.id),
        "head_sha": record.head_sha,
        "head_branch": record.head_branch,
        "workflow_name": record.name,
        "url": f"{base}/actions/jobs/{item.id}",
        "html_url": f"{page(hub, repo)}/actions/runs/{record.id}/job/{item.id}",
        "check_run_url": f"{base}/check-runs/{item.id}",
        "status": "completed",
        "conclusion": item.conclusion,
        "created_at": at,
        "started_at": at,
        "completed_at": at,
        "name": item.name,
        "steps": [
            {
                "name": name,
                "status": "completed",
                "conclusion": end,
                "number": number,
                "started_at": at,
                "completed_at": at,
            }
            for number, (name, end) in enumerate(_steps(item), 1)
        ],
        "labels": ["ubuntu-latest"],
        "runner_id": 1,
        "runner_name": "simulated runner",
        "runner_group_id": 1,
        "runner_group_name": "simulated",
    }


def artifact(hub: Hub, repo: Repository, record: Run, item: Artifact) -> Document:
    """Return an artifact; it expires after 90 days."""
    address = f"{api(hub, repo)}/actions/artifacts/{item.id}"
    return {
        "id": item.id,
        "node_id": node("ART", item.id),
        "name": item.name,
        "size_in_bytes": sum(len(data) for data in item.files.values()),
        "url": address,
        "archive_download_url": f"{address}/zip",
        "expired": expired(hub, item),
        "created_at": stamp(item.created_at),
        "updated_at": stamp(item.created_at),
        "expires_at": stamp(item.created_at + ARTIFACT_LIFE),
        "workflow_run": {
            "id": record.id,
            "repository_id": repo.id,
            "head_repository_id": repo.id,
            "head_branch": record.head_branch,
            "head_sha": record.head_sha,
        },
    }


def expired(hub: Hub, item: Artifact) -> bool:
    """Say whether an artifact can no longer be downloaded."""
    return hub.now() > item.created_at + ARTIFACT_LIFE


def _steps(item: Job) -> list[tuple[str, str]]:
    around = [("Set up job", "success"), ("Run actions/checkout@v4", "success")]
    end = [("Complete job", "success")]
    if item.failed_step:
        return [*around, (item.failed_step, "failure"), *end]
    return [*around, ("Run tests", "success"), *end]


def _head_commit(repo: Repository, sha: str) -> Document | None:
    try:
        return simple_commit(repo.git.commit(sha))
    except GitFailed:
        return None


def _head_repository(hub: Hub, repo: Repository, record: Run) -> Document:
    """Return the repository of the head; a fork of which only the name is known looks like its parent."""
    known = hub.repositories.get(record.head_repository.lower())
    if known is not None:
        return repository(hub, known)
    owner, _, name = record.head_repository.partition("/")
    return {
        **repository(hub, repo),
        "id": repo.id + 1_000_000,
        "name": name,
        "full_name": record.head_repository,
        "owner": account(hub, hub.account(owner)),
        "fork": True,
    }
