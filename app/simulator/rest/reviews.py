"""Reviews, comments at lines, and who is asked to review."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from app.simulator import reviews as rules
from app.simulator.access import Problem
from app.simulator.documents import pulls, reviews
from app.simulator.records import Pull, Repository
from app.simulator.rest.comments import body_text
from app.simulator.rest.door import answer, body, found, hub, made, needs, paged

routes = Blueprint("reviews", __name__)
EVENTS: Mapping[str, rules.State] = {
    "COMMENT": "COMMENTED",
    "APPROVE": "APPROVED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
}


@routes.get("/repos/<owner>/<name>/pulls/<int:number>/reviews")
@needs("pull_requests:read")
def listing(repo: Repository, number: int) -> Response:
    """List the reviews of a pull request, oldest first."""
    _pull(repo, number)
    hits = [review for review in repo.reviews.values() if review.number == number]
    return paged(hits, lambda review: reviews.review(hub(), repo, review))


@routes.get("/repos/<owner>/<name>/pulls/<int:number>/reviews/<int:review_id>/comments")
@needs("pull_requests:read")
def comments_of(repo: Repository, number: int, review_id: int) -> Response:
    """List the comments that a review brought along."""
    _pull(repo, number)
    found(repo.reviews.get(review_id))
    hits = [each for each in repo.review_comments.values() if each.review_id == review_id]
    return paged(hits, lambda record: reviews.review_comment(hub(), repo, record))


@routes.post("/repos/<owner>/<name>/pulls/<int:number>/reviews")
@needs("pull_requests:write")
def create(repo: Repository, number: int) -> Response:
    """Submit a review with comments at lines of the head's diff."""
    pull, document = _pull(repo, number), body()
    event = str(document.get("event"))
    if event not in EVENTS:
        raise Problem(422, "This simulator keeps no pending reviews: event must be given")
    if document.get("commit_id", pull.head_sha) != pull.head_sha:
        raise Problem(422, "This simulator reviews the head of a pull request only")
    remarks = [_remark(each) for each in document.get("comments") or ()]
    made_now = rules.review(hub(), repo, pull, hub().app.bot, EVENTS[event], document.get("body") or "", remarks)
    made(f"review {repo.full_name}#{number}:{made_now.id}")
    return answer(reviews.review(hub(), repo, made_now))


@routes.get("/repos/<owner>/<name>/pulls/<int:number>/comments")
@needs("pull_requests:read")
def comments(repo: Repository, number: int) -> Response:
    """List the comments at lines of a pull request, oldest first."""
    _pull(repo, number)
    hits = [comment for comment in repo.review_comments.values() if comment.number == number]
    return paged(hits, lambda comment: reviews.review_comment(hub(), repo, comment))


@routes.get("/repos/<owner>/<name>/pulls/comments/<int:identity>")
@needs("pull_requests:read")
def get_comment(repo: Repository, identity: int) -> Response:
    """Answer a comment at a line."""
    return answer(reviews.review_comment(hub(), repo, found(repo.review_comments.get(identity))))


@routes.post("/repos/<owner>/<name>/pulls/<int:number>/comments/<int:identity>/replies")
@needs("pull_requests:write")
def reply(repo: Repository, number: int, identity: int) -> Response:
    """Answer in the thread of a comment."""
    root = found(repo.review_comments.get(identity))
    if root.number != number:
        found(None)
    comment = rules.reply(hub(), repo, root, hub().app.bot, body_text())
    made(f"reply {repo.full_name}#{number}:{comment.id}")
    return answer(reviews.review_comment(hub(), repo, comment), 201)


@routes.post("/repos/<owner>/<name>/pulls/<int:number>/requested_reviewers")
@needs("pull_requests:write")
def request_reviewers(repo: Repository, number: int) -> Response:
    """Ask for reviews; one name that cannot be asked refuses the whole list."""
    pull, document = _pull(repo, number), body()
    users, teams = document.get("reviewers") or [], document.get("team_reviewers") or []
    if pull.author.login in users:
        raise Problem(422, "Review cannot be requested from pull request author.")
    if any(login not in repo.roles for login in users) or not set(teams) <= repo.teams:
        raise Problem(
            422,
            "Reviews may only be requested from collaborators. One or more of the users or teams you specified "
            f"is not a collaborator of the {repo.full_name} repository.",
        )
    pull.reviewers = list(dict.fromkeys([*pull.reviewers, *(hub().account(login) for login in users)]))
    pull.review_teams = list(dict.fromkeys([*pull.review_teams, *teams]))
    made(f"reviewers {repo.full_name}#{number}:{','.join([*users, *teams])}")
    return answer(pulls.short_pull(hub(), repo, pull), 201)


@routes.get("/repos/<owner>/<name>/pulls/<int:number>/requested_reviewers")
@needs("pull_requests:read")
def requested_reviewers(repo: Repository, number: int) -> Response:
    """Answer who is asked for a review."""
    short = pulls.short_pull(hub(), repo, _pull(repo, number))
    return answer({"users": short["requested_reviewers"], "teams": short["requested_teams"]})


def _remark(document: Mapping[str, Any]) -> rules.Remark:
    return rules.Remark(document["path"], document["line"], document["body"], document.get("start_line"))


def _pull(repo: Repository, number: int) -> Pull:
    hub().refresh_pulls(repo)
    return found(repo.pulls.get(number))
