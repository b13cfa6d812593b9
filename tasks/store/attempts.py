"""Attempts: opened once for a red commit, leased by one worker at a time, moved on by compare-and-set.

A lease is a promise that nobody else works on the attempt until `lease_until`. It
can be lost (a worker that was stopped for too long), so whatever a worker writes
is guarded by its fencing number as well: the old worker finds `LostTurn`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from fixers.model import Reason
from tasks.errors import GoldseamError
from tasks.store.database import now
from tasks.store.models import Attempt
from tasks.store.states import MOVES, TERMINAL, State

LONGEST_LEASE_SECONDS = 60.0
"""A lease that ends later than this from now was written before the clock was set back: it counts for nothing."""
LONGEST_WAIT = timedelta(hours=2)
"""Nothing is put off for longer; a later time was written before the clock was set back and counts for nothing."""


class LostTurn(GoldseamError):
    """Raised when another worker took the attempt over, or it was moved on already."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on an attempt in one state."""

    attempt_id: int
    state: State
    fence: int


def open_attempt(session: Session, attempt: Attempt) -> tuple[Attempt, bool]:
    """Add an attempt, unless one with its semantic key stands; return the one that stands and whether it is new."""
    standing = select(Attempt).where(Attempt.semantic_key == attempt.semantic_key)
    if (found := session.scalars(standing).one_or_none()) is not None:
        return found, False
    attempt.created_at = attempt.changed_at = now(session)
    try:
        with session.begin_nested():  # two deliveries of one red commit may be handled at the same moment
            session.add(attempt)
    except IntegrityError:
        return session.scalars(standing).one(), False
    return attempt, True


def known(session: Session, semantic_key: str) -> int | None:
    """Return the attempt that has this key, if any."""
    return session.scalars(select(Attempt.id).where(Attempt.semantic_key == semantic_key)).one_or_none()


def lease(session: Session, attempt_id: int, *, state: State, owner: str, seconds: float) -> Lease | None:
    """Take the attempt for `seconds` when it is in `state`, free, and waits for nothing; None otherwise."""
    moment = now(session)
    taken = session.execute(
        update(Attempt)
        .where(Attempt.id == attempt_id, Attempt.state == state, free(moment), due(moment))
        .values(lease_owner=owner, lease_until=moment + timedelta(seconds=seconds), fence=Attempt.fence + 1)
        .returning(Attempt.fence)
    ).scalar_one_or_none()
    return None if taken is None else Lease(attempt_id, state, taken)


def renew(session: Session, held: Lease, *, seconds: float) -> bool:
    """Lengthen a lease; False when it was lost."""
    return _change(session, held, lease_until=now(session) + timedelta(seconds=seconds))


def release(session: Session, held: Lease) -> None:
    """Give the attempt back without moving it on; nothing happens when the lease was lost."""
    _change(session, held, lease_owner=None, lease_until=None)


def wait(session: Session, held: Lease, *, seconds: float, why: str) -> None:
    """Let nobody take the attempt up for `seconds`; `why` is a sentence for people."""
    _change(session, held, waits_until=now(session) + timedelta(seconds=seconds), waits_for=why)


def hand_back(session: Session, held: Lease) -> None:
    """Give the attempt to whoever comes next, at once, and make the holder a stranger: what it still writes is lost."""
    _change(
        session,
        held,
        lease_owner=None,
        lease_until=None,
        fence=held.fence + 1,
        not_before=None,
        tries=Attempt.tries - 1,
    )


def free(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that nobody holds an attempt at `moment`."""
    return lapsed(Attempt.lease_until, moment)


def lapsed(until: InstrumentedAttribute[datetime | None], moment: datetime) -> ColumnElement[bool]:
    """Return the condition that there is no lease, or that it counts for nothing at `moment`."""
    return or_(until.is_(None), until < moment, until > moment + timedelta(seconds=LONGEST_LEASE_SECONDS))


def due(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that an attempt waits for no limit at `moment`."""
    until = Attempt.waits_until
    return or_(until.is_(None), until <= moment, until > moment + LONGEST_WAIT)


def guard(session: Session, held: Lease) -> None:
    """Raise `LostTurn` unless the lease still counts; locks the attempt until the session ends."""
    if not _change(session, held, fence=held.fence):
        raise LostTurn(f"Attempt {held.attempt_id} was taken over by another worker while it was {held.state}.")


def advance(session: Session, held: Lease, *, to: State, reason: Reason | None = None, sentence: str = "") -> None:
    """Move an attempt from the leased state on and end the lease; raise `LostTurn` when somebody else has."""
    if to not in MOVES[held.state]:
        raise ValueError(f"an attempt cannot go from {held.state} to {to}")
    moved = _change(
        session,
        held,
        state=to,
        reason=reason,
        sentence=sentence,
        changed_at=now(session),
        lease_owner=None,
        lease_until=None,
        waits_until=None,
        waits_for="",
        not_before=None,
        tries=0,
    )
    if not moved:
        raise LostTurn(f"Attempt {held.attempt_id} was moved on by another worker while it was {held.state}.")


def unfinished(session: Session, *, limit: int = 100) -> Sequence[tuple[int, State]]:
    """Return (id, state) of attempts that are free, wait for nothing and are not at their end, oldest first.

    What a sweep hands to workers after a crash, a lost message or a stop. Attempts
    that watch a pull request are among them.
    """
    moment = now(session)
    rows = session.execute(
        select(Attempt.id, Attempt.state)
        .where(Attempt.state.not_in(TERMINAL), free(moment), due(moment))
        .order_by(Attempt.id)
        .limit(limit)
    )
    return [(row.id, row.state) for row in rows]


def _change(session: Session, held: Lease, **values: object) -> bool:
    changed = session.execute(
        update(Attempt)
        .where(Attempt.id == held.attempt_id, Attempt.state == held.state, Attempt.fence == held.fence)
        .values(**values)
        .returning(Attempt.id)
    )
    return changed.scalar_one_or_none() is not None
