"""Registering the App, and what GitHub knows of it: asked without any token, or with the App's own key.

Nothing here touches a repository. Two callers hold what it takes: the set-up page,
which has the one-time code, and `goldseam doctor`, which its operator lets read the key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from github import GithubException
from github.Auth import AppAuth
from github.Requester import Requester
from pydantic import BaseModel, ConfigDict, ValidationError

from tasks.errors import BadInput, GoldseamError
from tasks.github.errors import GitHubUnavailable, of_answer, translated
from tasks.github.session import Endpoint, connected

_CODE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_LONGEST_CODE = 200
_RECENT = 30


@dataclass(frozen=True, slots=True)
class Registered:
    """An App that GitHub has just made from a manifest."""

    id: int
    slug: str
    html_url: str
    private_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AppFacts:
    """The App as GitHub has it now."""

    slug: str
    html_url: str
    owner: str
    owner_is_organization: bool
    permissions: Mapping[str, str]
    events: tuple[str, ...]
    installations: int


@dataclass(frozen=True, slots=True)
class Introduction:
    """How GitHub answered to the App's name and key."""

    app: AppFacts | GoldseamError
    date: datetime | None
    """GitHub's clock, also when it refused; None when it did not answer."""


@dataclass(frozen=True, slots=True)
class Granted:
    """An installation, with what its owner accepted."""

    id: int
    account: str
    permissions: Mapping[str, str]
    suspended: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """A webhook that GitHub sent lately."""

    event: str
    status_code: int
    """0 when nobody answered."""
    status: str


def convert(endpoint: Endpoint, code: str) -> Registered:
    """Exchange the code of a manifest for the App's credentials; GitHub does so once, within an hour.

    The OAuth secret in the answer is left behind: nothing here acts for a user.
    """
    if not code or len(code) > _LONGEST_CODE or not _CODE.issuperset(code):
        raise BadInput("That is no code of GitHub's.")
    with translated("making the App from its manifest"), connected(endpoint, None) as requester:
        _, document = requester.requestJsonAndCheck("POST", f"/app-manifests/{code}/conversions")
    try:
        made = _Conversion.model_validate(document)
    except ValidationError:
        raise GitHubUnavailable("GitHub's answer to the App's manifest cannot be read.") from None
    return Registered(made.id, made.slug, made.html_url, made.pem, made.webhook_secret)


def introduce(endpoint: Endpoint, app_id: int, private_key: str) -> Introduction:
    """Ask GitHub who this App is. Never raises what GitHub answers: it is the finding."""
    try:
        with translated("asking for the App"), connected(endpoint, AppAuth(app_id, private_key)) as requester:
            try:
                headers, document = requester.requestJsonAndCheck("GET", "/app")
            except GithubException as error:
                refusal = of_answer(error.status, error.data, error.headers or {}, "asking for the App")
                return Introduction(refusal, _date(error.headers or {}))
    except GoldseamError as error:
        return Introduction(error, None)
    return Introduction(_facts(document), _date(headers))


@contextmanager
def asking(endpoint: Endpoint, app_id: int, private_key: str) -> Iterator[AppDesk]:
    """Open a connection as the App itself; closed on leaving."""
    with connected(endpoint, AppAuth(app_id, private_key)) as requester:
        yield AppDesk(requester)


class AppDesk:
    """What only the App itself may ask."""

    def __init__(self, requester: Requester) -> None:
        self._requester = requester

    def hook_url(self) -> str:
        """Return where GitHub sends webhooks; empty when it sends none."""
        return str(self._get("/app/hook/config").get("url") or "")

    def recent(self) -> tuple[Sent, ...]:
        """Return the last 30 deliveries, newest first."""
        listed = self._get(f"/app/hook/deliveries?per_page={_RECENT}")
        return tuple(Sent(str(each["event"]), int(each["status_code"]), str(each["status"])) for each in listed)

    def installations(self) -> tuple[Granted, ...]:
        """Return the first hundred installations."""
        listed = self._get("/app/installations?per_page=100")
        return tuple(
            Granted(
                int(each["id"]),
                str((each.get("account") or {}).get("login", "")),
                dict(each.get("permissions") or {}),
                each.get("suspended_at") is not None,
            )
            for each in listed
        )

    def _get(self, path: str) -> Any:
        with translated(f"asking for {path.partition('?')[0]}"):
            return self._requester.requestJsonAndCheck("GET", path)[1]


class _Conversion(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)  # the input holds the key

    id: int
    slug: str
    html_url: str
    pem: str
    webhook_secret: str


def _facts(document: Any) -> AppFacts:
    owner = document.get("owner") or {}
    return AppFacts(
        slug=str(document.get("slug", "")),
        html_url=str(document.get("html_url", "")),
        owner=str(owner.get("login", "")),
        owner_is_organization=owner.get("type") == "Organization",
        permissions=dict(document.get("permissions") or {}),
        events=tuple(document.get("events") or ()),
        installations=int(document.get("installations_count") or 0),
    )


def _date(headers: Mapping[str, Any]) -> datetime | None:
    lower = {name.lower(): str(value) for name, value in headers.items()}
    try:
        return parsedate_to_datetime(lower["date"])
    except (KeyError, ValueError):
        return None
