"""The tables. Alembic's migrations make them; a test holds the two together.

Rules: instants are UTC and aware; nothing but the columns that queries need is
unpacked, the rest stands in `documents` as the JSON of a versioned contract.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, ForeignKey, Index, MetaData, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from fixers.model import Reason
from tasks.store.states import TERMINAL, State


class Instant(TypeDecorator[datetime]):
    """An aware UTC time; SQLite keeps no zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuse naive times: their meaning would depend on the machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - same
        """Give the zone back."""
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _words(kind: type[StrEnum]) -> Enum:
    """Store an enum as its words: a new word needs no migration on either database."""
    return Enum(kind, native_enum=False, length=32, values_callable=lambda members: [m.value for m in members])


class Base(DeclarativeBase):
    """The declarative base; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant, str: Text, State: _words(State), Reason: _words(Reason)}  # noqa: RUF012 - SQLAlchemy's own shape


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
    state: Mapped[DeliveryState] = mapped_column(_words(DeliveryState), default=DeliveryState.RECEIVED)
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


class Round(Base):
    """How far a search for what was missed came."""

    __tablename__ = "rounds"

    name: Mapped[str] = mapped_column(primary_key=True)
    """`missed`: deliveries that GitHub sent and we do not have; `unsent`: red runs that it never told of."""
    ended_at: Mapped[datetime]
    covered_until: Mapped[datetime]
    """Up to here nothing is missing, as far as GitHub says."""


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
    purpose: Mapped[Purpose] = mapped_column(_words(Purpose), default=Purpose.REPAIR, server_default=Purpose.REPAIR)
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
    state: Mapped[CommandState] = mapped_column(_words(CommandState), default=CommandState.RECEIVED)
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
    state: Mapped[OnboardingState] = mapped_column(_words(OnboardingState), default=OnboardingState.WAITING)
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


class Stop(Base):
    """A stop that a person set; the row is the stop, removing it resumes."""

    __tablename__ = "stops"

    scope: Mapped[str] = mapped_column(primary_key=True)
    """`all`, or `repository:<id>`."""
    reason: Mapped[str]
    actor: Mapped[str]
    since: Mapped[datetime]


class Share(Base):
    """When an installation was served last: who waits longest goes first among equals."""

    __tablename__ = "shares"

    installation_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """0 for attempts without one."""
    served_at: Mapped[datetime]


class Duty(Base):
    """Something done at intervals by one process at a time, however many there are."""

    __tablename__ = "duties"

    name: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(default="")
    until: Mapped[datetime]
    """Nobody else begins it before: while it is done the end of the lease, afterwards its next time."""


class Process(Base):
    """A process of the server, and when it was last heard of."""

    __tablename__ = "processes"

    owner: Mapped[str] = mapped_column(primary_key=True)
    """`analyze@host:pid`."""
    name: Mapped[str]
    version: Mapped[str]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class Count(Base):
    """A counter of all processes together, for `/metrics`."""

    __tablename__ = "counts"

    name: Mapped[str] = mapped_column(primary_key=True)
    labels: Mapped[str] = mapped_column(primary_key=True)
    """JSON object with sorted keys."""
    value: Mapped[float]


class SchemaFloor(Base):
    """The oldest version of the code that can work with these tables: a revision of the migrations."""

    __tablename__ = "schema_floor"

    revision: Mapped[str] = mapped_column(primary_key=True)


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


class GateRow(Base):
    """What holds back every request of an installation."""

    __tablename__ = "gates"

    installation_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    closed_until: Mapped[datetime | None]
    guesses: Mapped[int] = mapped_column(default=0)
    """How many limits without a named time came in a row; the wait doubles with each."""


class Write(Base):
    """One reserved content write of an installation; older ones than an hour are deleted."""

    __tablename__ = "writes"

    id: Mapped[int] = mapped_column(primary_key=True)
    installation_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]

    __table_args__ = (Index("ix_writes_installation_id", "installation_id", "at"),)


class Slot(Base):
    """Room that an attempt took for a new pull request, before it opens one."""

    __tablename__ = "slots"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True, autoincrement=False)
    taken_at: Mapped[datetime]
