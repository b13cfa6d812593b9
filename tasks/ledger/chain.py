"""Appending to the chain, and checking it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tasks.failpoint import K, failpoint
from tasks.ledger.entry import GENESIS, LedgerEntry, Note, digest
from tasks.store.database import now
from tasks.store.models import LedgerRow

_LOCK = 0x601D_1ED6  # one writer at a time; any constant that nothing else locks
_HASH = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Verified:
    """The chain holds from its first entry to its last."""

    entries: int
    head: str
    """Hash of the last entry: what an outside anchor should hold."""
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where the chain does not hold."""

    seq: int
    """Number of the first entry that is wrong or missing."""
    why: str
    exit_code: int = 2


class Link(Protocol):
    """A stored entry, from the table or from an export."""

    seq: int
    attempt_id: int | None
    kind: str
    entry: str
    prev: str
    hash: str


def append(session: Session, note: Note) -> LedgerEntry:
    """Add an entry in the caller's transaction; when that is rolled back, the entry never was.

    Writers take turns until their transaction ends, so append last, and never
    across a network call.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    # On SQLite the transaction began as a writer, so nobody else can be here.
    last = session.execute(select(LedgerRow.seq, LedgerRow.hash).order_by(LedgerRow.seq.desc()).limit(1)).one_or_none()
    seq, prev = (1, GENESIS) if last is None else (last.seq + 1, last.hash)
    entry = LedgerEntry(
        **note.model_dump(),
        seq=seq,
        ts=now(session).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        prev=prev,
    )
    canonical = entry.canonical()
    entry = entry.model_copy(update={"hash": digest(prev, canonical)})
    session.add(
        LedgerRow(
            seq=seq, attempt_id=note.attempt, kind=note.kind, entry=canonical.decode(), prev=prev, hash=entry.hash
        )
    )
    session.flush()
    failpoint(K.APPENDED)
    return entry


def verify(session: Session) -> Verified | Broken:
    """Check the whole ledger in the database, reading it in pieces."""
    rows = session.execute(
        select(
            LedgerRow.seq, LedgerRow.attempt_id, LedgerRow.kind, LedgerRow.entry, LedgerRow.prev, LedgerRow.hash
        ).order_by(LedgerRow.seq),
        execution_options={"yield_per": 1000},
    )
    return check(rows)


def check(links: Iterable[Link]) -> Verified | Broken:
    """Check links in order; the first that does not fit is named with the reason."""
    seq, head = 0, GENESIS
    for link in links:
        seq += 1
        fault = _fault(link, seq, head)
        if fault:
            return Broken(seq, fault)
        head = link.hash
    return Verified(seq, head)


def entries(session: Session, *, attempt_id: int) -> list[LedgerEntry]:
    """Return the entries of an attempt, oldest first."""
    rows = session.scalars(select(LedgerRow).where(LedgerRow.attempt_id == attempt_id).order_by(LedgerRow.seq))
    return [LedgerEntry.model_validate_json(row.entry).model_copy(update={"hash": row.hash}) for row in rows]


def _fault(link: Link, seq: int, head: str) -> str:
    if link.seq != seq:
        return f"Entry {seq} is missing; the next one found is {link.seq}."
    if link.prev != head:
        return f"Entry {seq} names another predecessor than the entry before it."
    if not _HASH.fullmatch(link.hash) or digest(head, link.entry.encode()) != link.hash:
        return f"Entry {seq} was changed: its content does not have its hash."
    # The hash covers the entry's text alone, so the columns beside it are held against that text.
    try:
        entry = LedgerEntry.model_validate_json(link.entry)
    except ValidationError:
        return f"Entry {seq} cannot be read as a ledger entry."
    if (entry.seq, entry.prev, entry.attempt, entry.kind) != (link.seq, link.prev, link.attempt_id, link.kind):
        return f"The columns of entry {seq} say something else than its content."
    return ""
