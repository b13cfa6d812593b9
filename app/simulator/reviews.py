"""Reviews and comments at lines: the rules, for REST and people alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from app.simulator.access import Problem
from app.simulator.gitrecords import FileChange
from app.simulator.hub import Hub
from app.simulator.lines import diff_lines
from app.simulator.records import Account, Pull, Repository
from app.simulator.talkrecords import Review, ReviewComment

State = Literal["COMMENTED", "APPROVED", "CHANGES_REQUESTED"]
LONGEST_BODY = 65536


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment that a review brings along."""

    path: str
    line: int
    body: str
    start_line: int | None = None


def changes(repo: Repository, pull: Pull) -> list[FileChange]:
    """Return what a pull request changes, from its merge base."""
    start = repo.git.merge_base(pull.base_sha, pull.head_sha) or pull.base_sha
    return repo.git.changes(start, pull.head_sha)


def review(
    hub: Hub, repo: Repository, pull: Pull, author: Account, state: State, body: str, remarks: Sequence[Remark] = ()
) -> Review:
    """Submit a review with its comments; raises GitHub's 422 for a line outside the diff, and makes nothing then."""
    if state != "APPROVED" and not body and not remarks:
        raise Problem(422, "Unprocessable Entity: body is missing")
    if state != "COMMENTED" and author == pull.author:
        wanted = "approve" if state == "APPROVED" else "request changes on"
        raise Problem(422, f"Unprocessable Entity: Can not {wanted} your own pull request")
    hunks = [_hunk(repo, pull, remark) for remark in remarks]
    made = Review(hub.next_id(), pull.number, author, state, body, pull.head_sha, hub.now())
    repo.reviews[made.id] = made
    for remark, hunk in zip(remarks, hunks, strict=True):
        _keep(hub, repo, pull, made, remark, hunk)
    return made


def review_comment(
    hub: Hub, repo: Repository, pull: Pull, author: Account, remark: Remark, *, state: State = "COMMENTED"
) -> ReviewComment:
    """Comment at a line, which GitHub keeps as a review with one comment."""
    made = review(hub, repo, pull, author, state, "", (remark,))
    return next(each for each in repo.review_comments.values() if each.review_id == made.id)


def reply(hub: Hub, repo: Repository, root: ReviewComment, author: Account, body: str) -> ReviewComment:
    """Answer in a thread; raises GitHub's 422 for an answer to an answer."""
    if root.in_reply_to is not None:
        raise Problem(422, "Unprocessable Entity: replies to replies are not supported")
    pull = repo.pulls[root.number]
    made = Review(hub.next_id(), pull.number, author, "COMMENTED", "", pull.head_sha, hub.now())
    repo.reviews[made.id] = made
    remark = Remark(root.path, root.line, body, root.start_line)
    answer = _keep(hub, repo, pull, made, remark, root.diff_hunk)
    answer.in_reply_to = root.id
    return answer


def _keep(hub: Hub, repo: Repository, pull: Pull, made: Review, remark: Remark, hunk: str) -> ReviewComment:
    kept = ReviewComment(
        id=hub.next_id(),
        number=pull.number,
        review_id=made.id,
        author=made.author,
        body=remark.body,
        path=remark.path,
        line=remark.line,
        start_line=remark.start_line,
        commit_id=pull.head_sha,
        diff_hunk=hunk,
        created_at=hub.now(),
        updated_at=hub.now(),
    )
    repo.review_comments[kept.id] = kept
    return kept


def _hunk(repo: Repository, pull: Pull, remark: Remark) -> str:
    """Return the hunk that shows the remark's lines; raises GitHub's 422 when none does."""
    patch = next((each.patch for each in changes(repo, pull) if each.path == remark.path), "")
    first = remark.start_line or remark.line
    for hunk in _hunks(patch):
        shown = {line.new for line in diff_lines(hunk) if line.new is not None}
        if first <= remark.line and {first, remark.line} <= shown:
            return hunk
    error = {
        "resource": "PullRequestReviewComment",
        "code": "custom",
        "field": "pull_request_review_thread.line",
        "message": "pull_request_review_thread.line must be part of the diff",
    }
    raise Problem(422, "Unprocessable Entity", (error,))


def _hunks(patch: str) -> Iterator[str]:
    lines = patch.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("@@ ")]
    for start, end in zip(starts, [*starts, len(lines)][1:], strict=True):
        yield "\n".join(lines[start:end])
