"""What the App alone may ask of GitHub about its deliveries and installations.

With the App's key, so only the broker's process can: it searches for what was missed by
itself, and no other process needs a token for it that reaches more than one repository.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from github.Auth import AppAuth, Auth, Token

from tasks.errors import GoldseamError
from tasks.github.errors import translated
from tasks.github.payloads import moment
from tasks.github.session import Endpoint, connected

_CURSOR = re.compile(r"[?&]cursor=([^&>]+)[^>]*>;\s*rel=\"next\"")
_MOST_PAGES = 100
_READ = {"actions": "read", "metadata": "read"}

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """One time that GitHub sent a delivery."""

    id: int
    guid: str
    event: str
    at: datetime
    status: int


@dataclass(frozen=True, slots=True)
class Installed:
    """An installation of the App that may be read."""

    id: int
    since: datetime


@dataclass(frozen=True, slots=True)
class AppHooks:
    """Asks GitHub as the App."""

    endpoint: Endpoint
    app_id: int
    private_key: str = field(repr=False)

    def sent(self, since: datetime) -> Iterator[Sent]:
        """Yield what GitHub sent, newest first, back to `since`; GitHub forgets it after three days."""
        cursor = ""
        for _ in range(_MOST_PAGES):
            parameters = {"per_page": "100", **({"cursor": cursor} if cursor else {})}
            headers, documents = self._app("GET", "/app/hook/deliveries", parameters)
            for document in documents:
                one = _sent(document)
                if one is not None and one.at < since:
                    return
                if one is not None:
                    yield one
            following = _CURSOR.search(headers.get("link", ""))
            if following is None:
                return
            cursor = following[1]

    def again(self, delivery_id: int) -> None:
        """Ask GitHub to send a delivery again, under the same guid."""
        self._app("POST", f"/app/hook/deliveries/{delivery_id}/attempts")

    def installations(self) -> Iterator[Installed]:
        """Yield the installations that are not suspended, 100 at most."""
        _, documents = self._app("GET", "/app/installations", {"per_page": "100"})
        for document in documents:
            since = moment(document.get("created_at"))
            if not document.get("suspended_at") and since is not None:
                yield Installed(int(document["id"]), since)

    @contextmanager
    def reading(self, installation_id: int) -> Iterator[InstallationReader]:
        """Lend a token that reads runs, and nothing else, in all repositories of one installation."""
        path = f"/app/installations/{installation_id}/access_tokens"
        with translated("making a token for a look at runs"), self._as(AppAuth(self.app_id, self.private_key)) as asks:
            document = asks.requestJsonAndCheck("POST", path, input={"permissions": _READ})[1]
        auth = Token(str(document["token"]))
        try:
            yield InstallationReader(self, auth)
        finally:
            with suppress(GoldseamError), translated("dropping a token"), self._as(auth) as asks:
                asks.requestJsonAndCheck("DELETE", "/installation/token")

    def _app(self, verb: str, path: str, parameters: Mapping[str, str] | None = None) -> tuple[Any, Any]:
        with translated("asking about deliveries"), self._as(AppAuth(self.app_id, self.private_key)) as asks:
            headers, document = asks.requestJsonAndCheck(verb, path, parameters=dict(parameters or {}))
            return headers, document

    def _as(self, auth: Auth) -> Any:
        return connected(self.endpoint, auth)


@dataclass(frozen=True, slots=True)
class InstallationReader:
    """Reads the runs of an installation's repositories."""

    hooks: AppHooks
    auth: Token

    def repositories(self) -> Iterator[Document]:
        """Yield the repositories, 300 at most."""
        for page in range(1, 4):
            parameters = {"per_page": "100", "page": str(page)}
            found = self._get("/installation/repositories", parameters)["repositories"]
            yield from found
            if len(found) < 100:
                return

    def red_runs(self, full_name: str, since: datetime) -> list[Document]:
        """Return the failed runs since a time, newest first, 100 at most."""
        parameters = {"status": "failure", "created": f">={since:%Y-%m-%dT%H:%M:%SZ}", "per_page": "100"}
        found: list[Document] = self._get(f"/repos/{full_name}/actions/runs", parameters)["workflow_runs"]
        return found

    def _get(self, path: str, parameters: Mapping[str, str]) -> Any:
        with translated(f"reading {path}"), self.hooks._as(self.auth) as asks:  # noqa: SLF001 - of this module
            return asks.requestJsonAndCheck("GET", path, parameters=dict(parameters))[1]


def _sent(document: Document) -> Sent | None:
    at = moment(document.get("delivered_at"))
    if at is None:
        return None
    return Sent(int(document["id"]), str(document["guid"]), str(document["event"]), at, int(document["status_code"]))
