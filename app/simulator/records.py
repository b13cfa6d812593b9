"""What the simulated GitHub knows, as plain records.

Records that GitHub lets a client change are mutable and changed only under
`Hub.lock`; everything else is frozen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from app.simulator.git import BareRepository

if TYPE_CHECKING:
    from app.simulator.talkrecords import Comment, Issue, Review, ReviewComment

Permissions = Mapping[str, str]
"""Permission name to `read`, `write` or `admin`, as in an App's manifest."""

Log = bytes | Callable[[], Iterator[bytes]]
"""A job's log: the bytes, or a maker of chunks for logs that should not be held in memory."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user, an organization or an App's bot."""

    id: int
    login: str
    type: Literal["User", "Organization", "Bot"] = "User"


@dataclass(frozen=True, slots=True)
class AppRecord:
    """A registered GitHub App."""

    id: int
    slug: str
    name: str
    owner: Account
    bot: Account
    public_key: bytes
    """PEM; JSON web tokens are checked with it."""
    webhook_secret: str
    permissions: Permissions
    created_at: datetime
    events: tuple[str, ...]


@dataclass(slots=True)
class Installation:
    """An App installed on an account, for named repositories."""

    id: int
    account: Account
    permissions: Permissions
    repositories: set[str]
    created_at: datetime
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """An installation token, for some repositories and permissions, for one hour."""

    value: str
    installation: Installation
    repositories: frozenset[str]
    permissions: Permissions
    expires_at: datetime


@dataclass(slots=True)
class Repository:
    """A repository and everything that hangs on it."""

    id: int
    owner: Account
    name: str
    private: bool
    default_branch: str
    git: BareRepository
    created_at: datetime
    roles: dict[str, str] = field(default_factory=dict)
    """Login to role: read, triage, write, maintain or admin."""
    verified: set[str] = field(default_factory=set)
    """Commits that carry GitHub's signature."""
    runs: dict[int, Run] = field(default_factory=dict)
    checks: dict[int, CheckRun] = field(default_factory=dict)
    pulls: dict[int, Pull] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    """By number; pull requests are counted with them and kept in `pulls`."""
    comments: dict[int, Comment] = field(default_factory=dict)
    reviews: dict[int, Review] = field(default_factory=dict)
    review_comments: dict[int, ReviewComment] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    blobs: dict[str, Blob] = field(default_factory=dict)
    next_number: int = 1
    teams: set[str] = field(default_factory=set)
    """Slugs of the teams that may be asked for a review."""
    archived: bool = False
    has_issues: bool = True
    fork_of: str = ""
    """Full name of the repository that this is a fork of."""

    @property
    def full_name(self) -> str:
        """Return `OWNER/NAME`."""
        return f"{self.owner.login}/{self.name}"


@dataclass(frozen=True, slots=True)
class Job:
    """A job of a run; its id is also the id of its check run."""

    id: int
    name: str
    log: Log
    failed_step: str
    """Empty when the job passed."""
    attempt: int = 1

    @property
    def conclusion(self) -> Literal["success", "failure"]:
        """Return how the job ended."""
        return "failure" if self.failed_step else "success"


@dataclass(frozen=True, slots=True)
class Artifact:
    """Files that a run uploaded."""

    id: int
    name: str
    files: Mapping[str, bytes]
    created_at: datetime


@dataclass(slots=True)
class Run:
    """A workflow run that has ended."""

    id: int
    number: int
    workflow_id: int
    check_suite_id: int
    path: str
    event: str
    head_branch: str
    head_sha: str
    head_repository: str
    """Full name; another repository's for a run of a fork."""
    jobs: list[Job]
    artifacts: list[Artifact]
    pull_numbers: tuple[int, ...]
    actor: Account
    created_at: datetime
    attempt: int = 1

    @property
    def name(self) -> str:
        """Return the workflow's name: the stem of its file."""
        return self.path.partition("@")[0].rpartition("/")[2].rpartition(".")[0]

    @property
    def latest_jobs(self) -> list[Job]:
        """Return the newest job of each name, in the order of the workflow."""
        newest = {job.name: job for job in self.jobs}
        return list(newest.values())

    @property
    def conclusion(self) -> Literal["success", "failure", "startup_failure"]:
        """Return how the run ended; without any job it never started."""
        if not self.jobs:
            return "startup_failure"
        return "failure" if any(job.failed_step for job in self.latest_jobs) else "success"


@dataclass(frozen=True, slots=True)
class CheckAnnotation:
    """A remark of a check run at lines of a file."""

    path: str
    start_line: int
    end_line: int
    level: str
    message: str
    title: str | None = None
    raw_details: str | None = None
    start_column: int | None = None
    end_column: int | None = None


@dataclass(slots=True)
class CheckRun:
    """A check run, of our App or of GitHub Actions."""

    id: int
    name: str
    head_sha: str
    check_suite_id: int
    app_slug: str
    created_at: datetime
    status: str = "queued"
    conclusion: str | None = None
    external_id: str = ""
    details_url: str | None = None
    completed_at: datetime | None = None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[CheckAnnotation] = field(default_factory=list)
    actions: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a repository."""

    id: int
    name: str


@dataclass(slots=True)
class Pull:
    """A pull request; its head may be a branch of a fork."""

    id: int
    number: int
    title: str
    body: str
    author: Account
    head_branch: str
    base_branch: str
    head_sha: str
    base_sha: str
    draft: bool
    created_at: datetime
    updated_at: datetime
    state: Literal["open", "closed"] = "open"
    closed_at: datetime | None = None
    merge_commit_sha: str | None = None
    merged_by: Account | None = None
    labels: list[Label] = field(default_factory=list)
    head_repository: str = ""
    """Full name of the fork; empty for a branch of the repository itself."""
    reviewers: list[Account] = field(default_factory=list)
    review_teams: list[str] = field(default_factory=list)

    @property
    def merged(self) -> bool:
        """Say whether the pull request was merged."""
        return self.merge_commit_sha is not None


@dataclass(frozen=True, slots=True)
class Blob:
    """A download that a redirect points at; it needs no token and soon expires."""

    content: Log
    media_type: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook request and how it was answered; `status_code` 0 means that nobody answered."""

    id: int
    guid: str
    event: str
    action: str | None
    payload: bytes
    headers: Mapping[str, str]
    delivered_at: datetime
    duration: float
    status: str
    status_code: int
    response: str
    redelivery: bool
    installation_id: int | None
    repository_id: int | None
