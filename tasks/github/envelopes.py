"""The payload of each event: what stands around the objects of `payloads`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from tasks.github.payloads import (
    Branch,
    CheckRun,
    CheckSuite,
    Comment,
    Installation,
    Issue,
    ListedRepository,
    Moment,
    Part,
    PullRequest,
    Repository,
    Sha,
    Text,
    User,
    WorkflowRun,
    moment,
    without_nulls,
)


class Was(Part):
    """What a text was before an edit."""

    from_: Text = Field(default="", alias="from")


class BaseWas(Part):
    """The branch that a pull request wanted to go into before an edit."""

    ref: Was = Was()


class Changes(Part):
    """What an edit changed."""

    body: Was | None = None
    base: BaseWas | None = None


class Event(Part):
    """What every event has."""

    action: Text = ""
    installation: Installation | None = None
    sender: User | None = None

    def happened_at(self) -> datetime | None:
        """Return when it happened, by the payload's own word; None when it does not say.

        Buttons do not: their check run is as old as it is, whenever they are pressed.
        """
        return None


class Delivery(Event):
    """What every event of a repository has."""

    repository: Repository


class WorkflowRunEvent(Delivery):
    """`workflow_run`."""

    workflow_run: WorkflowRun

    def happened_at(self) -> datetime | None:
        """Return when the run changed."""
        return self.workflow_run.updated_at


class RequestedAction(Part):
    """The button that was pressed."""

    identifier: Text = ""


class CheckRunEvent(Delivery):
    """`check_run`."""

    check_run: CheckRun
    requested_action: RequestedAction | None = None

    def happened_at(self) -> datetime | None:
        """Return when the check ended."""
        return self.check_run.completed_at if self.action == "completed" else None


class CheckSuiteEvent(Delivery):
    """`check_suite`."""

    check_suite: CheckSuite

    def happened_at(self) -> datetime | None:
        """Return when the suite ended."""
        return self.check_suite.updated_at if self.action == "completed" else None


class StatusEvent(Delivery):
    """`status`."""

    sha: Sha
    state: Text = ""
    context: Text = ""
    target_url: Text = ""
    branches: Annotated[tuple[Branch, ...], BeforeValidator(without_nulls)] = ()
    updated_at: Moment = None

    def happened_at(self) -> datetime | None:
        """Return when the status was set."""
        return self.updated_at


class PullRequestEvent(Delivery):
    """`pull_request`."""

    pull_request: PullRequest
    before: Text = ""
    changes: Changes | None = None

    def happened_at(self) -> datetime | None:
        """Return when the pull request changed."""
        return moment(self.pull_request.updated_at)


class IssueCommentEvent(Delivery):
    """`issue_comment`."""

    issue: Issue
    comment: Comment

    def happened_at(self) -> datetime | None:
        """Return when it was written."""
        return self.comment.created_at


class ReviewCommentEvent(Delivery):
    """`pull_request_review_comment`."""

    pull_request: PullRequest
    comment: Comment

    def happened_at(self) -> datetime | None:
        """Return when it was written."""
        return self.comment.created_at


class ReviewEvent(Delivery):
    """`pull_request_review`."""

    pull_request: PullRequest
    review: Comment

    def happened_at(self) -> datetime | None:
        """Return when it was submitted."""
        return self.review.submitted_at


Paths = Annotated[tuple[Text, ...], BeforeValidator(without_nulls)]


class PushedCommit(Part):
    """The files that a commit touched."""

    added: Paths = ()
    modified: Paths = ()
    removed: Paths = ()


class PushEvent(Delivery):
    """`push`."""

    ref: Text = ""
    before: Sha
    after: Sha
    deleted: bool | None = None
    forced: bool | None = None
    commits: Annotated[tuple[PushedCommit, ...], BeforeValidator(without_nulls)] = ()

    def touches(self, path: str) -> bool:
        """Say whether one of the commits adds, changes or removes a file."""
        return any(path in (*each.added, *each.modified, *each.removed) for each in self.commits)

    def happened_at(self) -> datetime | None:
        """Return when the repository was pushed to."""
        return self.repository.pushed_at


Listed = Annotated[tuple[ListedRepository, ...], BeforeValidator(without_nulls)]


class InstallationEvent(Event):
    """`installation` and `installation_repositories`."""

    installation: Installation
    repositories: Listed = ()
    repositories_added: Listed = ()
    repositories_removed: Listed = ()
