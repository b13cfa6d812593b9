"""The parts of GitHub's webhook payloads that Goldseam reads.

Lenient about what is absent or null, strict about types: a number that comes as a
text, or a list in place of an object, makes the whole delivery unreadable.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from tasks.github.names import OWNER_NAME

_SHA = r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$"

Sha = Annotated[str, Field(pattern=_SHA)]
Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
"""Null and absent are both the empty text."""


class Part(BaseModel):
    """An object of a payload."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Repository(Part):
    """Where it happened."""

    id: int
    full_name: str = Field(pattern=OWNER_NAME)
    default_branch: Text = ""


class NamedRepository(Part):
    """The repository of a head, which may be a fork."""

    full_name: Text = ""


class Installation(Part):
    """The installation that GitHub sent it for."""

    id: int


class Ref(Part):
    """One end of a pull request."""

    ref: Text = ""
    sha: Text = ""


class PullStub(Part):
    """A pull request as runs and checks list it."""

    number: int
    base: Ref = Ref()


def _without_nulls(value: object) -> object:
    if isinstance(value, list):
        return tuple(each for each in value if each is not None)
    return () if value is None else value


Pulls = Annotated[tuple[PullStub, ...], BeforeValidator(_without_nulls)]
"""GitHub sends null for the list, and nulls within it."""


class WorkflowRun(Part):
    """`workflow_run`."""

    id: int
    run_attempt: int | None = None
    name: Text = ""
    event: Text = ""
    conclusion: Text = ""
    head_branch: Text = ""
    head_sha: Sha
    head_repository: NamedRepository | None = None
    pull_requests: Pulls = ()
    html_url: Text = ""


class App(Part):
    """The App behind a check."""

    id: int | None = None
    slug: Text = ""


class SuiteStub(Part):
    """The suite that a check run belongs to."""

    head_branch: Text = ""


class CheckSuite(SuiteStub):
    """`check_suite`."""

    conclusion: Text = ""
    head_sha: Sha
    app: App | None = None
    pull_requests: Pulls = ()


class CheckRun(Part):
    """`check_run`."""

    name: Text = ""
    conclusion: Text = ""
    head_sha: Sha
    html_url: Text = ""
    app: App | None = None
    check_suite: SuiteStub | None = None
    pull_requests: Pulls = ()


class Branch(Part):
    """A branch that holds the commit of a status."""

    name: Text = ""


class User(Part):
    """An author; null when the account is gone."""

    id: int
    login: str
    type: Text = ""


class Comment(Part):
    """A comment, a review comment or a review."""

    id: int
    body: Text = ""
    user: User | None = None
    performed_via_github_app: App | None = None


class Issue(Part):
    """The issue under a comment; `pull_request` is there when it is one."""

    number: int
    pull_request: dict[str, object] | None = None


class PullRequest(Part):
    """`pull_request`."""

    number: int
    merged: bool | None = None
    merge_commit_sha: Text = ""
    head: Ref = Ref()
    base: Ref = Ref()


class Delivery(Part):
    """What every event has."""

    action: Text = ""
    repository: Repository
    installation: Installation | None = None


class WorkflowRunEvent(Delivery):
    """`workflow_run`."""

    workflow_run: WorkflowRun


class CheckRunEvent(Delivery):
    """`check_run`."""

    check_run: CheckRun


class CheckSuiteEvent(Delivery):
    """`check_suite`."""

    check_suite: CheckSuite


class StatusEvent(Delivery):
    """`status`."""

    sha: Sha
    state: Text = ""
    context: Text = ""
    target_url: Text = ""
    branches: Annotated[tuple[Branch, ...], BeforeValidator(_without_nulls)] = ()


class PullRequestEvent(Delivery):
    """`pull_request`."""

    pull_request: PullRequest


class IssueCommentEvent(Delivery):
    """`issue_comment`."""

    issue: Issue
    comment: Comment


class ReviewCommentEvent(Delivery):
    """`pull_request_review_comment`."""

    pull_request: PullRequest
    comment: Comment


class ReviewEvent(Delivery):
    """`pull_request_review`."""

    pull_request: PullRequest
    review: Comment
