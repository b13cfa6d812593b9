"""Comments and reactions, each made once: the same text of our own bot that stands there already is adopted.

Two comments that shall both appear must differ, which the hidden marker of ours sees to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from github.Repository import Repository

from tasks.github.errors import translated
from tasks.github.protocol import Account, PostedComment, Reaction, Where
from tasks.github.raw import Document, asked, listed

_MOST_COMMENTS = 1000
_IN_GRAPHQL: Mapping[Reaction, str] = {"eyes": "EYES", "+1": "THUMBS_UP", "confused": "CONFUSED"}


def find_comment(repository: Repository, own: Account, number: int, marker: str) -> PostedComment | None:
    """Return the first comment of our own bot that holds the marker, or None."""
    found = _first(repository, own, f"/issues/{number}/comments", lambda each: marker in str(each["body"]))
    return None if found is None else PostedComment(found["id"], str(found["body"]), str(found["html_url"]))


def comment(repository: Repository, own: Account, number: int, body: str) -> int:
    """Comment on an issue or pull request; returns the comment's id."""
    path = f"/issues/{number}/comments"
    found = _first(repository, own, path, lambda each: each["body"] == body)
    if found is not None:
        return int(found["id"])
    with translated(f"commenting on #{number}"):
        return int(asked(repository, "POST", path, {"body": body})["id"])


def edit_comment(repository: Repository, comment_id: int, body: str) -> None:
    """Give a comment of ours another text."""
    with translated("editing a comment"):
        asked(repository, "PATCH", f"/issues/comments/{comment_id}", {"body": body})


def reply(repository: Repository, own: Account, number: int, comment_id: int, body: str) -> int:
    """Answer in the thread of a review comment; returns the answer's id."""
    with translated("reading a review comment"):
        answered = asked(repository, "GET", f"/pulls/comments/{comment_id}")
    # Answers hang on the first comment of a thread; GitHub takes none to an answer.
    root = int(answered.get("in_reply_to_id") or comment_id)
    path = f"/pulls/{number}/comments"
    found = _first(repository, own, path, lambda each: (each.get("in_reply_to_id"), each["body"]) == (root, body))
    if found is not None:
        return int(found["id"])
    with translated("answering a review comment"):
        return int(asked(repository, "POST", f"{path}/{root}/replies", {"body": body})["id"])


def react(repository: Repository, where: Where, comment_id: int, content: Reaction, node_id: str) -> None:
    """React to a comment or review; GitHub leaves a reaction that is there already alone."""
    with translated("reacting to a comment"):
        if where == "review":
            # A review takes reactions by GraphQL only.
            reaction = {"subjectId": node_id, "content": _IN_GRAPHQL[content]}
            repository.requester.graphql_named_mutation("addReaction", reaction, "reaction { content }")
        else:
            kind = "issues" if where == "comment" else "pulls"
            asked(repository, "POST", f"/{kind}/comments/{comment_id}/reactions", {"content": content})


def _first(repository: Repository, own: Account, path: str, wanted: Callable[[Document], bool]) -> Document | None:
    with translated("reading the comments"):
        for each in listed(repository, path, _MOST_COMMENTS):
            if is_by(own, each) and wanted(each):
                return each
    return None


def is_by(own: Account, document: Document) -> bool:
    """Say whether our own bot wrote it; null stands for an account that is gone."""
    user = document.get("user") or {}
    return user.get("login") == own.login and user.get("type") == "Bot"
