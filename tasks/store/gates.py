"""The gate of an installation in SQL: one budget and one back-off for all its workers, on every machine.

A write is reserved before it is asked for, in a transaction that locks the
installation's row. Reservations count whatever became of the request, and those of a
worker that died are over with time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from tasks.github.errors import Limit, RateLimited
from tasks.store.database import Store, now
from tasks.store.models_running import GateRow, Write

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
_LONGEST_GUESS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class WriteLimits:
    """How many content writes an installation makes; GitHub's own limits are 80 and 500."""

    in_a_minute: int = 60
    in_an_hour: int = 400


@dataclass(frozen=True, slots=True)
class InstallationGate:
    """What the workers of one installation share; see `tasks.github.gate.Gate`."""

    store: Store
    installation_id: int
    limits: WriteLimits = WriteLimits()

    def admit(self, *, write: bool) -> None:
        """Reserve one request; raises RateLimited when it may not be made now."""
        if not write:
            with self.store.read() as session:
                self._check_open(session.get(GateRow, self.installation_id), now(session))
            return
        with self.store.write() as session:
            row = self._locked(session)
            moment = now(session)
            self._check_open(row, moment)
            self._check_budget(session, moment)
            session.add(Write(installation_id=self.installation_id, at=moment))
            session.execute(
                delete(Write).where(Write.installation_id == self.installation_id, Write.at <= moment - _HOUR)
            )
            if row.guesses:
                row.guesses = 0  # the gate opened again and this is the first write after it

    def close(self, limit: Limit) -> None:
        """Let nobody ask until the limit is over; a guessed time doubles with each guess in a row."""
        with self.store.write() as session:
            row = self._locked(session)
            wait = timedelta(seconds=limit.seconds)
            if not limit.named:
                wait = min(_LONGEST_GUESS, wait * 2 ** min(row.guesses, 10))
                row.guesses += 1
            until = now(session) + wait
            row.closed_until = max(until, row.closed_until or until)

    def _locked(self, session: Session) -> GateRow:
        insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
        new = insert(GateRow).values(installation_id=self.installation_id, guesses=0)
        session.execute(new.on_conflict_do_nothing())
        return session.scalars(
            select(GateRow).where(GateRow.installation_id == self.installation_id).with_for_update()
        ).one()

    def _check_open(self, row: GateRow | None, moment: datetime) -> None:
        if row is not None and row.closed_until is not None and row.closed_until > moment:
            wait = (row.closed_until - moment).total_seconds()
            raise RateLimited(f"GitHub asked this installation to wait; the next try is in {wait:.0f} s.", wait)

    def _check_budget(self, session: Session, moment: datetime) -> None:
        for most, span in ((self.limits.in_a_minute, _MINUTE), (self.limits.in_an_hour, _HOUR)):
            oldest = session.scalars(
                select(Write.at)
                .where(Write.installation_id == self.installation_id, Write.at > moment - span)
                .order_by(Write.at.desc())
                .offset(most - 1)
                .limit(1)
            ).one_or_none()
            if oldest is not None:
                wait = max(0.1, (oldest + span - moment).total_seconds())
                raise RateLimited(
                    f"This installation has made its {most} writes of the last {_words(span)}; "
                    f"the next try is in {wait:.0f} s.",
                    wait,
                )


def _words(span: timedelta) -> str:
    return "minute" if span == _MINUTE else "hour"
