"""What GitHub answers when it does not do what was asked, grouped by what the caller will do.

Rules of this module: no error text ever holds a header, a token or a signed address;
PyGithub's exceptions end in `translated`.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from github import GithubException

from tasks.errors import GoldseamError, Refused, Retryable, Waiting

_LONGEST_MESSAGE = 300
_LONGEST_BODY = 2000
_LONGEST_EXCERPT = 80
_UNNAMED_LIMIT_SECONDS = 60.0
"""GitHub asks for at least a minute when a secondary limit names no time."""
_RATE_LIMIT = re.compile(r"rate limit|abuse detection|please (retry|wait)", re.IGNORECASE)
_CREDENTIAL = re.compile(r"gh[pousr]_[A-Za-z0-9_.\-]+|github_pat_\w+|eyJ[\w\-]+\.[\w\-]+\.[\w\-]*")


class GitHubUnavailable(Retryable):
    """GitHub did not answer, or answered with an error of its own; what was asked may have been done all the same."""

    def __init__(self, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(sentence, retry_after)  # all arguments, so that pickle can rebuild it
        self.sentence, self.retry_after = sentence, retry_after
        """Seconds to wait before the next request; None when GitHub named no time."""

    def __str__(self) -> str:
        return self.sentence


class Unreadable(requests.RequestException):
    """An answer that says it went well and is not what the interface promises; `translated` takes it from here."""

    def __init__(self, document: Any) -> None:
        said = document.get("data", document) if isinstance(document, dict) else document
        super().__init__(" ".join(_redacted(str(said)).split())[:_LONGEST_EXCERPT])


class RateLimited(GitHubUnavailable, Waiting):
    """A request limit of the installation is used up; nobody may ask on its behalf for `retry_after` seconds."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A request limit that is used up."""

    seconds: float
    named: bool
    """Whether GitHub named the time; otherwise it is a guess that grows with each repetition."""


class TokenRejected(Retryable):
    """The token ran out or was withdrawn; a new one from the broker may work, once."""


class PermissionMissing(Refused):
    """The installation was not given the right to do this, or is suspended."""


class NotFound(GoldseamError):
    """There is no such thing, it is gone, or the token may not see it."""


class Conflict(GoldseamError):
    """The branch is not where it was when the work began, so the work must be proven anew."""


class Rejected(GoldseamError):
    """GitHub understood the request and will not do it as it stands; asking again changes nothing."""

    def __init__(self, sentence: str, messages: tuple[str, ...] = ()) -> None:
        super().__init__(sentence, messages)  # all arguments, so that pickle can rebuild it
        self.sentence, self.messages = sentence, messages
        """GitHub's own words, one per fault."""

    def __str__(self) -> str:
        return self.sentence


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn what PyGithub and its transport raise into this module's errors.

    `doing` ends the sentence "GitHub … while": `opening the pull request`.
    """
    try:
        yield
    except GithubException as error:
        raise of_answer(error.status, error.data, error.headers or {}, doing) from None
    except Unreadable as error:
        raise GitHubUnavailable(f"What answered while {doing} was not GitHub's interface: {error}") from None
    except (requests.RequestException, json.JSONDecodeError) as error:
        # A truncated answer may follow a write that was done, so it is asked again, and the asking looks first.
        raise GitHubUnavailable(f"GitHub did not answer ({type(error).__name__}) while {doing}.") from None


def of_answer(  # noqa: PLR0911 - one return for each reaction
    status: int, document: Any, headers: Mapping[str, Any], doing: str
) -> GoldseamError:
    """Return the error that an HTTP answer stands for; `document` is its parsed body, of any shape."""
    messages = _messages(document)
    said = "; ".join(_redacted(each) for each in messages[:3]) or "no reason given"
    lower = {name.lower(): str(value) for name, value in headers.items()}
    limit = _limit(status, lower, " ".join(messages))
    if limit is not None:
        wait = limit.seconds
        return RateLimited(f"GitHub's request limit is used up; the next try is in {wait:.0f} s.", wait)
    if status >= 500:
        return GitHubUnavailable(f"GitHub answered {status} while {doing}.", _seconds(lower.get("retry-after")))
    if _is_type(document, "STALE_DATA") or status == 409:
        return Conflict(f"The branch moved while {doing}: {said}")
    if status == 401:
        return TokenRejected(f"GitHub did not accept the token while {doing}.")
    if status == 403 or _is_type(document, "FORBIDDEN"):
        return PermissionMissing(
            f"GitHub refused {doing}: {said}. Grant the App that permission and accept the change."
        )
    if status in {404, 410}:
        return NotFound(f"GitHub has nothing there ({status}) while {doing}.")
    return Rejected(f"GitHub rejected {doing} ({status}): {said}", tuple(_redacted(each) for each in messages))


def limit_of(status: int, headers: Mapping[str, Any], body: str) -> Limit | None:
    """Return the request limit that an answer says is used up, or None; GraphQL says it with a 200."""
    said = body[:_LONGEST_BODY] if status in {400, 403, 429} else ""
    if status == 200 and '"RATE_LIMITED"' in body[:_LONGEST_BODY]:
        status, said = 403, "rate limit"
    lower = {name.lower(): str(value) for name, value in headers.items()}
    return _limit(status, lower, said)


def _messages(document: Any) -> tuple[str, ...]:
    if not isinstance(document, dict):
        return ()
    listed = document.get("errors")
    faults = listed if isinstance(listed, list) else []
    said = [document.get("message"), *(each.get("message") if isinstance(each, dict) else each for each in faults)]
    return tuple(text for text in said if isinstance(text, str) and text)


def _is_type(document: Any, name: str) -> bool:
    """Say whether a GraphQL answer carries an error of this type."""
    listed = document.get("errors") if isinstance(document, dict) else None
    return isinstance(listed, list) and any(isinstance(each, dict) and each.get("type") == name for each in listed)


def _limit(status: int, headers: Mapping[str, str], said: str) -> Limit | None:
    """Return the limit that is used up, with its time in GitHub's order of precedence, or None when this is none."""
    if status not in {400, 403, 429}:
        return None
    after = _seconds(headers.get("retry-after"))
    if after is not None and status in {403, 429}:
        return Limit(after, named=True)
    if headers.get("x-ratelimit-remaining") == "0" and status in {403, 429}:
        reset = _seconds(headers.get("x-ratelimit-reset"))
        if reset is not None:
            return Limit(max(1.0, reset - time.time() + 1), named=True)
        return Limit(_UNNAMED_LIMIT_SECONDS, named=False)
    if status == 429 or _RATE_LIMIT.search(said):
        return Limit(_UNNAMED_LIMIT_SECONDS, named=False)
    return None


def _seconds(value: str | None) -> float | None:
    return float(value) if value is not None and value.strip().isdigit() else None


def _redacted(text: str) -> str:
    return _CREDENTIAL.sub("[redacted]", text)[:_LONGEST_MESSAGE].rstrip(".")
