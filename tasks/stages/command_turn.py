"""One worker's turn at one command: the same promises as a turn at an attempt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial

from sqlalchemy.orm import Session

from tasks.conversation.said import Said, said_by
from tasks.ledger.chain import append
from tasks.ledger.entry import Actor, Note
from tasks.stages.alive import kept_alive
from tasks.stop import Stopped, StopSwitch
from tasks.store import commands
from tasks.store.attempts import LostTurn
from tasks.store.commands import CommandLease
from tasks.store.database import Store
from tasks.store.models import Attempt
from tasks.store.models_people import CommandRow, CommandState


@dataclass(frozen=True, slots=True)
class CommandTurns:
    """What a worker needs to take turns at commands."""

    store: Store
    stop: StopSwitch
    owner: str
    seconds: float = 30.0

    @contextmanager
    def take(self, command_id: int) -> Iterator[CommandTurn | None]:
        """Give the turn, or None when the command is ended, held by another worker, or its repository stopped."""
        with self.store.read() as session:
            command = session.get_one(CommandRow, command_id)
        if self.stop.is_stopped(repository_id=command.repository_id) is not None:
            yield None
            return
        with self.store.write() as session:
            lease = commands.lease(session, command_id, owner=self.owner, seconds=self.seconds)
        if lease is None:
            yield None
            return
        try:
            renew = partial(commands.renew, held=lease, seconds=self.seconds)
            alive = kept_alive(self.store, renew, name=f"c{command_id}", seconds=self.seconds)
            with alive, suppress(LostTurn):
                yield CommandTurn(self.store, self.stop, lease, command)
        finally:
            with self.store.write() as session:
                commands.release(session, lease)

    def state_of(self, command_id: int) -> CommandState:
        """Return the state in which the command is now."""
        with self.store.read() as session:
            return session.get_one(CommandRow, command_id).state


@dataclass(frozen=True, slots=True)
class CommandTurn:
    """The right to answer a command until the context ends."""

    store: Store
    stop: StopSwitch
    lease: CommandLease
    command: CommandRow
    """As it was when the turn began."""

    @property
    def said(self) -> Said:
        """What the person said."""
        return said_by(self.command)

    def stopped(self) -> Stopped | None:
        """Say whether the repository is stopped now."""
        return self.stop.is_stopped(repository_id=self.command.repository_id)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session for changes within the turn; LostTurn when another worker has taken over."""
        with self.store.write() as session:
            commands.guard(session, self.lease)
            yield session

    def end(
        self,
        to: CommandState,
        sentence: str,
        *,
        listing: tuple[str, ...] = (),
        also: Callable[[Session], dict[str, object]] | None = None,
    ) -> CommandState:
        """Move the command on, with its ledger entry, in one transaction; `also` gives further columns."""
        with self.writing() as session:
            values = also(session) if also is not None else {}
            more = {"listing": ",".join(listing)} if listing else {}
            commands.change(session, self.lease, state=to, sentence=sentence, **more, **values)
            append(session, self._note(to))
        return to

    def _note(self, to: CommandState) -> Note:
        allowed = to is not CommandState.REFUSED
        return Note(
            kind="decision",
            action=f"command.{self.command.verb}",
            result="allow" if allowed else "deny",
            why=f"The command is {to}.",
            actor=Actor(type="user", id=str(self.said.author_id)),
            attempt=self.command.attempt_id,
            repository_id=self.command.repository_id,
            target={"command": str(self.command.id), "pull": str(self.command.pull_number or "")},
        )


@dataclass(frozen=True, slots=True)
class CommandHolder:
    """A command's turn as the holder of effects at the attempt it speaks to."""

    turn: CommandTurn
    attempt: Attempt

    @property
    def store(self) -> Store:
        """Where it all stands."""
        return self.turn.store

    @property
    def actor(self) -> Actor:
        """The stage: who asked stands in the command's own entry."""
        return Actor(id="answer")

    @property
    def key(self) -> str:
        """Effects of commands never meet those of attempts."""
        return f"c{self.turn.command.id}"

    def stopped(self) -> Stopped | None:
        """Say whether the repository is stopped now."""
        return self.turn.stopped()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session for changes within the turn."""
        with self.turn.writing() as session:
            yield session
