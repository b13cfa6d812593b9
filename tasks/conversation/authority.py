"""Who may command: one function for every way of speaking, asked at the moment of acting.

A name is no authority, nor is what a webhook says of an author: GitHub is asked now
what the account may do, and that the login still belongs to it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import takewhile

from tasks.conversation.said import Said, said_by
from tasks.github.protocol import Reader
from tasks.store.models_people import CommandRow, CommandState

MAY = frozenset({"admin", "maintain", "write"})
MOST_BY_BOTS = 3
"""Commands in a row that bots may give on one pull request; then a person has to."""
_ENOUGH = f"Bots have commanded {MOST_BY_BOTS} times in a row here; a person has to go on."


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command is not obeyed."""

    sentence: str
    """For the record; nobody is told more than a reaction."""
    silent: bool
    """Whether not even a reaction is made: answering bots makes loops."""


def refusal(said: Said, reader: Reader, *, bots: Collection[int]) -> Refusal | None:
    """Return why the author may not command, or None when they may: `write` or better, now.

    Apps and bots may only when their numeric id is in `bots`.
    """
    if not is_person(said):
        if said.author_id in bots and said.app_id is None:
            return None
        return Refusal("Bots and Apps command nothing unless the server's policy names their id.", silent=True)
    access = reader.permission(said.author_login)
    if access.account_id != said.author_id:
        return Refusal("The login belongs to another account by now.", silent=True)
    if access.level not in MAY:
        return Refusal(f"Commands need write access; the author has {access.level}.", silent=False)
    return None


def enough(said: Said, earlier: Sequence[CommandRow]) -> Refusal | None:
    """Return that bots alone have gone on for long enough: two that answer each other would never end.

    `earlier` are the commands of the pull request before this one, oldest first.
    """
    if is_person(said):
        return None
    row = takewhile(lambda each: not is_person(said_by(each)), reversed(earlier))
    obeyed = [each for each in row if each.state is not CommandState.REFUSED]
    return Refusal(_ENOUGH, silent=True) if len(obeyed) >= MOST_BY_BOTS else None


def is_person(said: Said) -> bool:
    """Say whether a person spoke, and no App or bot."""
    return said.author_type == "User" and said.app_id is None
