"""Pull requests, labels, comments and reactions."""

from __future__ import annotations

from app.simulator.documents import Document, node, stamp
from app.simulator.documents.accounts import account
from app.simulator.documents.repositories import api, page, repository
from app.simulator.hub import Hub
from app.simulator.records import Comment, Label, Pull, Reaction, Repository

CONTENTS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")

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


def pull_link(hub: Hub, repo: Repository, pull: Pull) -> Document:
    """Return the short form that runs and check runs carry."""
    end = {"id": repo.id, "url": api(hub, repo), "name": repo.name}
    return {
        "id": pull.id,
        "number": pull.number,
        "url": f"{api(hub, repo)}/pulls/{pull.number}",
        "head": {"ref": pull.head_branch, "sha": pull.head_sha, "repo": end},
        "base": {"ref": pull.base_branch, "sha": pull.base_sha, "repo": end},
    }


def short_pull(hub: Hub, repo: Repository, pull: Pull) -> Document:
    """Return a pull request as lists show it."""
    base, html = api(hub, repo), f"{page(hub, repo)}/pull/{pull.number}"
    address, issue = f"{base}/pulls/{pull.number}", f"{base}/issues/{pull.number}"
    links = {
        "self": address,
        "html": html,
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{address}/comments",
        "review_comment": f"{base}/pulls/comments{{/number}}",
        "commits": f"{address}/commits",
        "statuses": f"{base}/statuses/{pull.head_sha}",
    }
    return {
        "url": address,
        "id": pull.id,
        "node_id": node("PR", pull.id),
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "issue_url": issue,
        "commits_url": links["commits"],
        "review_comments_url": links["review_comments"],
        "review_comment_url": links["review_comment"],
        "comments_url": links["comments"],
        "statuses_url": links["statuses"],
        "number": pull.number,
        "state": pull.state,
        "locked": False,
        "active_lock_reason": None,
        "title": pull.title,
        "user": account(hub, pull.author),
        "body": pull.body or None,
        "labels": [label(hub, repo, item) for item in pull.labels],
        "milestone": None,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "created_at": stamp(pull.created_at),
        "updated_at": stamp(pull.updated_at),
        "closed_at": stamp(pull.closed_at),
        "merged_at": stamp(pull.closed_at) if pull.merged else None,
        "merge_commit_sha": pull.merge_commit_sha,
        "draft": pull.draft,
        "head": _end(hub, repo, pull.head_branch, pull.head_sha),
        "base": _end(hub, repo, pull.base_branch, pull.base_sha),
        "_links": {name: {"href": link} for name, link in links.items()},
        "author_association": "NONE",
        "auto_merge": None,
    }


def pull(hub: Hub, repo: Repository, record: Pull) -> Document:
    """Return a pull request with what it changes."""
    start = repo.git.merge_base(record.base_sha, record.head_sha) or record.base_sha
    changes = repo.git.changes(start, record.head_sha)
    comments = sum(comment.number == record.number for comment in repo.comments.values())
    mergeable = record.state == "open" and repo.git.merge_tree(record.base_sha, record.head_sha) is not None
    return {
        **short_pull(hub, repo, record),
        "merged": record.merged,
        "mergeable": mergeable if record.state == "open" else None,
        "rebaseable": mergeable if record.state == "open" else None,
        "mergeable_state": "unknown" if record.state == "closed" else "clean" if mergeable else "dirty",
        "merged_by": account(hub, record.merged_by) if record.merged_by else None,
        "comments": comments,
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": len(repo.git.log(f"{start}..{record.head_sha}")),
        "additions": sum(change.additions for change in changes),
        "deletions": sum(change.deletions for change in changes),
        "changed_files": len(changes),
    }


def issue(hub: Hub, repo: Repository, record: Pull) -> Document:
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
        "reactions": {
            "url": f"{address}/reactions",
            "total_count": 0,
            **dict.fromkeys(CONTENTS, 0),
        },
    }


def label(hub: Hub, repo: Repository, record: Label) -> Document:
    """Return a label."""
    return {
        "id": record.id,
        "node_id": node("LA", record.id),
        "url": f"{api(hub, repo)}/labels/{record.name}",
        "name": record.name,
        "color": "ededed",
        "default": False,
        "description": None,
    }


def comment(hub: Hub, repo: Repository, record: Comment) -> Document:
    """Return an issue comment."""
    base = api(hub, repo)
    given = [reaction.content for reaction in record.reactions]
    role = repo.roles.get(record.author.login, "")
    return {
        "id": record.id,
        "node_id": node("IC", record.id),
        "url": f"{base}/issues/comments/{record.id}",
        "html_url": f"{page(hub, repo)}/pull/{record.number}#issuecomment-{record.id}",
        "body": record.body,
        "user": account(hub, record.author),
        "created_at": stamp(record.created_at),
        "updated_at": stamp(record.updated_at),
        "issue_url": f"{base}/issues/{record.number}",
        "author_association": "OWNER" if record.author == repo.owner else "COLLABORATOR" if role else "NONE",
        "performed_via_github_app": None,
        "reactions": {
            "url": f"{base}/issues/comments/{record.id}/reactions",
            "total_count": len(given),
            **{content: given.count(content) for content in CONTENTS},
        },
    }


def reaction(hub: Hub, record: Reaction) -> Document:
    """Return a reaction."""
    return {
        "id": record.id,
        "node_id": node("REA", record.id),
        "user": account(hub, record.author),
        "content": record.content,
        "created_at": stamp(record.created_at),
    }


def _end(hub: Hub, repo: Repository, branch: str, sha: str) -> Document:
    return {
        "label": f"{repo.owner.login}:{branch}",
        "ref": branch,
        "sha": sha,
        "user": account(hub, repo.owner),
        "repo": repository(hub, repo),
    }
