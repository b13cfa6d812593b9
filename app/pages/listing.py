"""The list of attempts: newest first, in pages, with the outcomes counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tasks.store.database import now
from tasks.store.models import Attempt, Incident
from tasks.store.states import TERMINAL, State

PAGE = 50

_COUNTED = {
    State.WATCHING: "pull request open",
    State.TIDYING: "pull request answered",
    State.DONE: "answered or offered",
    State.DECLINED: "declined",
    State.FAILED: "failed",
    State.SUPERSEDED: "superseded",
}
"""Words under which a state is counted; the others are at work."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many attempts ended in one way, and why where there are reasons."""

    words: str
    state: str
    number: int
    reasons: tuple[tuple[str, int], ...] = ()
    """The most frequent first."""


@dataclass(frozen=True, slots=True)
class Row:
    """An attempt with its incident, which it has none of before its logs were read."""

    attempt: Attempt
    incident: Incident | None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list."""

    counts: tuple[Count, ...]
    rows: tuple[Row, ...]
    older: int | None
    """Where the next page begins; None on the last one."""
    moment: datetime


def read_listing(session: Session, *, before: int | None) -> Listing:
    """Return the newest attempts, or those older than the one numbered `before`."""
    query = select(Attempt, Incident).outerjoin(Incident, Incident.id == Attempt.incident_id)
    if before is not None:
        query = query.where(Attempt.id < before)
    # One more than is shown tells whether there are older ones.
    found = session.execute(query.order_by(Attempt.id.desc()).limit(PAGE + 1)).all()
    rows = tuple(Row(attempt, incident) for attempt, incident in found[:PAGE])
    older = rows[-1].attempt.id if len(found) > PAGE else None
    return Listing(_counts(session), rows, older, now(session))


def _counts(session: Session) -> tuple[Count, ...]:
    grouped = session.execute(
        select(Attempt.state, Attempt.reason, func.count()).group_by(Attempt.state, Attempt.reason)
    )
    numbers: Counter[str] = Counter()
    reasons: dict[str, Counter[str]] = {}
    for state, reason, number in grouped:
        words = _COUNTED.get(state, "at work")
        numbers[words] += number
        if reason is not None and state in TERMINAL:
            reasons.setdefault(words, Counter())[reason] += number
    order: Sequence[tuple[str, str]] = [("at work", "at_work"), *((w, s.value) for s, w in _COUNTED.items())]
    return tuple(
        Count(words, state, numbers[words], tuple(reasons.get(words, Counter()).most_common()))
        for words, state in order
        if numbers[words]
    )
