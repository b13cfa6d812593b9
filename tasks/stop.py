"""The stop switch: any one way of setting it stops every outside effect; unreadable means stopped.

It is read before each effect and before a worker takes a turn, never cached.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from tasks.ledger.chain import append
from tasks.ledger.entry import Actor, Note
from tasks.store.database import Store, now
from tasks.store.models import Stop

EVERYTHING = "all"


def repository_scope(repository_id: int) -> str:
    """Return the scope of a stop for one repository."""
    return f"repository:{repository_id}"


@dataclass(frozen=True, slots=True)
class Stopped:
    """Goldseam is stopped, by what and why."""

    source: str
    """`file`, `database`, `unreadable`."""
    reason: str


@dataclass(frozen=True, slots=True)
class StopSwitch:
    """Where to look: files whose existence stops everything, and the table of stops."""

    files: tuple[Path, ...]
    store: Store

    def is_stopped(self, *, repository_id: int | None = None) -> Stopped | None:
        """Say whether everything, or the repository when one is given, is stopped now."""
        for path in self.files:
            try:
                os.lstat(path)  # a dangling link is a stop too: somebody put it there
            except FileNotFoundError:
                continue
            except OSError as error:
                return Stopped("unreadable", f"the stop file {path} cannot be read ({error.strerror}).")
            return Stopped("file", f"the stop file {path} exists; remove it to go on.")
        return self._in_database(repository_id)

    def _in_database(self, repository_id: int | None) -> Stopped | None:
        scopes = [EVERYTHING] if repository_id is None else [EVERYTHING, repository_scope(repository_id)]
        try:
            with self.store.read() as session:
                found = session.scalars(select(Stop).where(Stop.scope.in_(scopes)).order_by(Stop.scope)).first()
        except SQLAlchemyError as error:
            return Stopped("unreadable", f"the database cannot say whether there is a stop ({type(error).__name__}).")
        return None if found is None else Stopped("database", f"{found.actor} stopped it: {found.reason}")


def stop(session: Session, *, scope: str, actor: Actor, reason: str) -> bool:
    """Set a stop and write it to the ledger; False when the scope is stopped already."""
    if session.get(Stop, scope) is not None:
        return False
    session.add(Stop(scope=scope, reason=reason, actor=actor.id, since=now(session)))
    append(session, Note(kind="kill", action="stop", result="done", why=reason, actor=actor, target={"scope": scope}))
    return True


def resume(session: Session, *, scope: str, actor: Actor, reason: str) -> bool:
    """Clear a stop and write it to the ledger; False when the scope was not stopped."""
    cleared = session.execute(delete(Stop).where(Stop.scope == scope).returning(Stop.scope)).scalar_one_or_none()
    if cleared is None:
        return False
    append(session, Note(kind="kill", action="resume", result="done", why=reason, actor=actor, target={"scope": scope}))
    return True
