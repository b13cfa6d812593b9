"""Make and drop installation tokens: the only calls that are made with the App's key.

PyGithub cannot narrow a token to one repository, so the call is made through its requester.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from github.Auth import AppAuth, Token
from pydantic import BaseModel, ConfigDict, ValidationError

from tasks.broker.known import Assignment
from tasks.errors import GoldseamError
from tasks.github.errors import GitHubUnavailable, PermissionMissing, translated
from tasks.github.session import Endpoint, connected

_STRENGTH = {"read": 1, "write": 2, "admin": 3}


@dataclass(frozen=True, slots=True)
class Minted:
    """A token and what it can do."""

    token: str = field(repr=False)
    expires_at: datetime
    permissions: Mapping[str, str]


class Mint(Protocol):
    """Makes tokens of one repository."""

    def make(self, assignment: Assignment, permissions: Mapping[str, str]) -> Minted:
        """Return a token for exactly this repository with at most these permissions."""

    def drop(self, token: str) -> None:
        """Make a token worthless now; one that is already is no error."""

    def installation(self, repository: str) -> int:
        """Return the id of the App's installation on a repository."""


class AppMint:
    """Mints through GitHub with the App's key."""

    def __init__(self, endpoint: Endpoint, app_id: int, private_key: str) -> None:
        self._endpoint, self._auth = endpoint, AppAuth(app_id, private_key)

    def make(self, assignment: Assignment, permissions: Mapping[str, str]) -> Minted:
        """Return a token; PermissionMissing when the installation was granted less than is asked.

        What GitHub made is compared with what was asked; a token that could do more is dropped.
        """
        name = assignment.repository.partition("/")[2]
        url = f"/app/installations/{assignment.installation_id}/access_tokens"
        asked = {"repositories": [name], "permissions": dict(permissions)}
        with translated("making an installation token"), connected(self._endpoint, self._auth) as requester:
            _, document = requester.requestJsonAndCheck("POST", url, input=asked)
        answer = _answer(document)
        if not answer.fits(assignment.repository, permissions):
            self.drop(answer.token)
            raise PermissionMissing(f"GitHub made a token that can do more than was asked for {assignment.repository}.")
        return Minted(answer.token, answer.expires_at, answer.permissions)

    def drop(self, token: str) -> None:
        """Drop a token; a GitHub that does not answer lets it run out by itself within the hour."""
        with (
            suppress(GoldseamError),
            translated("dropping a token"),
            connected(self._endpoint, Token(token)) as requester,
        ):
            requester.requestJsonAndCheck("DELETE", "/installation/token")

    def installation(self, repository: str) -> int:
        """Return the installation's id; NotFound when the App is not installed there."""
        with translated(f"looking for the App on {repository}"), connected(self._endpoint, self._auth) as requester:
            _, document = requester.requestJsonAndCheck("GET", f"/repos/{repository}/installation")
        return int(document["id"])


class _Repository(BaseModel):
    full_name: str


class _Answer(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)  # the input is a token

    token: str
    expires_at: datetime
    permissions: dict[str, str] = {}
    repositories: list[_Repository] = []

    def fits(self, repository: str, permissions: Mapping[str, str]) -> bool:
        """Say whether this is the one repository and no more than the permissions."""
        return [each.full_name.lower() for each in self.repositories] == [repository.lower()] and all(
            _STRENGTH.get(level, 9) <= _STRENGTH.get(permissions.get(name, ""), 0)
            for name, level in self.permissions.items()
        )


def _answer(document: object) -> _Answer:
    try:
        return _Answer.model_validate(document)
    except ValidationError:
        raise GitHubUnavailable("GitHub's answer to making an installation token cannot be read.") from None
