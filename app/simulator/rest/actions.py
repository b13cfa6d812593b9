"""Workflow runs, jobs, logs and artifacts."""

from __future__ import annotations

import io
import secrets
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from flask import Blueprint, Response, request

from app.simulator.access import NOT_FOUND, Problem
from app.simulator.documents import actions
from app.simulator.records import Artifact, Blob, Job, Log, Repository, Run
from app.simulator.rest.door import answer, found, hub, made, needs, paged

routes = Blueprint("actions", __name__)
blobs = Blueprint("blobs", __name__)
LINK_LIFE = timedelta(seconds=60)


@routes.get("/repos/<owner>/<name>/actions/runs")
@needs("actions:read")
def runs(repo: Repository) -> Response:
    """List runs, newest first, by commit, branch, event and outcome."""
    return _runs(repo, list(repo.runs.values()))


@routes.get("/repos/<owner>/<name>/actions/workflows/<workflow>/runs")
@needs("actions:read")
def workflow_runs(repo: Repository, workflow: str) -> Response:
    """List the runs of one workflow, named by id or file."""
    hits = [
        run
        for run in repo.runs.values()
        if workflow in {str(run.workflow_id), run.path.partition("@")[0].rpartition("/")[2]}
    ]
    return _runs(repo, hits)


@routes.get("/repos/<owner>/<name>/actions/runs/<int:number>")
@needs("actions:read")
def run(repo: Repository, number: int) -> Response:
    """Answer a run."""
    return answer(actions.run(hub(), repo, found(repo.runs.get(number))))


@routes.get("/repos/<owner>/<name>/actions/runs/<int:number>/attempts/<int:attempt>")
@needs("actions:read")
def run_attempt(repo: Repository, number: int, attempt: int) -> Response:
    """Answer one attempt of a run."""
    record = found(repo.runs.get(number))
    if not 1 <= attempt <= record.attempt:
        raise Problem(*NOT_FOUND)
    then = replace(record, attempt=attempt, jobs=[job for job in record.jobs if job.attempt <= attempt])
    return answer(actions.run(hub(), repo, then))


@routes.get("/repos/<owner>/<name>/actions/runs/<int:number>/jobs")
@needs("actions:read")
def jobs(repo: Repository, number: int) -> Response:
    """List the jobs of the latest attempt, or with `filter=all` of every attempt."""
    record = found(repo.runs.get(number))
    items = record.jobs if request.args.get("filter") == "all" else record.latest_jobs
    return paged(items, lambda item: actions.job(hub(), repo, record, item), "jobs")


@routes.get("/repos/<owner>/<name>/actions/runs/<int:number>/attempts/<int:attempt>/jobs")
@needs("actions:read")
def attempt_jobs(repo: Repository, number: int, attempt: int) -> Response:
    """List the jobs of one attempt."""
    record = found(repo.runs.get(number))
    items = [item for item in record.jobs if item.attempt == attempt]
    return paged(items, lambda item: actions.job(hub(), repo, record, item), "jobs")


@routes.get("/repos/<owner>/<name>/actions/jobs/<int:number>")
@needs("actions:read")
def job(repo: Repository, number: int) -> Response:
    """Answer a job."""
    record, item = _job(repo, number)
    return answer(actions.job(hub(), repo, record, item))


@routes.get("/repos/<owner>/<name>/actions/jobs/<int:number>/logs")
@needs("actions:read")
def job_log(repo: Repository, number: int) -> Response:
    """Redirect to a job's log."""
    _, item = _job(repo, number)
    return _link(repo, item.log, "text/plain; charset=utf-8")


@routes.get("/repos/<owner>/<name>/actions/runs/<int:number>/logs")
@needs("actions:read")
def run_logs(repo: Repository, number: int) -> Response:
    """Redirect to an archive with one log for each job."""
    record = found(repo.runs.get(number))
    logs = {f"{index}_{item.name}.txt": b"".join(chunks(item.log)) for index, item in enumerate(record.latest_jobs)}
    return _link(repo, _zip(logs), "application/zip")


