"""Issues, and labels, which pull requests have as well."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from app.simulator.access import Problem
from app.simulator.documents import issues, labels
from app.simulator.pulls import LONGEST_BODY
from app.simulator.records import Pull, Repository
from app.simulator.rest.comments import subject
from app.simulator.rest.door import answer, body, found, hub, invalid, made, needs, paged, text
from app.simulator.talkrecords import Issue

routes = Blueprint("issues", __name__)


@routes.get("/repos/<owner>/<name>/issues")
@needs("issues:read")
def listing(repo: Repository) -> Response:
    """List issues and pull requests, newest first, by state and author."""
    state, creator = request.args.get("state", "open"), request.args.get("creator", "")
    hub().refresh_pulls(repo)
    every: list[Issue | Pull] = [*repo.issues.values(), *repo.pulls.values()]
    hits = [each for each in every if state in {"all", each.state} and creator in {"", each.author.login}]
    hits.sort(key=lambda each: each.number, reverse=True)
    return paged(hits, lambda each: issues.subject(hub(), repo, each))


@routes.post("/repos/<owner>/<name>/issues")
@needs("issues:write")
def create(repo: Repository) -> Response:
    """Open an issue."""
    if repo.archived:
        raise Problem(403, "Repository was archived so is read-only.")
    if not repo.has_issues:
        raise Problem(410, "Issues has been disabled in this repository.")
    document = body()
    title, words = text(document, "title", resource="Issue"), document.get("body") or ""
    if not title or len(words) > LONGEST_BODY:
        raise invalid("title is missing or body is too long", resource="Issue", field="title", code="invalid")
    number, now = repo.next_number, hub().now()
    repo.next_number += 1
    issue = Issue(hub().next_id(), number, title, words, hub().app.bot, now, now)
    issue.labels = [hub().label(repo, label) for label in dict.fromkeys(document.get("labels") or ())]
    repo.issues[number] = issue
    made(f"issue {repo.full_name}#{number}")
    return answer(issues.issue(hub(), repo, issue), 201)


@routes.get("/repos/<owner>/<name>/issues/<int:number>")
@needs("issues:read", "pull_requests:read")
def get(repo: Repository, number: int) -> Response:
    """Answer an issue, or the issue that a pull request also is."""
    return answer(issues.subject(hub(), repo, subject(repo, number)))


@routes.patch("/repos/<owner>/<name>/issues/<int:number>")
@needs("issues:write")
def update(repo: Repository, number: int) -> Response:
    """Change title, body or state of an issue."""
    issue, document = found(repo.issues.get(number)), body()
    issue.title, issue.body = document.get("title", issue.title), document.get("body", issue.body)
    issue.state, issue.updated_at = document.get("state", issue.state), hub().now()
    issue.closed_at = hub().now() if issue.state == "closed" else None
    made(f"issue {repo.full_name}#{number}")
    return answer(issues.issue(hub(), repo, issue))


@routes.get("/repos/<owner>/<name>/issues/<int:number>/labels")
@needs("issues:read", "pull_requests:read")
def listed_labels(repo: Repository, number: int) -> Response:
    """List the labels of an issue or pull request."""
    return paged(subject(repo, number).labels, lambda item: labels.label(hub(), repo, item))


@routes.post("/repos/<owner>/<name>/issues/<int:number>/labels")
@needs("issues:write", "pull_requests:write")
def add_labels(repo: Repository, number: int) -> Response:
    """Add labels; a label that is new to the repository is made."""
    item, names = subject(repo, number, "write"), _label_names()
    added = [hub().label(repo, name) for name in names if name not in {label.name for label in item.labels}]
    item.labels = [*item.labels, *dict.fromkeys(added)]
    for label in dict.fromkeys(added):
        made(f"label {repo.full_name}#{number}:{label.name}")
    return answer([labels.label(hub(), repo, label) for label in item.labels])


def _label_names() -> list[str]:
    document: Any = request.get_json(force=True, silent=True)
    names = document.get("labels") if isinstance(document, dict) else document
    if not isinstance(names, list) or not names:
        raise invalid("labels are missing", resource="Label", field="labels", code="missing_field")
    return [item["name"] if isinstance(item, dict) else str(item) for item in names]
