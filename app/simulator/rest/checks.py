"""Check runs: made, updated and read; only the App that made one may update it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from app.simulator.access import FORBIDDEN, Problem
from app.simulator.documents import checks
from app.simulator.records import CheckAnnotation, CheckRun, Repository
from app.simulator.rest.door import answer, body, found, hub, invalid, made, needs, paged, text

routes = Blueprint("checks", __name__)
CONCLUSIONS = {"success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required"}
STATUSES = {"queued", "in_progress", "completed"}
LONGEST_TEXT = 65535
MOST_ANNOTATIONS = 50
MOST_ACTIONS = 3
ACTION_LIMITS = {"label": 20, "description": 40, "identifier": 20}


@routes.post("/repos/<owner>/<name>/check-runs")
@needs("checks:write")
def create(repo: Repository) -> Response:
    """Create a check run at a commit that exists."""
    document = body()
    name, sha = text(document, "name", resource="CheckRun"), text(document, "head_sha", resource="CheckRun")
    if repo.git.resolve(sha) != sha:
        raise invalid(f"No commit found for SHA: {sha}", resource="CheckRun", field="head_sha", code="invalid")
    identity = hub().next_id()
    record = CheckRun(identity, name, sha, _suite(repo, sha), hub().app.slug, hub().now())
    _apply(record, document)
    repo.checks[identity] = record
    made(f"check {repo.full_name}:{identity}")
    return answer(checks.check_run(hub(), repo, record), 201)


@routes.patch("/repos/<owner>/<name>/check-runs/<int:number>")
@needs("checks:write")
def update(repo: Repository, number: int) -> Response:
    """Update a check run; annotations are added to those that stand."""
    record = found(repo.checks.get(number))
    if record.app_slug != hub().app.slug:
        raise Problem(403, FORBIDDEN)
    _apply(record, body())
    made(f"check {repo.full_name}:{number}")
    return answer(checks.check_run(hub(), repo, record))


@routes.get("/repos/<owner>/<name>/check-runs/<int:number>")
@needs("checks:read")
def get(repo: Repository, number: int) -> Response:
    """Answer a check run."""
    return answer(checks.check_run(hub(), repo, found(repo.checks.get(number))))


@routes.get("/repos/<owner>/<name>/check-runs/<int:number>/annotations")
@needs("checks:read")
def list_annotations(repo: Repository, number: int) -> Response:
    """List a check run's annotations."""
    record = found(repo.checks.get(number))
    return paged(record.annotations, lambda item: checks.annotation(hub(), repo, record, item))


@routes.get("/repos/<owner>/<name>/commits/<path:ref>/check-runs")
@needs("checks:read")
def of_commit(repo: Repository, ref: str) -> Response:
    """List the check runs of a commit, newest first, by name and App."""
    sha = found(repo.git.resolve(ref))
    name, app = request.args.get("check_name"), request.args.get("app_id", type=int)
    hits = [
        record
        for record in reversed(repo.checks.values())
        if record.head_sha == sha
        and name in {None, record.name}
        and app in {None, hub().app.id if record.app_slug == hub().app.slug else 15368}
    ]
    return paged(hits, lambda record: checks.check_run(hub(), repo, record), "check_runs")


def _suite(repo: Repository, sha: str) -> int:
    """Return our App's check suite of the commit: one for all its check runs."""
    ours = (check for check in repo.checks.values() if check.head_sha == sha and check.app_slug == hub().app.slug)
    first = next(ours, None)
    return first.check_suite_id if first else hub().next_id()


def _apply(record: CheckRun, document: dict[str, Any]) -> None:
    """Change a check run by a request; a request that is refused changes nothing."""
    conclusion, status = document.get("conclusion"), document.get("status")
    if conclusion is not None and conclusion not in CONCLUSIONS:
        raise invalid(f"{conclusion!r} is not a conclusion", resource="CheckRun", field="conclusion", code="invalid")
    if status is not None and status not in STATUSES:
        raise invalid(f"{status!r} is not a status", resource="CheckRun", field="status", code="invalid")
    if status == "completed" and conclusion is None and record.conclusion is None:
        raise invalid("conclusion is missing", resource="CheckRun", field="conclusion", code="missing_field")
    output = _output(document.get("output"))
    record.actions = _actions(document["actions"]) if "actions" in document else record.actions
    record.name = document.get("name", record.name)
    record.external_id = document.get("external_id", record.external_id)
    record.details_url = document.get("details_url", record.details_url)
    record.status = "completed" if conclusion else status or record.status
    record.conclusion = conclusion or record.conclusion
    record.completed_at = hub().now() if record.status == "completed" else None
    if output is not None:
        record.title, record.summary, record.text = (output.get(key) for key in ("title", "summary", "text"))
        record.annotations = [*record.annotations, *map(_annotation, output.get("annotations", []))]


def _output(output: Any) -> dict[str, Any] | None:
    if output is None:
        return None
    for field in ("title", "summary"):
        text(output, field, resource="CheckRun")
    for field in ("summary", "text"):
        if len(output.get(field) or "") > LONGEST_TEXT:
            raise invalid(
                f"Only {LONGEST_TEXT} characters are allowed", resource="CheckRun", field=field, code="invalid"
            )
    if len(output.get("annotations", [])) > MOST_ANNOTATIONS:
        raise invalid("more than 50 annotations", resource="CheckRun", field="annotations", code="invalid")
    return dict(output)


def _actions(actions: list[dict[str, str]]) -> list[dict[str, str]]:
    if len(actions) > MOST_ACTIONS:
        raise invalid("more than 3 actions", resource="CheckRun", field="actions", code="invalid")
    for action in actions:
        for field, longest in ACTION_LIMITS.items():
            if len(text(action, field, resource="CheckRun")) > longest:
                raise invalid(f"more than {longest} characters", resource="CheckRun", field=field, code="invalid")
    return actions


def _annotation(item: dict[str, Any]) -> CheckAnnotation:
    try:
        return CheckAnnotation(
            path=item["path"],
            start_line=item["start_line"],
            end_line=item["end_line"],
            level=item["annotation_level"],
            message=item["message"],
            title=item.get("title"),
            raw_details=item.get("raw_details"),
            start_column=item.get("start_column"),
            end_column=item.get("end_column"),
        )
    except KeyError as missing:
        raise invalid(f"{missing} is missing", resource="CheckRun", field="annotations", code="missing_field") from None
