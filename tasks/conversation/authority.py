"""Who may command: one function for every way of speaking, asked at the moment of acting.

A name is no authority, nor is what a webhook says of an author: GitHub is asked now
what the account may do, and that the login still belongs to it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from tasks.conversation.said import Said
from tasks.github.protocol import Reader

MAY = frozenset({"admin", "maintain", "write"})


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
    if said.author_type != "User" or said.app_id is not None:
        if said.author_id in bots and said.app_id is None:
            return None
        return Refusal("Bots and Apps command nothing unless the server's policy names their id.", silent=True)
    access = reader.permission(said.author_login)
    if access.account_id != said.author_id:
        return Refusal("The login belongs to another account by now.", silent=True)
    if access.level not in MAY:
        return Refusal(f"Commands need write access; the author has {access.level}.", silent=False)
    return None
