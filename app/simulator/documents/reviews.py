"""Reviews and comments at lines of a pull request."""

from __future__ import annotations

from app.simulator.documents import Document, node, stamp
from app.simulator.documents.accounts import account
from app.simulator.documents.labels import association, rollup
from app.simulator.documents.repositories import api, page
from app.simulator.hub import Hub
from app.simulator.records import Repository
from app.simulator.talkrecords import Review, ReviewComment


def review(hub: Hub, repo: Repository, record: Review) -> Document:
    """Return a review."""
    html = f"{page(hub, repo)}/pull/{record.number}#pullrequestreview-{record.id}"
    pull = f"{api(hub, repo)}/pulls/{record.number}"
    return {
        "id": record.id,
        "node_id": node("PRR", record.id),
        "user": account(hub, record.author),
        "body": record.body,
        "state": record.state,
        "html_url": html,
        "pull_request_url": pull,
        "author_association": association(repo, record.author),
        "_links": {"html": {"href": html}, "pull_request": {"href": pull}},
        "submitted_at": stamp(record.submitted_at),
        "commit_id": record.commit_id,
    }


def review_comment(hub: Hub, repo: Repository, record: ReviewComment) -> Document:
    """Return a comment at a line."""
    base = api(hub, repo)
    address, pull = f"{base}/pulls/comments/{record.id}", f"{base}/pulls/{record.number}"
    html = f"{page(hub, repo)}/pull/{record.number}#discussion_r{record.id}"
    document = {
        "url": address,
        "pull_request_review_id": record.review_id,
        "id": record.id,
        "node_id": node("PRRC", record.id),
        "diff_hunk": record.diff_hunk,
        "path": record.path,
        "position": 1,
        "original_position": 1,
        "commit_id": record.commit_id,
        "original_commit_id": record.commit_id,
        "user": account(hub, record.author),
        "body": record.body,
        "created_at": stamp(record.created_at),
        "updated_at": stamp(record.updated_at),
        "html_url": html,
        "pull_request_url": pull,
        "author_association": association(repo, record.author),
        "_links": {"self": {"href": address}, "html": {"href": html}, "pull_request": {"href": pull}},
        "start_line": record.start_line,
        "original_start_line": record.start_line,
        "start_side": "RIGHT" if record.start_line else None,
        "line": record.line,
        "original_line": record.line,
        "side": "RIGHT",
        "subject_type": "line",
        "reactions": rollup(address, record.reactions),
    }
    return document if record.in_reply_to is None else {**document, "in_reply_to_id": record.in_reply_to}
