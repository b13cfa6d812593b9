"""Tells what happens as it happens."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import click
from sqlalchemy import select

from tasks.errors import GoldseamError
from tasks.store.database import Store
from tasks.store.models import Attempt
from tasks.store.models_people import CommandRow, CommandState
from tasks.store.states import TERMINAL, State

LONGEST_SECONDS = 240.0
_RESTING = TERMINAL | {State.WATCHING}
_ANSWERED = frozenset({CommandState.DONE, CommandState.REFUSED})


@dataclass(slots=True)
class Story:
    """Prints each change of state with its time."""

    store: Store
    began: float = field(default_factory=time.monotonic)
    seen: dict[int, State] = field(default_factory=dict)
    answers: list[CommandRow] = field(default_factory=list)
    """Commands that came to their end."""

    def tell(self, text: str) -> None:
        """Print one line."""
        click.echo(f"  {time.monotonic() - self.began:6.1f} s  {text}")

    def follow(self, count: int) -> None:
        """Tell each change until `count` attempts rest; GoldseamError after four minutes."""
        self._until(lambda: len([a for a in self._attempts() if a.state in _RESTING]) >= count)

    def settled(self, command: str) -> CommandRow:
        """Tell each change until the last command is answered to its end, and return it."""
        count = len(self.answers)
        self._until(lambda: self._answered(command, count))
        return self.answers[-1]

    def _answered(self, command: str, count: int) -> bool:
        with self.store.read() as session:
            rows = session.scalars(select(CommandRow).order_by(CommandRow.id)).all()
        self.answers = [row for row in rows if row.state in _ANSWERED]
        return len(self.answers) > count and self.answers[-1].verb == command

    def _until(self, over: Callable[[], bool]) -> None:
        latest = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < latest:
            done = over()
            for attempt in self._attempts():
                if self.seen.get(attempt.id) is not attempt.state:
                    self.seen[attempt.id] = attempt.state
                    because = f": {attempt.reason}. {attempt.sentence}" if attempt.reason else ""
                    self.tell(f"{attempt.repository}: attempt {attempt.id} {attempt.state}{because}")
            if done:
                return
            time.sleep(0.2)
        raise GoldseamError(f"No result after {LONGEST_SECONDS:g} s; read the logs in the data directory.")

    def _attempts(self) -> list[Attempt]:
        with self.store.read() as session:
            return list(session.scalars(select(Attempt).order_by(Attempt.id)))
