"""Pull requests of others that a required approval check must not hold up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from tasks.store.attempts import LostTurn, lapsed
from tasks.store.database import now
from tasks.store.models_people import Bystander, Wish

ALL = 0
"""As a number: every open pull request of the repository."""


@dataclass(frozen=True, slots=True)
class Held:
    """The right to settle one."""

    id: int
    fence: int


def wish(session: Session, repository_id: int, *, approval_check: bool) -> None:
    """Note what a repository's policy says."""
    values = {"approval_check": approval_check}
    row = _insert(session)(Wish).values(repository_id=repository_id, **values)
    session.execute(row.on_conflict_do_update(index_elements=[Wish.repository_id], set_=values))


def is_wished(session: Session, repository_id: int) -> bool:
    """Say whether the repository's policy was last seen to wish for the approval check."""
    return bool(session.scalar(select(Wish.approval_check).where(Wish.repository_id == repository_id)))


def see(
    session: Session, *, repository_id: int, repository: str, installation_id: int, number: int, head_sha: str
) -> None:
    """Note that a pull request stands at a commit; an older commit of it is forgotten."""
    moment = now(session)
    values = {
        "repository": repository,
        "installation_id": installation_id,
        "head_sha": head_sha,
        "due_at": moment,
        "tries": 0,
    }
    row = _insert(session)(Bystander).values(repository_id=repository_id, number=number, fence=0, **values)
    session.execute(
        row.on_conflict_do_update(
            index_elements=[Bystander.repository_id, Bystander.number],
            set_={**values, "fence": Bystander.fence + 1, "lease_until": None},
        )
    )


def lease(session: Session, *, seconds: float, but: frozenset[int] = frozenset()) -> tuple[Bystander, Held] | None:
    """Take the one that has waited longest, for `seconds`; not one of the repositories `but`; None when none is due."""
    moment = now(session)
    free = lapsed(Bystander.lease_until, moment)
    due = (
        select(Bystander)
        .where(Bystander.due_at <= moment, free, Bystander.repository_id.not_in(but))
        .order_by(Bystander.due_at, Bystander.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = session.scalars(due).one_or_none()
    if row is None:
        return None
    row.lease_until, row.tries, row.fence = moment + timedelta(seconds=seconds), row.tries + 1, row.fence + 1
    session.flush()
    return row, Held(row.id, row.fence)


def waiting(session: Session) -> frozenset[int]:
    """Return the repositories that have any."""
    return frozenset(session.scalars(select(Bystander.repository_id).distinct()))


def done(session: Session, held: Held) -> None:
    """Forget it; LostTurn when it stands at another commit by now, or somebody else has it."""
    gone = delete(Bystander).where(Bystander.id == held.id, Bystander.fence == held.fence).returning(Bystander.id)
    if session.execute(gone).scalar_one_or_none() is None:
        raise LostTurn(f"Bystander {held.id} has moved on.")


def put_off(session: Session, held: Held, *, seconds: float) -> None:
    """Give it back, to be tried again in `seconds`."""
    later = now(session) + timedelta(seconds=seconds)
    mine = update(Bystander).where(Bystander.id == held.id, Bystander.fence == held.fence)
    session.execute(mine.values(due_at=later, lease_until=None))


def _insert(session: Session) -> Any:
    return insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
