"""Pull requests, and what hangs on their issues: comments, reactions and labels."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from app.simulator import pulls as rules
from app.simulator.access import Problem
from app.simulator.documents import pulls
from app.simulator.documents.repositories import changed_file, commit
from app.simulator.gitrecords import FileChange
from app.simulator.records import Comment, Pull, Reaction, Repository
from app.simulator.rest.door import answer, body, found, hub, invalid, made, needs, nothing, paged, text

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
        if head in {"", f"{repo.owner.login}:{pull.head_branch}"}
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


@routes.get("/repos/<owner>/<name>/issues/<int:number>")
@needs("issues:read", "pull_requests:read")
def issue(repo: Repository, number: int) -> Response:
    """Answer the issue that a pull request also is."""
    return answer(pulls.issue(hub(), repo, _pull(repo, number)))


@routes.get("/repos/<owner>/<name>/issues/<int:number>/comments")
@needs("issues:read", "pull_requests:read")
def comments(repo: Repository, number: int) -> Response:
    """List the comments of a pull request, oldest first."""
    _pull(repo, number)
    hits = [comment for comment in repo.comments.values() if comment.number == number]
    return paged(hits, lambda comment: pulls.comment(hub(), repo, comment))


@routes.post("/repos/<owner>/<name>/issues/<int:number>/comments")
@needs("issues:write", "pull_requests:write")
def create_comment(repo: Repository, number: int) -> Response:
    """Comment on a pull request."""
    _pull(repo, number)
    comment = hub().comment(repo, number, hub().app.bot.login, _comment_body())
    made(f"comment {repo.full_name}#{number}:{comment.id}")
    response = answer(pulls.comment(hub(), repo, comment), 201)
    response.headers["Location"] = pulls.comment(hub(), repo, comment)["url"]
    return response


@routes.get("/repos/<owner>/<name>/issues/comments/<int:identity>")
@needs("issues:read", "pull_requests:read")
def get_comment(repo: Repository, identity: int) -> Response:
    """Answer a comment."""
    return answer(pulls.comment(hub(), repo, found(repo.comments.get(identity))))


@routes.patch("/repos/<owner>/<name>/issues/comments/<int:identity>")
@needs("issues:write", "pull_requests:write")
def update_comment(repo: Repository, identity: int) -> Response:
    """Change a comment of ours."""
    comment = _own_comment(repo, identity)
    comment.body, comment.updated_at = _comment_body(), hub().now()
    made(f"comment {repo.full_name}#{comment.number}:{identity}")
    return answer(pulls.comment(hub(), repo, comment))


@routes.delete("/repos/<owner>/<name>/issues/comments/<int:identity>")
@needs("issues:write", "pull_requests:write")
def delete_comment(repo: Repository, identity: int) -> Response:
    """Delete a comment of ours."""
    _own_comment(repo, identity)
    del repo.comments[identity]
    made(f"deleted comment {repo.full_name}:{identity}")
    return nothing()


@routes.get("/repos/<owner>/<name>/issues/comments/<int:identity>/reactions")
@needs("issues:read")
def reactions(repo: Repository, identity: int) -> Response:
    """List the reactions to a comment."""
    return paged(found(repo.comments.get(identity)).reactions, lambda item: pulls.reaction(hub(), item))


@routes.post("/repos/<owner>/<name>/issues/comments/<int:identity>/reactions")
@needs("issues:write")
def react(repo: Repository, identity: int) -> Response:
    """React to a comment: 201 when the reaction is new, 200 when it stood already."""
    comment, content = found(repo.comments.get(identity)), body().get("content")
    if content not in pulls.CONTENTS:
        raise invalid(f"{content!r} is not a reaction", resource="Reaction", field="content", code="invalid")
    for standing in comment.reactions:
        if (standing.author, standing.content) == (hub().app.bot, content):
            return answer(pulls.reaction(hub(), standing))
    reaction = Reaction(hub().next_id(), content, hub().app.bot, hub().now())
    comment.reactions.append(reaction)
    made(f"reaction {repo.full_name}:{identity}:{content}")
    return answer(pulls.reaction(hub(), reaction), 201)


@routes.get("/repos/<owner>/<name>/issues/<int:number>/labels")
@needs("issues:read", "pull_requests:read")
def labels(repo: Repository, number: int) -> Response:
    """List a pull request's labels."""
    return paged(_pull(repo, number).labels, lambda item: pulls.label(hub(), repo, item))


@routes.post("/repos/<owner>/<name>/issues/<int:number>/labels")
@needs("issues:write", "pull_requests:write")
def add_labels(repo: Repository, number: int) -> Response:
    """Add labels; a label that is new to the repository is made."""
    pull, names = _pull(repo, number), _label_names()
    added = [hub().label(repo, name) for name in names if name not in {label.name for label in pull.labels}]
    pull.labels = [*pull.labels, *dict.fromkeys(added)]
    for label in dict.fromkeys(added):
        made(f"label {repo.full_name}#{number}:{label.name}")
    return answer([pulls.label(hub(), repo, label) for label in pull.labels])


def changes(repo: Repository, pull: Pull) -> list[FileChange]:
    """Return what a pull request changes, from its merge base."""
    start = repo.git.merge_base(pull.base_sha, pull.head_sha) or pull.base_sha
    return repo.git.changes(start, pull.head_sha)


def _pull(repo: Repository, number: int) -> Pull:
    hub().refresh_pulls(repo)
    return found(repo.pulls.get(number))


def _own_comment(repo: Repository, identity: int) -> Comment:
    comment = found(repo.comments.get(identity))
    if comment.author != hub().app.bot:
        raise Problem(403, "Must have admin rights to Repository.")
    return comment


def _comment_body() -> str:
    value = text(body(), "body", resource="IssueComment")
    if not value or len(value) > rules.LONGEST_BODY:
        raise invalid(f"body must have 1 to {rules.LONGEST_BODY} characters", resource="IssueComment", field="body")
    return value


def _label_names() -> list[str]:
    document: Any = request.get_json(force=True, silent=True)
    names = document.get("labels") if isinstance(document, dict) else document
    if not isinstance(names, list) or not names:
        raise invalid("labels are missing", resource="Label", field="labels", code="missing_field")
    return [item["name"] if isinstance(item, dict) else str(item) for item in names]
