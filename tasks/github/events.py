"""What each event means, or why there is nothing to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from tasks.github import talk
from tasks.github.envelopes import (
    CheckRunEvent,
    CheckSuiteEvent,
    Event,
    InstallationEvent,
    IssueCommentEvent,
    PullRequestEvent,
    PushEvent,
    ReviewCommentEvent,
    ReviewEvent,
    StatusEvent,
    WorkflowRunEvent,
)
from tasks.github.payloads import ListedRepository
from tasks.github.red import red_commit
from tasks.github.signal import Ignored, InstallationChanged, PullChanged, PullClosed, Pushed, RepositoryName, What
from tasks.policy.model import REPOSITORY_FILE

EVENTS: Mapping[str, type[Event]] = {
    "workflow_run": WorkflowRunEvent,
    "check_run": CheckRunEvent,
    "check_suite": CheckSuiteEvent,
    "status": StatusEvent,
    "push": PushEvent,
    "pull_request": PullRequestEvent,
    "issue_comment": IssueCommentEvent,
    "pull_request_review_comment": ReviewCommentEvent,
    "pull_request_review": ReviewEvent,
    "installation": InstallationEvent,
    "installation_repositories": InstallationEvent,
}
"""By the value of `X-GitHub-Event`."""
KNOWN = frozenset(EVENTS) | {"ping"}
"""What is worth storing: GitHub's greeting asks for nothing, and shows that deliveries arrive."""

_BRANCH = "refs/heads/"
_PULL_CHANGES: Mapping[str, Literal["opened", "reopened", "pushed", "edited"]] = {
    "opened": "opened",
    "reopened": "reopened",
    "synchronize": "pushed",
    "edited": "edited",
}
_INSTALLATION_CHANGES: Mapping[
    str, Literal["created", "deleted", "suspended", "resumed", "permissions", "repositories"]
] = {
    "created": "created",
    "deleted": "deleted",
    "suspend": "suspended",
    "unsuspend": "resumed",
    "new_permissions_accepted": "permissions",
    "added": "repositories",
    "removed": "repositories",
}


def what_happened(event: Event, own_app_id: int | None) -> What | Ignored:  # noqa: PLR0911 - one a kind
    """Return what a delivery of one of `EVENTS` means."""
    match event:
        case CheckRunEvent(action="requested_action" | "rerequested"):
            return talk.button(event, own_app_id)
        case CheckSuiteEvent(action="rerequested"):
            return talk.suite_rerun(event, own_app_id)
        case WorkflowRunEvent() | CheckRunEvent() | CheckSuiteEvent() | StatusEvent():
            return red_commit(event, own_app_id)
        case PushEvent():
            return _push(event)
        case PullRequestEvent():
            return _pull(event)
        case IssueCommentEvent() | ReviewCommentEvent() | ReviewEvent():
            return talk.comment(event, own_app_id)
        case InstallationEvent():
            return _installation(event)
        case _:
            return Ignored("unknown event")


def _push(event: PushEvent) -> Pushed | Ignored:
    if not event.ref.startswith(_BRANCH):
        return Ignored("no branch was pushed")
    who = event.sender
    return Pushed(
        branch=event.ref.removeprefix(_BRANCH),
        before=event.before,
        after=event.after,
        deleted=bool(event.deleted),
        forced=bool(event.forced),
        pusher_id=who.id if who else None,
        pusher_login=who.login if who else "",
        pusher_type=who.type if who else "",
        touches_policy=event.touches(REPOSITORY_FILE),
    )


def _pull(event: PullRequestEvent) -> What | Ignored:
    pull = event.pull_request
    home = pull.head.repo.full_name if pull.head.repo else ""
    if event.action == "closed":
        merged = bool(pull.merged)
        return PullClosed(
            number=pull.number,
            merged=merged,
            # Before the merge GitHub puts its trial merge there.
            merge_sha=pull.merge_commit_sha if merged else "",
            head_branch=pull.head.ref,
            head_sha=pull.head.sha,
            base_branch=pull.base.ref,
            head_repository=home,
        )
    change = _PULL_CHANGES.get(event.action)
    if change is None:
        return Ignored("unknown change of a pull request")
    ticked = talk.box(event) if change == "edited" else None
    was = event.changes.base if event.changes else None
    return ticked or PullChanged(
        change=change,
        number=pull.number,
        head_branch=pull.head.ref,
        head_sha=pull.head.sha,
        head_repository=home,
        base_branch=pull.base.ref,
        before=event.before if change == "pushed" else "",
        base_before=was.ref.from_ if was else "",
    )


def _installation(event: InstallationEvent) -> InstallationChanged | Ignored:
    change = _INSTALLATION_CHANGES.get(event.action)
    if change is None:
        return Ignored("unknown change of an installation")
    account = event.installation.account
    gone = change == "deleted"
    return InstallationChanged(
        change=change,
        account=account.login if account else "",
        added=_names(event.repositories_added or (() if gone else event.repositories)),
        removed=_names(event.repositories_removed or (event.repositories if gone else ())),
    )


def _names(listed: tuple[ListedRepository, ...]) -> tuple[RepositoryName, ...]:
    return tuple(RepositoryName(id=each.id, full_name=each.full_name) for each in listed)
