"""The tables. Alembic's migrations make them; a test holds the two together.

Rules: instants are UTC and aware; nothing but the columns that queries need is
unpacked, the rest stands in `documents` as the JSON of a versioned contract.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum, StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from fixers.model import Reason
from tasks.store.base import Base, words
from tasks.store.states import TERMINAL, State


class DeliveryState(StrEnum):
    """What became of a delivery."""

    RECEIVED = "received"
    DONE = "done"


class Priority(IntEnum):
    """What goes first among the attempts that wait."""

    COMMAND = 10
    """A person asked for it."""
    DEFAULT_BRANCH = 20
    PULL_REQUEST = 30
    OLD = 40
    """What was red an hour ago and nobody asked for."""


class Delivery(Base):
    """One webhook exactly as received; stored before it is acknowledged."""

    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    guid: Mapped[str] = mapped_column(unique=True)
    event: Mapped[str]
    body: Mapped[bytes]
    received_at: Mapped[datetime]
    times: Mapped[int] = mapped_column(default=1)
    """How often the same guid came."""
    state: Mapped[DeliveryState] = mapped_column(words(DeliveryState), default=DeliveryState.RECEIVED)
    reason: Mapped[str] = mapped_column(default="")
    """What was made of it, as one sentence; empty until done."""
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempts.id"))
    semantic_key: Mapped[str | None]
    """Of the first delivery of an event; NULL for the others, and where attempts and commands tell events apart."""
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often making something of it failed."""

    __table_args__ = (
        Index("ix_deliveries_state", "state", "id"),
        Index("ix_deliveries_attempt_id", "attempt_id"),
        Index("uq_deliveries_semantic_key", "semantic_key", unique=True),
    )


class Incident(Base):
    """One fault in one repository on one base branch; unique by fingerprint while it is open."""

    __tablename__ = "incidents"

    id: Mapped[int] = mapped_column(primary_key=True)
    repository_id: Mapped[int] = mapped_column(BigInteger)
    repository: Mapped[str]
    base: Mapped[str]
    fingerprint: Mapped[str]
    title: Mapped[str]
    opened_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    occurrences: Mapped[int] = mapped_column(default=1)
    """At how many commits it was seen."""
    closed_at: Mapped[datetime | None]
    closed_because: Mapped[str] = mapped_column(default="")
    """`merged`, `declined`; empty while open."""
    closed_by: Mapped[str] = mapped_column(default="")
    """What closed it, for a person: `pull request #12`."""

    __table_args__ = (
        Index(
            "uq_incidents_open",
            "repository_id",
            "base",
            "fingerprint",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )


_ACTIVE = text(f"superseded_by IS NULL AND state NOT IN ({', '.join(repr(state.value) for state in sorted(TERMINAL))})")


class Purpose(StrEnum):
    """What an attempt is for."""

    REPAIR = "repair"
    """To find a repair, because something is red."""
    RETRY = "retry"
    """To find another one, because a person asked."""
    PICK = "pick"
    """To prove an alternative that a person picked."""
    UNDO = "undo"
    """To go back to an earlier proposal."""
    REBASE = "rebase"
    """To prove the proposal anew on what its base has become."""
    REPLAY = "replay"
    """To see whether the same comes out again; publishes nothing but the answer."""


class Attempt(Base):
    """One pass of the pipeline over an incident at one commit."""

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"))
    """None until the logs were read, and for ever when they show no fault of the code."""
    semantic_key: Mapped[str] = mapped_column(unique=True)
    """`ci:<repository id>:<head sha>`: however many events tell of a red commit, it is attempted once."""
    repository_id: Mapped[int] = mapped_column(BigInteger)
    repository: Mapped[str]
    """Full name, `owner/name`."""
    installation_id: Mapped[int | None] = mapped_column(BigInteger)
    base: Mapped[str]
    """The branch whose commit is red, and into which a repair would go."""
    head_sha: Mapped[str]
    run_id: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[State] = mapped_column(default=State.RECEIVED)
    reason: Mapped[Reason | None]
    sentence: Mapped[str] = mapped_column(default="")
    """Why it ended as it did, for a person; empty before the end."""
    superseded_by: Mapped[int | None] = mapped_column(ForeignKey("attempts.id"))
    pull_number: Mapped[int | None]
    purpose: Mapped[Purpose] = mapped_column(words(Purpose), default=Purpose.REPAIR, server_default=Purpose.REPAIR)
    follows: Mapped[int | None] = mapped_column(ForeignKey("attempts.id"))
    """The attempt whose pull request this one carries on; None for the first on a fault."""
    shows: Mapped[int | None] = mapped_column(ForeignKey("attempts.id"))
    """The attempt whose proposal is shown again; None when it has one of its own."""
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(BigInteger, default=0)
    """Grows with each lease; a worker whose number is old may change nothing any more."""
    waits_until: Mapped[datetime | None]
    """Before this nobody takes it up; set when a limit is used up, not when something failed."""
    waits_for: Mapped[str] = mapped_column(default="", server_default="")
    """What it waits for, as a sentence for people."""
    priority: Mapped[int] = mapped_column(default=Priority.PULL_REQUEST, server_default="30")
    """What is lower goes first."""
    not_before: Mapped[datetime | None]
    """No worker takes it up earlier. None: at once, or never by itself while a pull request is watched."""
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often a worker took it up in this state; waiting for a budget or a stop does not count."""
    trace_id: Mapped[str] = mapped_column(default="", server_default="")
    """Of the OpenTelemetry trace that began with the delivery: 32 hexadecimal digits."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_attempts_lease_until", "lease_until"),
        Index("ix_attempts_state", "state", "id"),
        Index("ix_attempts_incident_id", "incident_id"),
        Index("ix_attempts_pull", "repository_id", "pull_number", "id"),
        Index("uq_attempts_active", "incident_id", unique=True, sqlite_where=_ACTIVE, postgresql_where=_ACTIVE),
    )


class Document(Base):
    """What a stage found, as the JSON of a contract; one of each kind for an attempt."""

    __tablename__ = "documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    kind: Mapped[str]
    body: Mapped[str]

    __table_args__ = (UniqueConstraint("attempt_id", "kind"),)


class Effect(Base):
    """Anything visible outside: the intent is written before it, the outcome after it."""

    __tablename__ = "effects"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    kind: Mapped[str]
    target: Mapped[str]
    """The name under which it is looked up: the branch, the commit checked."""
    intended_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(default="")
    """`found`, `done`, `blocked` before it was sent; empty while nobody knows."""
    outcome_at: Mapped[datetime | None]
    remote_id: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")

    __table_args__ = (Index("ix_effects_attempt_id", "attempt_id"), Index("ix_effects_target", "kind", "target"))


class Stop(Base):
    """A stop that a person set; the row is the stop, removing it resumes."""

    __tablename__ = "stops"

    scope: Mapped[str] = mapped_column(primary_key=True)
    """`all`, or `repository:<id>`."""
    reason: Mapped[str]
    actor: Mapped[str]
    since: Mapped[datetime]


class LedgerRow(Base):
    """One link of the chain; written only by `tasks.ledger.append`."""

    __tablename__ = "ledger"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    attempt_id: Mapped[int | None]
    kind: Mapped[str]
    entry: Mapped[str]
    """Canonical JSON (RFC 8785) of the entry without its hash."""
    prev: Mapped[str] = mapped_column(unique=True)
    """Unique, so that two writers can never append to the same link."""
    hash: Mapped[str] = mapped_column(unique=True)

    __table_args__ = (Index("ix_ledger_attempt_id", "attempt_id", "seq"),)
