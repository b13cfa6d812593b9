"""What GitHub has, as the stages see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Run:
    """A workflow run."""

    id: int
    attempt: int
    name: str
    path: str
    event: str
    conclusion: str | None
    head_branch: str
    head_sha: str
    head_repository: str
    """Full name; differs from the repository for forks; empty when the fork is gone."""
    html_url: str
    pull_numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """A failed job of a run."""

    id: int
    name: str
    conclusion: str
    failed_step: str
    html_url: str


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request."""

    number: int
    node_id: str
    state: Literal["open", "closed"]
    merged: bool
    draft: bool
    head_branch: str
    head_sha: str
    base_branch: str
    body: str
    html_url: str
    title: str = ""
    author_login: str = ""
    author_id: int = 0
    head_repository: str = ""
    """Full name; differs from the repository for forks; empty when the fork is gone or nobody asked."""
    base_sha: str = ""
    mergeable: bool | None = None
    """None while GitHub is still finding out, in lists, and once closed."""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PullFile:
    """A file that a pull request changes."""

    path: str
    status: str
    patch: str
    """Its hunks as a unified diff without a header; empty when GitHub shows none."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who acts: a person or a bot."""

    login: str
    id: int


@dataclass(frozen=True, slots=True)
class CommitInfo:
    """A commit of a pull request, and the accounts that GitHub matched to it."""

    sha: str
    message: str
    author_id: int | None
    author_login: str
    committer_id: int | None


@dataclass(frozen=True, slots=True)
class PostedComment:
    """A comment of our own."""

    id: int
    body: str
    html_url: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """New text for whole lines of a file, which a reader takes over with one click."""

    path: str
    start_line: int
    line: int
    """The last line, which may be the first."""
    text: str
    """Without a line end after the last line; empty takes the lines out."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit made through the API."""

    sha: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Annotation:
    """A remark at lines of a file, shown by a check run."""

    path: str
    start_line: int
    end_line: int
    message: str
    level: Literal["notice", "warning", "failure"] = "warning"
    title: str = ""


@dataclass(frozen=True, slots=True)
class CheckOutput:
    """What a check run shows."""

    title: str
    summary: str
    text: str = ""
    annotations: Sequence[Annotation] = ()


@dataclass(frozen=True, slots=True)
class CheckAction:
    """A button of a check run; GitHub shows 3 at most and cuts nothing, so longer texts are refused."""

    label: str
    """At most 20 characters."""
    description: str
    """At most 40."""
    identifier: str
    """At most 20; comes back in the event."""


Conclusion = Literal["success", "failure", "neutral", "skipped", "action_required"]
Permission = Literal["admin", "maintain", "write", "triage", "read", "none"]
Where = Literal["comment", "review_comment", "review"]
"""A comment below a pull request, one at a line, or the text of a review."""
Reaction = Literal["eyes", "+1", "confused"]


@dataclass(frozen=True, slots=True)
class ReviewRemark:
    """A review's comment on a line."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Access:
    """What an account may do in a repository."""

    level: Permission
    account_id: int | None
    """Of whoever has the login now; None when nobody has."""
