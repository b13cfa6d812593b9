"""Events by which people speak to Goldseam: comments, reviews, buttons and boxes."""

from __future__ import annotations

import re

from tasks.github.envelopes import (
    CheckRunEvent,
    CheckSuiteEvent,
    IssueCommentEvent,
    PullRequestEvent,
    ReviewCommentEvent,
    ReviewEvent,
)
from tasks.github.payloads import App, Comment, User
from tasks.github.signal import BoxTicked, ButtonPressed, Command, Ignored, Where

OWN_BRANCHES = "goldseam/"
RERUN = "rerun"
"""The identifier that stands for GitHub's own re-run buttons."""

_CALL = re.compile(r"^[ \t]*/goldseam\b", re.MULTILINE)
_BOX = re.compile(r"^[ \t]*[-*] \[([ xX])\] <!-- goldseam:box=([a-z0-9-]{1,40}) -->", re.MULTILINE)

CommentEvent = IssueCommentEvent | ReviewCommentEvent | ReviewEvent


def comment(delivery: CommentEvent, own_app_id: int | None) -> Command | Ignored:
    """Return the command that a new comment or review is, if it is one."""
    # An edited comment is no command: what was approved could change under it.
    if delivery.action not in {"created", "submitted"}:
        return Ignored("comment not new")
    match delivery:
        case IssueCommentEvent():
            if delivery.issue.pull_request is None:
                return Ignored("comment on an issue")
            return _command(delivery.comment, delivery.issue.number, "comment", "", own_app_id)
        case ReviewCommentEvent():
            pull = delivery.pull_request
            return _command(delivery.comment, pull.number, "review_comment", pull.head.ref, own_app_id)
        case ReviewEvent():
            pull = delivery.pull_request
            return _command(delivery.review, pull.number, "review", pull.head.ref, own_app_id)


def button(delivery: CheckRunEvent, own_app_id: int | None) -> ButtonPressed | Ignored:
    """Return the button of an own check run that was pressed; GitHub's re-run button is `rerun`."""
    check, author = delivery.check_run, delivery.sender
    identifier = delivery.requested_action.identifier if delivery.requested_action else ""
    return _pressed(
        RERUN if delivery.action == "rerequested" else identifier,
        check.app,
        own_app_id,
        author,
        check_run_id=check.id,
        external_id=check.external_id,
        head_sha=check.head_sha,
    )


def suite_rerun(delivery: CheckSuiteEvent, own_app_id: int | None) -> ButtonPressed | Ignored:
    """Return the re-run of all own checks of a commit; it names no check run, so its number is 0."""
    suite = delivery.check_suite
    return _pressed(
        RERUN, suite.app, own_app_id, delivery.sender, check_run_id=0, external_id="", head_sha=suite.head_sha
    )


def box(delivery: PullRequestEvent) -> BoxTicked | None:
    """Return the first box that an edit of an own pull request's text ticked."""
    pull, author = delivery.pull_request, delivery.sender
    was = delivery.changes.body if delivery.changes else None
    if was is None or author is None or not pull.head.ref.startswith(OWN_BRANCHES):
        return None
    before = {name: mark for mark, name in _BOX.findall(was.from_)}
    ticked = [name for mark, name in _BOX.findall(pull.body) if mark != " " and before.get(name) == " "]
    if not ticked:
        return None
    return BoxTicked(
        number=pull.number,
        head_branch=pull.head.ref,
        box=ticked[0],
        author_login=author.login,
        author_id=author.id,
        author_type=author.type,
        edited_at=pull.updated_at,
    )


def _command(said: Comment, number: int, where: Where, branch: str, own_app_id: int | None) -> Command | Ignored:
    if not _is_meant(said, where, branch):
        return Ignored("no command")
    if said.user is None:
        return Ignored("author is gone")
    via = said.performed_via_github_app
    if via is not None and own_app_id is not None and via.id == own_app_id:
        return Ignored("own comment")
    return Command(
        where=where,
        comment_id=said.id,
        pull_number=number,
        author_login=said.user.login,
        author_id=said.user.id,
        author_type=said.user.type,
        app_id=via.id if via else None,
        body=said.body,
        node_id=said.node_id,
        path=said.path if where == "review_comment" else "",
        line=said.line if where == "review_comment" else None,
        review_id=said.id if where == "review" else said.pull_request_review_id,
        review_state=said.state.lower() if where == "review" else "",
        head_branch=branch,
    )


def _is_meant(said: Comment, where: Where, branch: str) -> bool:
    if _CALL.search(said.body) is not None:
        return True
    if not branch.startswith(OWN_BRANCHES):
        return False
    # An inline comment does not say what its review concludes: whoever answers looks that up.
    return where == "review_comment" or (where == "review" and said.state.lower() == "changes_requested")


def _pressed(
    identifier: str,
    app: App | None,
    own_app_id: int | None,
    author: User | None,
    *,
    check_run_id: int,
    external_id: str,
    head_sha: str,
) -> ButtonPressed | Ignored:
    if own_app_id is None or app is None or app.id != own_app_id:
        return Ignored("a button of another App")
    if author is None:
        return Ignored("author is gone")
    if not identifier:
        return Ignored("a button without a name")
    return ButtonPressed(
        identifier=identifier,
        check_run_id=check_run_id,
        external_id=external_id,
        head_sha=head_sha,
        author_login=author.login,
        author_id=author.id,
        author_type=author.type,
    )
