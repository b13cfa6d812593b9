"""The queue: which attempt a worker takes up next. A message only wakes; this decides.

Order: priority; then the installation with the fewest attempts under way; then the one that was served
longest ago; then age. So one noisy installation waits behind its own work and nobody else's.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from tasks.store.attempts import LONGEST_WAIT, due, free
from tasks.store.database import now
from tasks.store.models import Attempt, Priority, Stop
from tasks.store.models_running import Share
from tasks.store.states import STAGES, State

HOLD_SECONDS = 5.0
"""How long others are kept from what was picked: longer than it takes to begin a turn."""
FRESH = timedelta(hours=1)
"""What is older, and no person's wish, gives way to what just went red."""
UNSEEN = timedelta(hours=1)
"""How often a pull request is looked at of which nobody said anything: an event may have been lost."""


@dataclass(frozen=True, slots=True)
class Picked:
    """An attempt that the caller, and nobody else, should begin with now."""

    id: int
    state: State
    tries: int
    """This one included."""
    held_until: datetime
    """When another worker may pick it if the caller does not begin."""
    trace_id: str = ""
    was_held: bool = False
    """Whether a worker had it and was not heard of again."""

    @property
    def stage(self) -> str:
        """The stage that works on it."""
        return STAGES[self.state]


def next_attempt(session: Session, stages: Collection[str]) -> Picked | None:
    """Pick what one of `stages` should work on now, keep others from it for a moment, count the try; None if nothing.

    The caller's turn takes the lease. Two workers never get the same one: rows that another is picking are passed over.
    """
    moment = now(session)
    query = _ready(stages, moment).with_for_update(of=Attempt, skip_locked=True)
    attempt = session.scalars(query.limit(1)).one_or_none()
    if attempt is None:
        return None
    was_held = attempt.lease_until is not None
    attempt.not_before = moment + timedelta(seconds=HOLD_SECONDS)
    attempt.tries += 1
    _serve(session, attempt.installation_id or 0, moment)
    return Picked(attempt.id, attempt.state, attempt.tries, attempt.not_before, attempt.trace_id, was_held)


def put_off(session: Session, picked: Picked, seconds: float, *, counts: bool) -> None:
    """Let the attempt wait; `counts` says whether this was a try. Nothing happens when somebody moved or woke it."""
    wait = min(timedelta(seconds=seconds), LONGEST_WAIT)
    session.execute(
        update(Attempt)
        .where(Attempt.id == picked.id, Attempt.state == picked.state, Attempt.not_before == picked.held_until)
        .values(not_before=now(session) + wait, tries=picked.tries if counts else picked.tries - 1)
    )


def look_at(session: Session, attempt_id: int) -> None:
    """Have a watched pull request looked at now: something was said about it."""
    watched = update(Attempt).where(Attempt.id == attempt_id, Attempt.state == State.WATCHING)
    session.execute(watched.values(not_before=now(session)))


def look_at_branch(session: Session, repository_id: int, base: str, *, but: int | None = None) -> int | None:
    """Have the watched pull requests into a branch looked at now; return the attempt of one of them, if any."""
    watched = (
        update(Attempt)
        .where(Attempt.repository_id == repository_id, Attempt.base == base, Attempt.state == State.WATCHING)
        .where(Attempt.id != (but or 0))
    )
    found = session.scalars(watched.values(not_before=now(session)).returning(Attempt.id)).all()
    return min(found, default=None)


def depth(session: Session) -> dict[str, tuple[int, float]]:
    """Return for each stage how many attempts are ready and unheld, and the age in seconds of the oldest."""
    moment = now(session)
    rows = session.execute(
        select(Attempt.state, func.count(), func.min(Attempt.changed_at, type_=Attempt.changed_at.type))
        .where(*_conditions(tuple(STAGES.values()), moment))
        .group_by(Attempt.state)
    )
    return {STAGES[state]: (count, max(0.0, (moment - oldest).total_seconds())) for state, count, oldest in rows}


def _ready(stages: Collection[str], moment: datetime) -> Select[Attempt]:
    # Zero stands in the text: PostgreSQL takes two parameters of one value for two expressions, and will not group.
    installation = func.coalesce(Attempt.installation_id, literal_column("0"))
    under_way = (
        select(installation.label("installation_id"), func.count().label("count"))
        .where(~free(moment))
        .group_by(installation)
        .subquery()
    )
    return (
        select(Attempt)
        .outerjoin(under_way, under_way.c.installation_id == installation)
        .outerjoin(Share, Share.installation_id == installation)
        .where(*_conditions(stages, moment))
        .order_by(_rank(moment), func.coalesce(under_way.c.count, 0), _served(), Attempt.id)
    )


def _conditions(stages: Collection[str], moment: datetime) -> tuple[ColumnElement[bool], ...]:
    states = [state for state, stage in STAGES.items() if stage in stages]
    its_time = or_(Attempt.not_before <= moment, Attempt.not_before > moment + LONGEST_WAIT)
    unseen = or_(Attempt.state != State.WATCHING, Attempt.changed_at < moment - UNSEEN)
    at_once = Attempt.not_before.is_(None) & unseen
    scope = literal("repository:", String) + cast(cast(Attempt.repository_id, BigInteger), String)
    stopped = select(Stop.scope).where(Stop.scope == scope).exists()
    return (Attempt.state.in_(states), free(moment), due(moment), or_(at_once, its_time), ~stopped)


def _rank(moment: datetime) -> ColumnElement[Any]:
    old = (Attempt.created_at < moment - FRESH) & (Attempt.priority > int(Priority.COMMAND))
    return case((old, int(Priority.OLD)), else_=Attempt.priority)


def _served() -> ColumnElement[Any]:
    return Share.served_at.asc().nulls_first()  # never served: first


def _serve(session: Session, installation_id: int, moment: datetime) -> None:
    insert = insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
    row = insert(Share).values(installation_id=installation_id, served_at=moment)
    session.execute(row.on_conflict_do_update(index_elements=[Share.installation_id], set_={"served_at": moment}))
