"""Pull requests."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app.simulator import pulls as rules
from app.simulator.documents import pulls
from app.simulator.documents.repositories import changed_file, commit
from app.simulator.records import Pull, Repository
from app.simulator.rest.door import answer, body, found, hub, made, needs, paged, text
from app.simulator.reviews import changes

routes = Blueprint("pulls", __name__)


@routes.get("/repos/<owner>/<name>/pulls")
@needs("pull_requests:read")
def listing(repo: Repository) -> Response:
    """List pull requests, newest first, by state, `head=owner:branch` and base."""
    state, head, base = (request.args.get(key, "") for key in ("state", "head", "base"))
    seen_until = hub().clock() - hub().pull_list_lag
    hits = [
        pull
        for pull in reversed(repo.pulls.values())
        if state in {"all", pull.state} or (not state and pull.state == "open")
        if head in {"", f"{_owner(repo, pull)}:{pull.head_branch}"}
        if base in {"", pull.base_branch}
        if pull.created_at.timestamp() <= seen_until
    ]
    return paged(hits, lambda pull: pulls.short_pull(hub(), repo, pull))


@routes.post("/repos/<owner>/<name>/pulls")
@needs("pull_requests:write")
def create(repo: Repository) -> Response:
    """Open a pull request."""
    document = body()
    head, base, title = (text(document, field, resource="PullRequest") for field in ("head", "base", "title"))
    pull = rules.open_pull(
        hub(),
        repo,
        hub().app.bot,
        head=head,
        base=base,
        title=title,
        body=document.get("body") or "",
        draft=bool(document.get("draft")),
    )
    made(f"pull {repo.full_name}#{pull.number}")
    response = answer(pulls.pull(hub(), repo, pull), 201)
    response.headers["Location"] = f"{hub().url}{request.path}/{pull.number}"
    return response


@routes.get("/repos/<owner>/<name>/pulls/<int:number>")
@needs("pull_requests:read")
def get(repo: Repository, number: int) -> Response:
    """Answer a pull request."""
    return answer(pulls.pull(hub(), repo, _pull(repo, number)))


@routes.patch("/repos/<owner>/<name>/pulls/<int:number>")
@needs("pull_requests:write")
def update(repo: Repository, number: int) -> Response:
    """Change title, body, state or base."""
    pull, document = _pull(repo, number), body()
    if len(document.get("body") or "") > rules.LONGEST_BODY:
        raise rules.refused("body is too long", "body", "invalid")
    pull.title, pull.updated_at = document.get("title", pull.title), hub().now()
    pull.body = (document["body"] or "") if "body" in document else pull.body
    if document.get("state") == "closed" and pull.state == "open":
        rules.close(hub(), pull)
    elif document.get("state") == "open" and pull.state == "closed":
        rules.reopen(hub(), pull)
    made(f"pull {repo.full_name}#{number}")
    return answer(pulls.pull(hub(), repo, pull))


@routes.put("/repos/<owner>/<name>/pulls/<int:number>/merge")
@needs("contents:write")
def merge(repo: Repository, number: int) -> Response:
    """Merge a pull request."""
    document = request.get_json(force=True, silent=True) or {}
    sha = rules.merge(hub(), repo, _pull(repo, number), hub().app.bot, expected_head=document.get("sha"))
    made(f"merge {repo.full_name}#{number}@{sha}")
    return answer({"sha": sha, "merged": True, "message": "Pull Request successfully merged"})


@routes.get("/repos/<owner>/<name>/pulls/<int:number>/files")
@needs("pull_requests:read")
def files(repo: Repository, number: int) -> Response:
    """List the files that a pull request changes."""
    pull = _pull(repo, number)
    return paged(changes(repo, pull), lambda change: changed_file(hub(), repo, pull.head_sha, change))


@routes.get("/repos/<owner>/<name>/pulls/<int:number>/commits")
@needs("pull_requests:read")
def commits(repo: Repository, number: int) -> Response:
    """List the commits of a pull request, oldest first."""
    pull = _pull(repo, number)
    records = list(reversed(repo.git.log(f"{pull.base_sha}..{pull.head_sha}")))
    return paged(records, lambda record: commit(hub(), repo, record))


def _pull(repo: Repository, number: int) -> Pull:
    hub().refresh_pulls(repo)
    return found(repo.pulls.get(number))


def _owner(repo: Repository, pull: Pull) -> str:
    return (pull.head_repository or repo.full_name).partition("/")[0]
