"""The ledger and the stops, as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from tasks.ledger.chain import Broken, Verified, verify
from tasks.ledger.entry import LedgerEntry
from tasks.stop import EVERYTHING, repository_scope
from tasks.store.models import Attempt, LedgerRow, Stop

SHOWN = 200


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One stored entry; what it says is None when somebody made it unreadable."""

    seq: int
    hash: str
    said: LedgerEntry | None


@dataclass(frozen=True, slots=True)
class LedgerView:
    """The last entries, newest first, and whether the whole chain holds."""

    lines: tuple[LedgerLine, ...]
    chain: Verified | Broken


@dataclass(frozen=True, slots=True)
class StopLine:
    """One stop in the table, with what it is about in words."""

    where: str
    stop: Stop


def read_ledger(session: Session) -> LedgerView:
    """Verify the chain from its first entry, and return its end.

    Reads every entry: an excerpt that fits together proves nothing of what was before.
    """
    rows = session.scalars(select(LedgerRow).order_by(LedgerRow.seq.desc()).limit(SHOWN)).all()
    return LedgerView(_lines(rows), verify(session))


def lines_of(session: Session, attempt_id: int) -> tuple[LedgerLine, ...]:
    """Return the entries of an attempt, oldest first."""
    return _lines(
        session.scalars(select(LedgerRow).where(LedgerRow.attempt_id == attempt_id).order_by(LedgerRow.seq)).all()
    )


def read_stops(session: Session) -> tuple[StopLine, ...]:
    """Return every stop that stands in the table, the one of everything first."""
    found = session.scalars(select(Stop).order_by(Stop.since)).all()
    names = {repository_scope(row.repository_id): row.repository for row in session.execute(_REPOSITORIES)}
    lines = [StopLine("everything" if s.scope == EVERYTHING else names.get(s.scope, s.scope), s) for s in found]
    return tuple(sorted(lines, key=lambda line: line.stop.scope != EVERYTHING))


_REPOSITORIES = select(Attempt.repository_id, Attempt.repository).distinct()


def _lines(rows: Sequence[LedgerRow]) -> tuple[LedgerLine, ...]:
    return tuple(LedgerLine(row.seq, row.hash, _said(row)) for row in rows)


def _said(row: LedgerRow) -> LedgerEntry | None:
    try:
        return LedgerEntry.model_validate_json(row.entry)
    except ValidationError:
        return None
