"""Commands: stored once for a comment, leased by one worker at a time, ended by compare-and-set.

The rules are those of attempts: a lease keeps others away, a fencing number keeps a
worker that slept through its lease from changing anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tasks.store.attempts import LostTurn, lapsed
from tasks.store.database import now
from tasks.store.models import Attempt
from tasks.store.models_people import CommandRow, CommandState
from tasks.store.states import TERMINAL, State

OPEN = (CommandState.RECEIVED, CommandState.WAITING)


@dataclass(frozen=True, slots=True)
class CommandLease:
    """The right to answer a command."""

    command_id: int
    fence: int


def open_command(session: Session, command: CommandRow) -> tuple[CommandRow, bool]:
    """Add a command, unless one with its semantic key stands; return the one that stands and whether it is new."""
    command.created_at = command.changed_at = now(session)
    try:
        with session.begin_nested():
            session.add(command)
    except IntegrityError:
        key = command.semantic_key
        return session.scalars(select(CommandRow).where(CommandRow.semantic_key == key)).one(), False
    return command, True


def lease(session: Session, command_id: int, *, owner: str, seconds: float) -> CommandLease | None:
    """Take a command that is not ended for `seconds`; None when it is ended or held."""
    moment = now(session)
    taken = session.execute(
        update(CommandRow)
        .where(
            CommandRow.id == command_id,
            CommandRow.state.in_(OPEN),
            lapsed(CommandRow.lease_until, moment),
        )
        .values(lease_owner=owner, lease_until=moment + timedelta(seconds=seconds), fence=CommandRow.fence + 1)
        .returning(CommandRow.fence)
    ).scalar_one_or_none()
    return None if taken is None else CommandLease(command_id, taken)


def renew(session: Session, held: CommandLease, *, seconds: float) -> bool:
    """Lengthen a lease; False when it was lost."""
    return _change(session, held, lease_until=now(session) + timedelta(seconds=seconds))


def release(session: Session, held: CommandLease) -> None:
    """Give the command back; nothing happens when the lease was lost."""
    _change(session, held, lease_owner=None, lease_until=None)


def guard(session: Session, held: CommandLease) -> None:
    """Raise `LostTurn` unless the lease still counts; locks the command until the session ends."""
    if not _change(session, held, fence=held.fence):
        raise LostTurn(f"Command {held.command_id} was taken over by another worker.")


def change(session: Session, held: CommandLease, **values: object) -> None:
    """Write columns of a command that is held; LostTurn when another worker has taken over."""
    if not _change(session, held, changed_at=now(session), **values):
        raise LostTurn(f"Command {held.command_id} was taken over by another worker.")


def give_up(session: Session, command_id: int, sentence: str) -> None:
    """End a command on which Goldseam breaks, whoever holds it; nothing happens when it is ended."""
    session.execute(
        update(CommandRow)
        .where(CommandRow.id == command_id, CommandRow.state.in_(OPEN))
        .values(
            state=CommandState.REFUSED,
            sentence=sentence,
            fence=CommandRow.fence + 1,
            lease_owner=None,
            lease_until=None,
            changed_at=now(session),
        )
    )


def unanswered(session: Session, *, limit: int = 100) -> Sequence[int]:
    """Return ids of commands that nobody holds and that are not ended, oldest first.

    One that waits for an attempt is among them when that attempt rests.
    """
    resting = select(Attempt.id).where(
        Attempt.id == CommandRow.opened_id, Attempt.state.in_(TERMINAL | {State.WATCHING})
    )
    return session.scalars(
        select(CommandRow.id)
        .where(
            or_(
                CommandRow.state == CommandState.RECEIVED, (CommandRow.state == CommandState.WAITING) & resting.exists()
            ),
            lapsed(CommandRow.lease_until, now(session)),
        )
        .order_by(CommandRow.id)
        .limit(limit)
    ).all()


def thread(session: Session, repository_id: int, pull_number: int) -> Sequence[CommandRow]:
    """Return the commands of a pull request, oldest first."""
    return session.scalars(
        select(CommandRow)
        .where(CommandRow.repository_id == repository_id, CommandRow.pull_number == pull_number)
        .order_by(CommandRow.id)
    ).all()


def _change(session: Session, held: CommandLease, **values: object) -> bool:
    changed = session.execute(
        update(CommandRow)
        .where(CommandRow.id == held.command_id, CommandRow.fence == held.fence, CommandRow.state.in_(OPEN))
        .values(**values)
        .returning(CommandRow.id)
    )
    return changed.scalar_one_or_none() is not None
