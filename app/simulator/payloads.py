"""Webhook payloads, as GitHub builds them from what the simulator knows.

One red run reaches a receiver many times: as `workflow_run`, as one `check_run`
for each job and as `check_suite`. `of_run` returns them all, in GitHub's usual order.
"""

from __future__ import annotations

from app.simulator.documents import Document, issues, node, pulls, reviews, stamp
from app.simulator.documents.accounts import account, actions_app
from app.simulator.documents.accounts import installation as installation_document
from app.simulator.documents.actions import run as run_document
from app.simulator.documents.checks import check_run as check_document
from app.simulator.documents.repositories import api, page, repository, simple_commit
from app.simulator.git import NULL_SHA
from app.simulator.hub import Hub
from app.simulator.records import Account, CheckRun, Installation, Pull, Repository, Run
from app.simulator.talkrecords import Comment, Review, ReviewComment


def of_run(hub: Hub, repo: Repository, run: Run) -> list[tuple[str, Document]]:
    """Return every (event, payload) that GitHub sends when a run ends."""
    with hub.lock:
        found = [("check_run", check_run(hub, repo, repo.checks[job.id])) for job in run.latest_jobs]
        return [*found, ("check_suite", check_suite(hub, repo, run)), ("workflow_run", workflow_run(hub, repo, run))]


def workflow_run(hub: Hub, repo: Repository, run: Run, action: str = "completed") -> Document:
    """Return a `workflow_run` payload."""
    with hub.lock:
        base = api(hub, repo)
        workflow = {
            "id": run.workflow_id,
            "node_id": node("W", run.workflow_id),
            "name": run.name,
            "path": run.path.partition("@")[0],
            "state": "active",
            "created_at": stamp(repo.created_at),
            "updated_at": stamp(repo.created_at),
            "url": f"{base}/actions/workflows/{run.workflow_id}",
            "html_url": f"{page(hub, repo)}/blob/{repo.default_branch}/{run.path.partition('@')[0]}",
            "badge_url": f"{page(hub, repo)}/workflows/{run.name}/badge.svg",
        }
        document = {"workflow_run": run_document(hub, repo, run), "workflow": workflow}
        return {"action": action, **document, **_envelope(hub, repo, run.actor)}


def check_run(hub: Hub, repo: Repository, check: CheckRun, action: str = "completed") -> Document:
    """Return a `check_run` payload."""
    with hub.lock:
        document = check_document(hub, repo, check)
        of_run = next((run for run in repo.runs.values() if run.check_suite_id == check.check_suite_id), None)
        document["check_suite"] = {
            "id": check.check_suite_id,
            "node_id": node("CS", check.check_suite_id),
            "head_branch": of_run.head_branch if of_run else None,
            "head_sha": check.head_sha,
            "status": check.status,
            "conclusion": check.conclusion,
            "url": f"{api(hub, repo)}/check-suites/{check.check_suite_id}",
            "before": NULL_SHA,
            "after": check.head_sha,
            "pull_requests": document["pull_requests"],
            "app": document["app"],
            "created_at": stamp(check.created_at),
            "updated_at": stamp(check.created_at),
        }
        sender = of_run.actor if of_run else hub.app.bot
        return {"action": action, "check_run": document, **_envelope(hub, repo, sender)}


def check_suite(hub: Hub, repo: Repository, run: Run, action: str = "completed") -> Document:
    """Return the `check_suite` payload of a run."""
    with hub.lock:
        address = f"{api(hub, repo)}/check-suites/{run.check_suite_id}"
        document = {
            "id": run.check_suite_id,
            "node_id": node("CS", run.check_suite_id),
            "head_branch": run.head_branch,
            "head_sha": run.head_sha,
            "status": "completed",
            "conclusion": run.conclusion,
            "url": address,
            "before": NULL_SHA,
            "after": run.head_sha,
            "pull_requests": [pulls.pull_link(hub, repo, repo.pulls[number]) for number in run.pull_numbers],
            "app": actions_app(hub),
            "created_at": stamp(run.created_at),
            "updated_at": stamp(run.created_at),
            "rerequestable": True,
            "runs_rerequestable": False,
            "latest_check_runs_count": len(run.latest_jobs),
            "check_runs_url": f"{address}/check-runs",
            "head_commit": simple_commit(repo.git.commit(run.head_sha)),
        }
        return {"action": action, "check_suite": document, **_envelope(hub, repo, run.actor)}