@routes.get("/repos/<owner>/<name>/actions/runs/<int:number>/artifacts")
@needs("actions:read")
def artifacts(repo: Repository, number: int) -> Response:
    """List a run's artifacts, all or of one name."""
    record, name = found(repo.runs.get(number)), request.args.get("name")
    items = [item for item in record.artifacts if name in {None, item.name}]
    return paged(items, lambda item: actions.artifact(hub(), repo, record, item), "artifacts")


@routes.get("/repos/<owner>/<name>/actions/artifacts/<int:number>")
@needs("actions:read")
def artifact(repo: Repository, number: int) -> Response:
    """Answer one artifact."""
    record, item = _artifact(repo, number)
    return answer(actions.artifact(hub(), repo, record, item))


@routes.get("/repos/<owner>/<name>/actions/artifacts/<int:number>/zip")
@needs("actions:read")
def artifact_zip(repo: Repository, number: int) -> Response:
    """Redirect to an artifact's archive; 410 once it has expired."""
    _, item = _artifact(repo, number)
    if actions.expired(hub(), item):
        raise Problem(410, "Artifact has expired")
    return _link(repo, _zip(item.files), "application/zip")


@routes.post("/repos/<owner>/<name>/actions/runs/<int:number>/rerun-failed-jobs")
@needs("actions:write")
def rerun_failed_jobs(repo: Repository, number: int) -> Response:
    """Run the failed jobs again as a new attempt; here they end as they did before."""
    record = found(repo.runs.get(number))
    failed = [(item.name, item.log, item.failed_step) for item in record.latest_jobs if item.failed_step]
    if not failed:
        raise Problem(403, "This workflow run cannot be retried")
    record.attempt += 1
    hub().add_jobs(repo, record, failed)
    made(f"attempt {repo.full_name}/runs/{record.id}#{record.attempt}")
    return answer({}, 201)


@blobs.get("/_blobs/<owner>/<name>/<key>")
def blob(owner: str, name: str, key: str) -> Response:
    """Serve a download as GitHub's storage does: no token may come along, and the link soon expires."""
    if "Authorization" in request.headers:
        return Response("InvalidAuthenticationInfo", 400, content_type="text/plain")
    with hub().lock:
        repo = hub().repositories.get(f"{owner}/{name}".lower())
        item = repo.blobs.get(key) if repo else None
    if item is None or item.expires_at < hub().now():
        return Response("AuthenticationFailed", 403, content_type="text/plain")
    return Response(chunks(item.content), content_type=item.media_type)


def chunks(log: Log) -> Iterable[bytes]:
    """Return the chunks of a log."""
    return [log] if isinstance(log, bytes) else log()


def _runs(repo: Repository, items: list[Run]) -> Response:
    wanted = {key: request.args[key] for key in ("head_sha", "branch", "event", "status") if key in request.args}
    hits = [record for record in reversed(items) if _matches(record, wanted)]
    return paged(hits, lambda record: actions.run(hub(), repo, record), "workflow_runs")


def _matches(record: Run, wanted: Mapping[str, str]) -> bool:
    facts = {
        "head_sha": {record.head_sha},
        "branch": {record.head_branch},
        "event": {record.event},
        "status": {"completed", record.conclusion},
    }
    return all(value in facts[key] for key, value in wanted.items())


def _job(repo: Repository, number: int) -> tuple[Run, Job]:
    hits = ((record, item) for record in repo.runs.values() for item in record.jobs if item.id == number)
    return found(next(hits, None))


def _artifact(repo: Repository, number: int) -> tuple[Run, Artifact]:
    hits = ((record, item) for record in repo.runs.values() for item in record.artifacts if item.id == number)
    return found(next(hits, None))


def _link(repo: Repository, content: Log, media_type: str) -> Response:
    key = secrets.token_urlsafe(24)
    repo.blobs[key] = Blob(content, media_type, hub().now() + LINK_LIFE)
    return Response(status=302, headers={"Location": f"{hub().url}/_blobs/{repo.full_name}/{key}"})


def _zip(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()
