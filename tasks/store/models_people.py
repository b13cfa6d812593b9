"""The tables of what people were asked and said."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tasks.store.base import Base, words


class CommandState(StrEnum):
    """Where a command stands."""

    RECEIVED = "received"
    """Stored; nobody has looked whether its author may command."""
    WAITING = "waiting"
    """Accepted; an attempt works on it."""
    DONE = "done"
    REFUSED = "refused"
    """Its author may not, or it makes no sense here; nothing was changed."""


class CommandRow(Base):
    """What a person told Goldseam, in a comment, a review, by a button or a box; answered once."""

    __tablename__ = "commands"

    id: Mapped[int] = mapped_column(primary_key=True)
    semantic_key: Mapped[str] = mapped_column(unique=True)
    """`command:<repository id>:<where>:<comment id>`: however often it is delivered, it is obeyed once."""
    repository_id: Mapped[int] = mapped_column(BigInteger)
    repository: Mapped[str]
    installation_id: Mapped[int | None] = mapped_column(BigInteger)
    pull_number: Mapped[int | None]
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempts.id"))
    """Whose pull request or check run it speaks to, once that is known."""
    opened_id: Mapped[int | None] = mapped_column(ForeignKey("attempts.id"))
    """The attempt that works on it."""
    body: Mapped[str]
    """The signal, as JSON; hostile text."""
    verb: Mapped[str]
    state: Mapped[CommandState] = mapped_column(words(CommandState), default=CommandState.RECEIVED)
    sentence: Mapped[str] = mapped_column(default="")
    """What came of it, for a person; empty until it ended."""
    listing: Mapped[str] = mapped_column(default="")
    """Digests of the patches that the answer numbered, in their order, by commas."""
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_commands_state", "state", "id"),
        Index("ix_commands_attempt_id", "attempt_id"),
        Index("ix_commands_thread", "repository_id", "pull_number", "id"),
    )


class OnboardingState(StrEnum):
    """How far a repository is on its way to being looked after."""

    WAITING = "waiting"
    """Its red runs are to be read."""
    SURVEYED = "surveyed"
    """Its pull request is to be opened."""
    OPEN = "open"
    MERGED = "merged"
    DECLINED = "declined"
    """A person closed the pull request: the repository is left alone."""
    UNNEEDED = "unneeded"
    """It has the file already."""
    REMOVED = "removed"
    """The App is no longer installed there."""
    FAILED = "failed"


class Onboarding(Base):
    """The one pull request that asks a repository whether it wants to be looked after."""

    __tablename__ = "onboardings"

    id: Mapped[int] = mapped_column(primary_key=True)
    repository_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    """Unique: nobody is asked twice."""
    repository: Mapped[str]
    installation_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[OnboardingState] = mapped_column(words(OnboardingState), default=OnboardingState.WAITING)
    sentence: Mapped[str] = mapped_column(default="")
    survey: Mapped[str] = mapped_column(default="")
    """What was read in the logs, as the JSON of `Survey`; empty until then."""
    pull_number: Mapped[int | None]
    url: Mapped[str] = mapped_column(default="")
    tries: Mapped[int] = mapped_column(default=0)
    """Of the state it is in."""
    due_at: Mapped[datetime]
    """When it is looked at next."""
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    __table_args__ = (Index("ix_onboardings_state", "state", "due_at"),)


class Bystander(Base):
    """A pull request of somebody else at whose head the approval check is to pass; gone once it does."""

    __tablename__ = "bystanders"

    id: Mapped[int] = mapped_column(primary_key=True)
    repository_id: Mapped[int] = mapped_column(BigInteger)
    repository: Mapped[str]
    installation_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int]
    """0: all that are open, because the repository's policy has changed."""
    head_sha: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    """When it is looked at next."""
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(BigInteger, default=0)
    """Grows with each lease and each new head; a worker whose number is old may change nothing any more."""

    __table_args__ = (UniqueConstraint("repository_id", "number"), Index("ix_bystanders_due_at", "due_at"))


class Wish(Base):
    """What a repository's policy was last seen to wish for, so that no event has to ask GitHub."""

    __tablename__ = "wishes"

    repository_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    approval_check: Mapped[bool]