def push(hub: Hub, repo: Repository, branch: str, before: str, after: str, *, pusher: str = "") -> Document:
    """Return a `push` payload; `NULL_SHA` as before or after is a branch made or deleted."""
    with hub.lock:
        who = hub.account(pusher or repo.owner.login)
        records = [] if NULL_SHA in {before, after} else list(reversed(repo.git.log(f"{before}..{after}")))
        commits = [
            {
                **simple_commit(record),
                "url": f"{page(hub, repo)}/commit/{record.sha}",
                "distinct": True,
                **_touched(repo, record.sha, record.parents),
            }
            for record in records
        ]
        return {
            "ref": f"refs/heads/{branch}",
            "before": before,
            "after": after,
            "base_ref": None,
            "created": before == NULL_SHA,
            "deleted": after == NULL_SHA,
            "forced": before != NULL_SHA != after and repo.git.merge_base(before, after) != before,
            "compare": f"{page(hub, repo)}/compare/{before[:12]}...{after[:12]}",
            "commits": commits,
            "head_commit": commits[-1] if commits else None,
            "pusher": {"name": who.login, "email": f"{who.login}@users.noreply.example"},
            **_envelope(hub, repo, who),
        }


def pull_request(hub: Hub, repo: Repository, pull: Pull, action: str, sender: Account | None = None) -> Document:
    """Return a `pull_request` payload."""
    with hub.lock:
        hub.refresh_pulls(repo)
        return {
            "action": action,
            "number": pull.number,
            "pull_request": pulls.pull(hub, repo, pull),
            **_envelope(hub, repo, sender or pull.merged_by or pull.author),
        }


def issue_comment(hub: Hub, repo: Repository, comment: Comment, action: str = "created") -> Document:
    """Return the `issue_comment` payload of a comment on an issue or pull request."""
    with hub.lock:
        subject = repo.issues.get(comment.number) or repo.pulls[comment.number]
        return {
            "action": action,
            "issue": issues.subject(hub, repo, subject),
            "comment": issues.comment(hub, repo, comment),
            **_envelope(hub, repo, comment.author),
        }


def review(hub: Hub, repo: Repository, record: Review, action: str = "submitted") -> Document:
    """Return the `pull_request_review` payload of a review."""
    with hub.lock:
        pull = pulls.short_pull(hub, repo, repo.pulls[record.number])
        document = reviews.review(hub, repo, record)
        # The webhook writes small what REST writes in capitals.
        document |= {"state": record.state.lower(), "body": record.body or None}
        return {"action": action, "review": document, "pull_request": pull, **_envelope(hub, repo, record.author)}


def review_comment(hub: Hub, repo: Repository, record: ReviewComment, action: str = "created") -> Document:
    """Return the `pull_request_review_comment` payload of a comment at a line."""
    with hub.lock:
        pull = pulls.short_pull(hub, repo, repo.pulls[record.number])
        document = reviews.review_comment(hub, repo, record)
        return {"action": action, "comment": document, "pull_request": pull, **_envelope(hub, repo, record.author)}


def button(hub: Hub, repo: Repository, check: CheckRun, identifier: str, presser: Account) -> Document:
    """Return the `check_run` payload of a button that somebody pressed."""
    with hub.lock:
        payload = check_run(hub, repo, check, "requested_action")
        payload |= {"requested_action": {"identifier": identifier}, "sender": account(hub, presser)}
        return payload


def edited(hub: Hub, repo: Repository, pull: Pull, before: str, editor: Account) -> Document:
    """Return the `pull_request` payload of a body that somebody edited; a ticked box arrives so."""
    with hub.lock:
        payload = pull_request(hub, repo, pull, "edited", editor)
        return {**payload, "changes": {"body": {"from": before}}}


def installation(
    hub: Hub, record: Installation, repositories: list[Repository], *, is_new: bool
) -> tuple[str, Document]:
    """Return what is sent when the App comes to repositories: a new installation, or more of an old one."""
    with hub.lock:
        listed = [
            {
                "id": repo.id,
                "node_id": node("R", repo.id),
                "name": repo.name,
                "full_name": repo.full_name,
                "private": repo.private,
            }
            for repo in repositories
        ]
        document = {
            "installation": installation_document(hub, record),
            "sender": account(hub, record.account),
            "requester": None,
        }
        if is_new:
            return "installation", {"action": "created", "repositories": listed, **document}
        more = {"repository_selection": "selected", "repositories_added": listed, "repositories_removed": []}
        return "installation_repositories", {"action": "added", **more, **document}


def _envelope(hub: Hub, repo: Repository, sender: Account) -> Document:
    document: Document = {"repository": repository(hub, repo), "sender": account(hub, sender)}
    for installation in hub.installations.values():
        if repo.full_name in installation.repositories:
            document["installation"] = {"id": installation.id, "node_id": node("I", installation.id)}
    return document


def _touched(repo: Repository, sha: str, parents: tuple[str, ...]) -> Document:
    changes = repo.git.changes(parents[0], sha) if parents else []
    names = {"added": "added", "removed": "removed", "modified": "modified"}
    return {key: [change.path for change in changes if change.status == status] for key, status in names.items()}
