"""What each event means: a red commit, a closed pull request, a command, or nothing to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from tasks.github.payloads import (
    CheckRunEvent,
    CheckSuiteEvent,
    Comment,
    Delivery,
    IssueCommentEvent,
    PullRequestEvent,
    PullStub,
    ReviewCommentEvent,
    ReviewEvent,
    StatusEvent,
    WorkflowRunEvent,
)
from tasks.github.signal import CiFailure, Command, Ignored, PullClosed

EVENTS: Mapping[str, type[Delivery]] = {
    "workflow_run": WorkflowRunEvent,
    "check_run": CheckRunEvent,
    "check_suite": CheckSuiteEvent,
    "status": StatusEvent,
    "pull_request": PullRequestEvent,
    "issue_comment": IssueCommentEvent,
    "pull_request_review_comment": ReviewCommentEvent,
    "pull_request_review": ReviewEvent,
}
"""By the value of `X-GitHub-Event`."""

_RED = frozenset({"failure", "timed_out", "startup_failure", "error"})
_CALL = re.compile(r"^[ \t]*/goldseam\b", re.MULTILINE)

_Red = WorkflowRunEvent | CheckRunEvent | CheckSuiteEvent | StatusEvent
_Where = Literal["comment", "review_comment", "review"]


def what_happened(delivery: Delivery, own_app_id: int | None) -> CiFailure | PullClosed | Command | Ignored:
    """Return what a delivery of one of `EVENTS` means."""
    match delivery:
        case WorkflowRunEvent() | CheckRunEvent() | CheckSuiteEvent() | StatusEvent():
            if _is_own(delivery, own_app_id):
                return Ignored("own check")
            failure = _failure(delivery)
            return failure if failure.conclusion in _RED else Ignored("not red")
        case PullRequestEvent():
            return _closed(delivery) if delivery.action == "closed" else Ignored("pull request not closed")
        case IssueCommentEvent() | ReviewCommentEvent() | ReviewEvent():
            return _comment(delivery)
        case _:
            return Ignored("unknown event")


def _is_own(delivery: _Red, own_app_id: int | None) -> bool:
    match delivery:
        case CheckRunEvent():
            app = delivery.check_run.app
        case CheckSuiteEvent():
            app = delivery.check_suite.app
        case _:
            return False
    return own_app_id is not None and app is not None and app.id == own_app_id


def _failure(delivery: _Red) -> CiFailure:
    match delivery:
        case WorkflowRunEvent():
            return _workflow_run(delivery)
        case CheckRunEvent():
            return _check_run(delivery)
        case CheckSuiteEvent():
            return _check_suite(delivery)
        case StatusEvent():
            return _status(delivery)


def _workflow_run(delivery: WorkflowRunEvent) -> CiFailure:
    run = delivery.workflow_run
    pushed = run.head_branch if run.event == "push" else ""
    return CiFailure(
        source="workflow_run",
        run_id=run.id,
        attempt=run.run_attempt or 1,
        name=run.name,
        # "completed" deliveries with a null conclusion have been recorded, so the action is not asked.
        conclusion=run.conclusion,
        head_sha=run.head_sha,
        head_branch=run.head_branch,
        head_repository=run.head_repository.full_name if run.head_repository else "",
        base_branch=_base(run.pull_requests, pushed, delivery),
        pull_numbers=tuple(each.number for each in run.pull_requests),
        html_url=run.html_url,
    )


def _check_run(delivery: CheckRunEvent) -> CiFailure:
    check = delivery.check_run
    branch = check.check_suite.head_branch if check.check_suite else ""
    return CiFailure(
        source="check_run",
        name=check.name,
        conclusion=check.conclusion if delivery.action == "completed" else "",
        head_sha=check.head_sha,
        head_branch=branch,
        base_branch=_base(check.pull_requests, branch, delivery),
        pull_numbers=tuple(each.number for each in check.pull_requests),
        html_url=check.html_url,
    )


def _check_suite(delivery: CheckSuiteEvent) -> CiFailure:
    suite = delivery.check_suite
    return CiFailure(
        source="check_suite",
        name=suite.app.slug if suite.app else "",
        conclusion=suite.conclusion if delivery.action == "completed" else "",
        head_sha=suite.head_sha,
        head_branch=suite.head_branch,
        base_branch=_base(suite.pull_requests, suite.head_branch, delivery),
        pull_numbers=tuple(each.number for each in suite.pull_requests),
    )


def _status(delivery: StatusEvent) -> CiFailure:
    # A commit may be the head of many branches; only a single one says where it belongs.
    branch = delivery.branches[0].name if len(delivery.branches) == 1 else ""
    return CiFailure(
        source="status",
        name=delivery.context,
        conclusion=delivery.state,
        head_sha=delivery.sha,
        head_branch=branch,
        base_branch=branch or delivery.repository.default_branch,
        html_url=delivery.target_url,
    )


def _base(pulls: tuple[PullStub, ...], pushed: str, delivery: Delivery) -> str:
    named = next((each.base.ref for each in pulls if each.base.ref), "")
    return named or pushed or delivery.repository.default_branch


def _closed(delivery: PullRequestEvent) -> PullClosed:
    pull = delivery.pull_request
    merged = bool(pull.merged)
    return PullClosed(
        number=pull.number,
        merged=merged,
        # Before the merge GitHub puts its trial merge there.
        merge_sha=pull.merge_commit_sha if merged else "",
        head_branch=pull.head.ref,
        head_sha=pull.head.sha,
        base_branch=pull.base.ref,
    )


def _comment(delivery: IssueCommentEvent | ReviewCommentEvent | ReviewEvent) -> Command | Ignored:
    # An edited comment is no command: what was approved could change under it.
    if delivery.action not in {"created", "submitted"}:
        return Ignored("comment not new")
    match delivery:
        case IssueCommentEvent():
            if delivery.issue.pull_request is None:
                return Ignored("comment on an issue")
            return _command(delivery.comment, delivery.issue.number, "comment")
        case ReviewCommentEvent():
            return _command(delivery.comment, delivery.pull_request.number, "review_comment")
        case ReviewEvent():
            return _command(delivery.review, delivery.pull_request.number, "review")


def _command(comment: Comment, pull_number: int, where: _Where) -> Command | Ignored:
    if _CALL.search(comment.body) is None:
        return Ignored("no command")
    if comment.user is None:
        return Ignored("author is gone")
    via = comment.performed_via_github_app
    return Command(
        where=where,
        comment_id=comment.id,
        pull_number=pull_number,
        author_login=comment.user.login,
        author_id=comment.user.id,
        author_type=comment.user.type,
        app_id=via.id if via else None,
        body=comment.body,
    )
