"""Comments below issues and pull requests, and reactions to comments of every kind."""

from __future__ import annotations

from flask import Blueprint, Response

from app.simulator.access import Problem, demand
from app.simulator.documents import issues, labels
from app.simulator.pulls import LONGEST_BODY
from app.simulator.records import Pull, Repository
from app.simulator.rest.door import answer, body, caller, found, hub, invalid, made, needs, nothing, paged, text
from app.simulator.talkrecords import Comment, Issue, Reaction, Review, ReviewComment

routes = Blueprint("comments", __name__)


@routes.get("/repos/<owner>/<name>/issues/<int:number>/comments")
@needs("issues:read", "pull_requests:read")
def comments(repo: Repository, number: int) -> Response:
    """List the comments of an issue or pull request, oldest first."""
    subject(repo, number)
    hits = [comment for comment in repo.comments.values() if comment.number == number]
    return paged(hits, lambda comment: issues.comment(hub(), repo, comment))


@routes.post("/repos/<owner>/<name>/issues/<int:number>/comments")
@needs("issues:write", "pull_requests:write")
def create_comment(repo: Repository, number: int) -> Response:
    """Comment on an issue or pull request."""
    subject(repo, number, "write")
    comment = hub().comment(repo, number, hub().app.bot.login, body_text())
    made(f"comment {repo.full_name}#{number}:{comment.id}")
    response = answer(issues.comment(hub(), repo, comment), 201)
    response.headers["Location"] = issues.comment(hub(), repo, comment)["url"]
    return response


@routes.get("/repos/<owner>/<name>/issues/comments/<int:identity>")
@needs("issues:read", "pull_requests:read")
def get_comment(repo: Repository, identity: int) -> Response:
    """Answer a comment."""
    return answer(issues.comment(hub(), repo, found(repo.comments.get(identity))))


@routes.patch("/repos/<owner>/<name>/issues/comments/<int:identity>")
@needs("issues:write", "pull_requests:write")
def update_comment(repo: Repository, identity: int) -> Response:
    """Change a comment of ours."""
    comment = _own_comment(repo, identity)
    comment.body, comment.updated_at = body_text(), hub().now()
    made(f"comment {repo.full_name}#{comment.number}:{identity}")
    return answer(issues.comment(hub(), repo, comment))


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
    return paged(found(repo.comments.get(identity)).reactions, lambda item: labels.reaction(hub(), item))


@routes.post("/repos/<owner>/<name>/issues/comments/<int:identity>/reactions")
@needs("issues:write")
def react(repo: Repository, identity: int) -> Response:
    """React to a comment, which the right to pull requests is not enough for."""
    return _reacted(repo, found(repo.comments.get(identity)))


@routes.get("/repos/<owner>/<name>/pulls/comments/<int:identity>/reactions")
@needs("pull_requests:read")
def review_reactions(repo: Repository, identity: int) -> Response:
    """List the reactions to a review comment."""
    return paged(found(repo.review_comments.get(identity)).reactions, lambda item: labels.reaction(hub(), item))


@routes.post("/repos/<owner>/<name>/pulls/comments/<int:identity>/reactions")
@needs("pull_requests:write")
def react_to_review(repo: Repository, identity: int) -> Response:
    """React to a review comment."""
    return _reacted(repo, found(repo.review_comments.get(identity)))


def subject(repo: Repository, number: int, level: str = "read") -> Issue | Pull:
    """Return an issue or pull request; rights to pull requests are none to other issues."""
    hub().refresh_pulls(repo)
    issue = repo.issues.get(number)
    if issue is None:
        return found(repo.pulls.get(number))
    demand(caller(), (f"issues:{level}",))
    return issue


def body_text() -> str:
    """Return the text of a comment; raises a 422 when it is empty or too long."""
    value = text(body(), "body", resource="IssueComment")
    if not value or len(value) > LONGEST_BODY:
        raise invalid(f"body must have 1 to {LONGEST_BODY} characters", resource="IssueComment", field="body")
    return value


def reacted(repo: Repository, comment: Comment | ReviewComment | Review, content: str) -> tuple[Reaction, bool]:
    """Add the App's reaction, and say whether it is new."""
    for standing in comment.reactions:
        if (standing.author, standing.content) == (hub().app.bot, content):
            return standing, False
    reaction = Reaction(hub().next_id(), content, hub().app.bot, hub().now())
    comment.reactions.append(reaction)
    made(f"reaction {repo.full_name}:{comment.id}:{content}")
    return reaction, True


def _reacted(repo: Repository, comment: Comment | ReviewComment) -> Response:
    content = body().get("content")
    if content not in labels.CONTENTS:
        raise invalid(f"{content!r} is not a reaction", resource="Reaction", field="content", code="invalid")
    reaction, new = reacted(repo, comment, content)
    return answer(labels.reaction(hub(), reaction), 201 if new else 200)


def _own_comment(repo: Repository, identity: int) -> Comment:
    comment = found(repo.comments.get(identity))
    if comment.author != hub().app.bot:
        raise Problem(403, "Must have admin rights to Repository.")
    return comment
