"""The search for deliveries that GitHub sent and the inbox does not have.

GitHub never sends again by itself, and forgets after three days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from tasks.broker.hooks import Sent
from tasks.github.events import KNOWN
from tasks.store import rounds
from tasks.store.database import Store, now

NAME = "missed"
REMEMBERED = timedelta(days=3)
"""By GitHub."""
ALARM = timedelta(hours=24)
"""After so long without a complete search somebody should know, while there is time."""
OVERLAP = timedelta(minutes=15)
UNDER_WAY = timedelta(seconds=60)
"""What is younger may be on its way."""
MOST_AGAIN = 200
"""Of one search; the next goes on where it ended."""
MOST_TIMES = 5
"""A delivery that was refused so often is not asked for again."""

log = structlog.get_logger()


class Hooks(Protocol):
    """What GitHub sent, and how to have it sent again."""

    def sent(self, since: datetime) -> Iterable[Sent]:
        """Yield what was sent, newest first."""

    def again(self, delivery_id: int) -> None:
        """Ask for a delivery again."""


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search came to."""

    asked_again: int
    given_up: int
    alarm: str = ""
    """What an operator must know; empty when all is well."""


def search_missed(hooks: Hooks, store: Store) -> Searched:
    """Have GitHub send again what the inbox does not have; what it has, done or not, is left alone."""
    with store.read() as session:
        moment, until = now(session), rounds.covered_until(session, NAME)
    alarm = _alarm(moment, until)
    oldest = moment - REMEMBERED
    since = oldest if until is None else max(oldest, until - OVERLAP)
    latest = _latest(one for one in hooks.sent(since) if one.event in KNOWN and one.at <= moment - UNDER_WAY)
    with store.read() as session:
        known = rounds.stored_guids(session, latest)
    missing = [(one, times) for guid, (one, times) in latest.items() if guid not in known]
    due = [one for one, times in missing if times < MOST_TIMES]
    for one in due[:MOST_AGAIN]:
        hooks.again(one.id)
        log.info("delivery_asked_again", guid=one.guid, event_name=one.event, status=one.status)
    if len(due) <= MOST_AGAIN:
        with store.write() as session:
            rounds.covered(session, NAME, ended_at=moment, until=min([moment, *(one.at for one in due)]))
    return Searched(len(due[:MOST_AGAIN]), len(missing) - len(due), alarm)


def _alarm(moment: datetime, until: datetime | None) -> str:
    if until is None or moment - until <= ALARM:
        return ""
    hours = (moment - until).total_seconds() / 3600
    if moment - until > REMEMBERED:
        lost = f"what GitHub sent in the first {hours - REMEMBERED.total_seconds() / 3600:.0f} of them is out of reach"
        return f"Deliveries were not compared with GitHub for {hours:.0f} hours: {lost}."
    return f"Deliveries were not compared with GitHub for {hours:.0f} hours; after 72 it has forgotten the first."


def _latest(sent: Iterable[Sent]) -> dict[str, tuple[Sent, int]]:
    """Return for each guid when it was sent first, by its latest id, and how often; oldest first."""
    found: dict[str, tuple[Sent, int]] = {}
    for one in sorted(sent, key=lambda each: each.id):  # ids grow, and times are whole seconds
        first, times = found.get(one.guid, (one, 0))
        found[one.guid] = (replace(one, at=first.at), times + 1)
    return found
