"""Issues, which pull requests also are, and their comments."""

from __future__ import annotations

from app.simulator.documents import Document, node, stamp
from app.simulator.documents.accounts import account
from app.simulator.documents.labels import association, label, rollup
from app.simulator.documents.pulls import short_pull
from app.simulator.documents.repositories import api, page
from app.simulator.hub import Hub
from app.simulator.records import Pull, Repository
from app.simulator.talkrecords import Comment, Issue

SAME_IN_ISSUE = (
    "active_lock_reason",
    "assignee",
    "assignees",
    "author_association",
    "body",
    "closed_at",
    "comments_url",
    "created_at",
    "draft",
    "html_url",
    "labels",
    "locked",
    "milestone",
    "number",
    "state",
    "title",
    "updated_at",
    "user",
)
"""Fields that a pull request's issue has in common with it."""


def subject(hub: Hub, repo: Repository, record: Issue | Pull) -> Document:
    """Return an issue, or the issue that a pull request also is."""
    return pull_issue(hub, repo, record) if isinstance(record, Pull) else issue(hub, repo, record)


def pull_issue(hub: Hub, repo: Repository, record: Pull) -> Document:
    """Return the issue that every pull request also is."""
    short = short_pull(hub, repo, record)
    address = short["issue_url"]
    links = {key: short[key] for key in ("html_url", "diff_url", "patch_url", "merged_at")}
    return {
        **{key: short[key] for key in SAME_IN_ISSUE},
        "id": record.id,
        "node_id": short["node_id"],
        "url": address,
        "repository_url": api(hub, repo),
        "labels_url": f"{address}/labels{{/name}}",
        "events_url": f"{address}/events",
        "timeline_url": f"{address}/timeline",
        "comments": sum(comment.number == record.number for comment in repo.comments.values()),
        "pull_request": {"url": short["url"], **links},
        "performed_via_github_app": None,
        "state_reason": None,
        "reactions": rollup(address),
    }


def issue(hub: Hub, repo: Repository, record: Issue) -> Document:
    """Return an issue that is no pull request."""
    address = f"{api(hub, repo)}/issues/{record.number}"
    return {
        "id": record.id,
        "node_id": node("I", record.id),
        "url": address,
        "repository_url": api(hub, repo),
        "labels_url": f"{address}/labels{{/name}}",
        "comments_url": f"{address}/comments",
        "events_url": f"{address}/events",
        "timeline_url": f"{address}/timeline",
        "html_url": f"{page(hub, repo)}/issues/{record.number}",
        "number": record.number,
        "title": record.title,
        "body": record.body or None,
        "user": account(hub, record.author),
        "labels": [label(hub, repo, item) for item in record.labels],
        "state": record.state,
        "state_reason": "completed" if record.state == "closed" else None,
        "locked": False,
        "active_lock_reason": None,
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "comments": sum(comment.number == record.number for comment in repo.comments.values()),
        "created_at": stamp(record.created_at),
        "updated_at": stamp(record.updated_at),
        "closed_at": stamp(record.closed_at),
        "author_association": association(repo, record.author),
        "performed_via_github_app": None,
        "reactions": rollup(address),
    }


def comment(hub: Hub, repo: Repository, record: Comment) -> Document:
    """Return an issue comment."""
    base = api(hub, repo)
    kind = "pull" if record.number in repo.pulls else "issues"
    return {
        "id": record.id,
        "node_id": node("IC", record.id),
        "url": f"{base}/issues/comments/{record.id}",
        "html_url": f"{page(hub, repo)}/{kind}/{record.number}#issuecomment-{record.id}",
        "body": record.body,
        "user": account(hub, record.author),
        "created_at": stamp(record.created_at),
        "updated_at": stamp(record.updated_at),
        "issue_url": f"{base}/issues/{record.number}",
        "author_association": association(repo, record.author),
        "performed_via_github_app": None,
        "reactions": rollup(f"{base}/issues/comments/{record.id}", record.reactions),
    }
