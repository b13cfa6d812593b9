"""Check runs and their annotations."""

from __future__ import annotations

from app.simulator.documents import Document, node, stamp
from app.simulator.documents.accounts import actions_app, app
from app.simulator.documents.pulls import pull_link
from app.simulator.documents.repositories import api, page
from app.simulator.hub import Hub
from app.simulator.records import CheckAnnotation, CheckRun, Repository


def check_run(hub: Hub, repo: Repository, record: CheckRun) -> Document:
    """Return a check run."""
    address, html = f"{api(hub, repo)}/check-runs/{record.id}", f"{page(hub, repo)}/runs/{record.id}"
    # Pull requests of forks are not named.
    own = (pull for pull in repo.pulls.values() if not pull.head_repository)
    pulls = [pull for pull in own if pull.state == "open" and pull.head_sha == record.head_sha]
    return {
        "id": record.id,
        "head_sha": record.head_sha,
        "node_id": node("CR", record.id),
        "external_id": record.external_id,
        "url": address,
        "html_url": html,
        "details_url": record.details_url or html,
        "status": record.status,
        "conclusion": record.conclusion,
        "started_at": stamp(record.created_at),
        "completed_at": stamp(record.completed_at),
        "output": {
            "title": record.title,
            "summary": record.summary,
            "text": record.text,
            "annotations_count": len(record.annotations),
            "annotations_url": f"{address}/annotations",
        },
        "name": record.name,
        "check_suite": {"id": record.check_suite_id},
        "app": app(hub) if record.app_slug == hub.app.slug else actions_app(hub),
        "pull_requests": [pull_link(hub, repo, pull) for pull in pulls],
    }


def annotation(hub: Hub, repo: Repository, record: CheckRun, item: CheckAnnotation) -> Document:
    """Return one annotation."""
    return {
        "path": item.path,
        "blob_href": f"{page(hub, repo)}/blob/{record.head_sha}/{item.path}",
        "start_line": item.start_line,
        "end_line": item.end_line,
        "start_column": item.start_column,
        "end_column": item.end_column,
        "annotation_level": item.level,
        "title": item.title,
        "message": item.message,
        "raw_details": item.raw_details,
    }
