"""A pull request's thread: which attempt stands for it, which one is at work on it, and how it changes hands.

An attempt that carries a pull request on marks the one before as superseded while it
works. When it proposes nothing, the one before stands again; when it publishes, the
one before has ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tasks.store.attempts import open_attempt
from tasks.store.database import now
from tasks.store.models import Attempt, Purpose
from tasks.store.states import TERMINAL, State


def standing(session: Session, repository_id: int, pull_number: int) -> Attempt | None:
    """Return the attempt whose proposal a pull request shows, or showed last; None when it is none of ours."""
    rows = session.scalars(
        select(Attempt)
        .where(
            Attempt.repository_id == repository_id,
            Attempt.pull_number == pull_number,
            Attempt.purpose != Purpose.REPLAY,
            Attempt.state.in_((State.WATCHING, State.TIDYING, State.DONE, State.SUPERSEDED)),
        )
        .order_by(Attempt.id.desc())
    ).all()
    return next((row for row in rows if row.state is State.WATCHING), rows[0] if rows else None)


def watched(session: Session, repository_id: int, pull_number: int) -> int | None:
    """Return the attempt that watches a pull request of ours; None when it is none, or answered."""
    return session.scalars(
        select(Attempt.id).where(
            Attempt.repository_id == repository_id,
            Attempt.pull_number == pull_number,
            Attempt.state == State.WATCHING,
        )
    ).first()


def later_at(session: Session, attempt: Attempt) -> Sequence[Attempt]:
    """Return what is watched at the same branch and was opened later, on other pull requests; newest first."""
    return session.scalars(
        select(Attempt)
        .where(
            Attempt.repository_id == attempt.repository_id,
            Attempt.base == attempt.base,
            Attempt.state == State.WATCHING,
            Attempt.id > attempt.id,
            Attempt.pull_number.is_not(None),
            Attempt.pull_number != attempt.pull_number,
        )
        .order_by(Attempt.id.desc())
    ).all()


def latest_on(session: Session, repository_id: int, base: str) -> Attempt | None:
    """Return the last attempt at a branch: what a command on somebody's own pull request speaks of."""
    return session.scalars(
        select(Attempt)
        .where(Attempt.repository_id == repository_id, Attempt.base == base)
        .order_by(Attempt.id.desc())
        .limit(1)
    ).one_or_none()


def at_work(session: Session, attempt: Attempt) -> Attempt | None:
    """Return the attempt that works on the same fault now, in place of `attempt`."""
    if attempt.state not in {State.WATCHING, State.TIDYING, *TERMINAL}:
        return attempt
    if attempt.incident_id is None:
        return None
    return session.scalars(
        select(Attempt).where(
            Attempt.incident_id == attempt.incident_id,
            Attempt.id != attempt.id,
            Attempt.superseded_by.is_(None),
            Attempt.state.not_in((State.WATCHING, State.TIDYING, *TERMINAL)),
        )
    ).one_or_none()


def line_of(session: Session, attempt: Attempt) -> Iterator[Attempt]:
    """Yield the attempt and those that it carries on, newest first."""
    here: Attempt | None = attempt
    while here is not None:
        yield here
        here = session.get(Attempt, here.follows) if here.follows is not None else None


def origin(session: Session, attempt: Attempt) -> Attempt:
    """Return the attempt that made the proposal which `attempt` shows."""
    return attempt if attempt.shows is None else session.get_one(Attempt, attempt.shows)


def before(session: Session, shown: Attempt) -> Attempt | None:
    """Return the attempt whose proposal was shown before that of `shown`; None when it was the first."""
    if shown.follows is None:
        return None
    return origin(session, session.get_one(Attempt, shown.follows))


def carry_on(session: Session, before: Attempt, after: Attempt) -> Attempt:
    """Add the attempt that carries on another's pull request and takes its place while it works.

    One with the same semantic key is returned instead, so that a command is obeyed once.
    """
    before = session.get_one(Attempt, before.id, with_for_update=True)
    after.repository_id, after.repository = before.repository_id, before.repository
    after.installation_id, after.base, after.run_id = before.installation_id, before.base, before.run_id
    after.follows, after.pull_number, after.trace_id = before.id, before.pull_number, before.trace_id
    opened, new = open_attempt(session, after)
    if new:
        if before.state is State.WATCHING:
            before.superseded_by = opened.id
            session.flush()  # one attempt of an incident is active at a time, and the index sees each statement
        opened.incident_id = before.incident_id
        session.flush()
    return opened


def settle_hands(session: Session, attempt: Attempt, to: State) -> None:
    """Let the attempt before stand again, or end it, now that the one after it comes to rest in `to`."""
    if attempt.follows is None or to not in {State.WATCHING, *TERMINAL}:
        return
    mine = update(Attempt).where(
        Attempt.id == attempt.follows, Attempt.superseded_by == attempt.id, Attempt.state == State.WATCHING
    )
    if to is State.WATCHING:
        sentence = f"Attempt {attempt.id} carries its pull request on."
        session.execute(mine.values(state=State.SUPERSEDED, sentence=sentence, changed_at=now(session)))
    else:
        session.execute(mine.values(superseded_by=None))


def withdraw(session: Session, attempt: Attempt, sentence: str) -> None:
    """End an attempt that is at work; the worker that holds it finds its turn lost."""
    session.execute(
        update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.state.not_in(TERMINAL))
        .values(
            state=State.SUPERSEDED,
            sentence=sentence,
            fence=Attempt.fence + 1,
            lease_owner=None,
            lease_until=None,
            changed_at=now(session),
        )
    )
    settle_hands(session, attempt, State.SUPERSEDED)


def proposals(session: Session, attempt: Attempt) -> Sequence[Attempt]:
    """Return the attempts behind the proposals of a thread, oldest first, each once."""
    found = {origin(session, each).id: origin(session, each) for each in line_of(session, attempt)}
    return [found[key] for key in sorted(found)]
