"""Pull requests."""

from __future__ import annotations

from app.simulator.documents import Document, node, stamp
from app.simulator.documents.accounts import account
from app.simulator.documents.labels import label, team
from app.simulator.documents.repositories import api, page, repository
from app.simulator.hub import Hub
from app.simulator.records import Pull, Repository


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
        "requested_reviewers": [account(hub, who) for who in pull.reviewers],
        "requested_teams": [team(hub, repo, slug) for slug in pull.review_teams],
        "created_at": stamp(pull.created_at),
        "updated_at": stamp(pull.updated_at),
        "closed_at": stamp(pull.closed_at),
        "merged_at": stamp(pull.closed_at) if pull.merged else None,
        "merge_commit_sha": pull.merge_commit_sha,
        "draft": pull.draft,
        "head": _end(hub, source_of(hub, repo, pull), pull.head_branch, pull.head_sha),
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
    short = short_pull(hub, repo, record)
    for each in short["requested_teams"]:
        del each["parent"]  # only lists show it
    return {
        **short,
        "merged": record.merged,
        "mergeable": mergeable if record.state == "open" else None,
        "rebaseable": mergeable if record.state == "open" else None,
        "mergeable_state": "unknown" if record.state == "closed" else "clean" if mergeable else "dirty",
        "merged_by": account(hub, record.merged_by) if record.merged_by else None,
        "comments": comments,
        "review_comments": sum(comment.number == record.number for comment in repo.review_comments.values()),
        "maintainer_can_modify": False,
        "commits": len(repo.git.log(f"{start}..{record.head_sha}")),
        "additions": sum(change.additions for change in changes),
        "deletions": sum(change.deletions for change in changes),
        "changed_files": len(changes),
    }


def source_of(hub: Hub, repo: Repository, pull: Pull) -> Repository | None:
    """Return the repository of the head; None when the fork is gone."""
    return hub.repositories.get(pull.head_repository.lower()) if pull.head_repository else repo


def _end(hub: Hub, repo: Repository | None, branch: str, sha: str) -> Document:
    if repo is None:
        return {"label": f"unknown repository:{branch}", "ref": branch, "sha": sha, "user": None, "repo": None}
    return {
        "label": f"{repo.owner.login}:{branch}",
        "ref": branch,
        "sha": sha,
        "user": account(hub, repo.owner),
        "repo": repository(hub, repo),
    }
