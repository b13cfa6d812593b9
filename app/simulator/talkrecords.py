"""What people and Apps say to each other: issues, comments, reviews and reactions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from app.simulator.records import Account, Label


@dataclass(frozen=True, slots=True)
class Reaction:
    """Somebody's reaction to a comment."""

    id: int
    content: str
    author: Account
    created_at: datetime


@dataclass(slots=True)
class Issue:
    """An issue that is no pull request."""

    id: int
    number: int
    title: str
    body: str
    author: Account
    created_at: datetime
    updated_at: datetime
    state: Literal["open", "closed"] = "open"
    closed_at: datetime | None = None
    labels: list[Label] = field(default_factory=list)


@dataclass(slots=True)
class Comment:
    """A comment on an issue or pull request."""

    id: int
    number: int
    """Of the issue or pull request."""
    author: Account
    body: str
    created_at: datetime
    updated_at: datetime
    reactions: list[Reaction] = field(default_factory=list)


@dataclass(slots=True)
class Review:
    """A review that was submitted."""

    id: int
    number: int
    author: Account
    state: Literal["COMMENTED", "APPROVED", "CHANGES_REQUESTED"]
    body: str
    commit_id: str
    submitted_at: datetime
    reactions: list[Reaction] = field(default_factory=list)


@dataclass(slots=True)
class ReviewComment:
    """A comment at lines of a pull request's diff, or an answer in its thread."""

    id: int
    number: int
    review_id: int
    author: Account
    body: str
    path: str
    line: int
    start_line: int | None
    commit_id: str
    diff_hunk: str
    created_at: datetime
    updated_at: datetime
    in_reply_to: int | None = None
    reactions: list[Reaction] = field(default_factory=list)
