"""Who acts, and what an account may do."""

from __future__ import annotations

from typing import cast, get_args
from urllib.parse import quote

from github.Repository import Repository

from tasks.github.errors import NotFound, translated
from tasks.github.protocol import Access, Account
from tasks.github.raw import Document, asked, queried
from tasks.github.records import Permission

_ROLES = frozenset(get_args(Permission))


def own_account(repository: Repository) -> Account:
    """Return the bot that the token acts as; REST does not tell an installation who it is."""
    with translated("asking for the own account"):
        viewer = queried(repository, "query { viewer { login databaseId } }")["viewer"]
    return Account(str(viewer["login"]), int(viewer["databaseId"] or 0))


def permission(repository: Repository, login: str) -> Access:
    """Return what an account may do here now; `none` for a stranger and for nobody.

    A custom role of an organization counts as the built-in one that GitHub says it is based on.
    """
    try:
        with translated(f"asking what {login} may do"):
            answer = asked(repository, "GET", f"/collaborators/{quote(login, safe='')}/permission")
    except NotFound:
        return Access("none", None)
    who = answer.get("user") or {}
    return Access(_level(answer), who.get("id"))


def _level(answer: Document) -> Permission:
    for named in (answer.get("role_name"), answer.get("permission")):
        if named in _ROLES:
            return cast("Permission", named)
    return "none"
