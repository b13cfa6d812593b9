"""The tables of the server at work: shares, pulses, counters, budgets."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tasks.store.base import Base


class Round(Base):
    """How far a search for what was missed came."""

    __tablename__ = "rounds"

    name: Mapped[str] = mapped_column(primary_key=True)
    """`missed`: deliveries that GitHub sent and we do not have; `unsent`: red runs that it never told of."""
    ended_at: Mapped[datetime]
    covered_until: Mapped[datetime]
    """Up to here nothing is missing, as far as GitHub says."""


class Share(Base):
    """When an installation was served last: who waits longest goes first among equals."""

    __tablename__ = "shares"

    installation_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """0 for attempts without one."""
    served_at: Mapped[datetime]


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
