"""The parts of GitHub's webhook payloads that Goldseam reads.

Lenient about what is absent or null, strict about types: a number that comes as a
text, or a list in place of an object, makes the whole delivery unreadable.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from tasks.github.names import OWNER_NAME

_SHA = r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$"

Sha = Annotated[str, Field(pattern=_SHA)]
Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
"""Null and absent are both the empty text."""


def moment(value: object) -> datetime | None:
    """Return the time that GitHub wrote, in UTC or with its zone; None for what is no time."""
    # A time that cannot be read is no time: nothing but the age of a delivery depends on it.
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            return found if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


Moment = Annotated[datetime | None, BeforeValidator(moment)]
"""GitHub writes ISO 8601, and in pushes seconds since 1970."""


class Part(BaseModel):
    """An object of a payload."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Repository(Part):
    """Where it happened."""

    id: int
    full_name: str = Field(pattern=OWNER_NAME)
    default_branch: Text = ""
    pushed_at: Moment = None


class NamedRepository(Part):
    """The repository of a head, which may be a fork."""

    full_name: Text = ""


class Account(Part):
    """Whose installation it is."""

    login: Text = ""


class Installation(Part):
    """The installation that GitHub sent it for."""

    id: int
    account: Account | None = None
    updated_at: Moment = None


class Ref(Part):
    """One end of a pull request."""

    ref: Text = ""
    sha: Text = ""
    repo: NamedRepository | None = None


class PullStub(Part):
    """A pull request as runs and checks list it."""

    number: int
    base: Ref = Ref()


def without_nulls(value: object) -> object:
    """Return the list without the nulls that GitHub leaves in it; null for the list is an empty one."""
    if isinstance(value, list):
        return tuple(each for each in value if each is not None)
    return () if value is None else value


Pulls = Annotated[tuple[PullStub, ...], BeforeValidator(without_nulls)]
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
    updated_at: Moment = None


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
    updated_at: Moment = None


class CheckRun(Part):
    """`check_run`."""

    id: int = 0
    external_id: Text = ""
    name: Text = ""
    conclusion: Text = ""
    head_sha: Sha
    html_url: Text = ""
    app: App | None = None
    check_suite: SuiteStub | None = None
    pull_requests: Pulls = ()
    completed_at: Moment = None


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
    node_id: Text = ""
    body: Text = ""
    user: User | None = None
    performed_via_github_app: App | None = None
    created_at: Moment = None
    submitted_at: Moment = None
    path: Text = ""
    line: int | None = None
    pull_request_review_id: int | None = None
    state: Text = ""


class Issue(Part):
    """The issue under a comment; `pull_request` is there when it is one."""

    number: int
    pull_request: dict[str, object] | None = None


class PullRequest(Part):
    """`pull_request`."""

    number: int
    merged: bool | None = None
    merge_commit_sha: Text = ""
    body: Text = ""
    head: Ref = Ref()
    base: Ref = Ref()
    updated_at: Text = ""


class ListedRepository(Part):
    """A repository in the list of an installation."""

    id: int
    full_name: str = Field(pattern=OWNER_NAME)
