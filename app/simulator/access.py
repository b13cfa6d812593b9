"""Who may call: JSON web tokens of the App, installation tokens, permissions, rate limits."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import jwt
from jwt.types import Options

from app.simulator.records import AppRecord, Installation, Permissions, Token

TOKEN_LIFE = timedelta(hours=1)
LONGEST_JWT = timedelta(minutes=10)
LEEWAY = timedelta(seconds=60)
STRENGTH = {"read": 1, "write": 2, "admin": 3}
RATE_LIMIT = 5000
RATE_WINDOW = timedelta(hours=1)


class Problem(Exception):
    """An answer of 400 or above, in GitHub's form."""

    def __init__(
        self,
        status: int,
        message: str,
        errors: tuple[Mapping[str, str], ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, message, errors, headers)
        self.status, self.message, self.errors, self.headers = status, message, errors, dict(headers or {})


NOT_FOUND = (404, "Not Found")
FORBIDDEN = "Resource not accessible by integration"


@dataclass(slots=True)
class RateWindow:
    """What an installation may still ask in this hour."""

    limit: int
    resets_at: datetime
    used: int = 0

    def headers(self) -> dict[str, str]:
        """Return GitHub's rate limit headers."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "X-RateLimit-Used": str(self.used),
            "X-RateLimit-Reset": str(int(self.resets_at.timestamp())),
            "X-RateLimit-Resource": "core",
        }


@dataclass(slots=True)
class Gate:
    """Every token handed out, and what is left of each installation's hourly calls."""

    tokens: dict[str, Token] = field(default_factory=dict)
    windows: dict[int, RateWindow] = field(default_factory=dict)
    rate_limit: int = RATE_LIMIT
    """Applies to hours that begin after it was set."""

    def mint(
        self,
        installation: Installation,
        app_id: int,
        repositories: frozenset[str],
        permissions: Permissions,
        now: datetime,
    ) -> Token:
        """Hand out a token; long, with dots, as GitHub's are since 2026."""
        value = f"ghs_{app_id}_" + ".".join(secrets.token_urlsafe(n) for n in (27, 160, 64))
        # Every token can read metadata, whatever else was asked for.
        token = Token(value, installation, repositories, {**permissions, "metadata": "read"}, now + TOKEN_LIFE)
        self.tokens[value] = token
        return token

    def token(self, value: str, now: datetime) -> Token:
        """Return a live token; raises a 401 or, for a suspended installation, a 403."""
        token = self.tokens.get(value)
        if token is None or token.expires_at <= now:
            raise Problem(401, "Bad credentials")
        if token.installation.suspended:
            raise Problem(403, "This installation has been suspended")
        return token

    def count(self, token: Token, now: datetime) -> RateWindow:
        """Take one call from the installation's hour; raises a 403 when none is left."""
        window = self.windows.get(token.installation.id)
        if window is None or window.resets_at <= now:
            window = RateWindow(self.rate_limit, now + RATE_WINDOW)
            self.windows[token.installation.id] = window
        if window.used >= window.limit:
            message = f"API rate limit exceeded for installation ID {token.installation.id}."
            raise Problem(403, message, headers=window.headers())
        window.used += 1
        return window


def check_app_jwt(value: str, app: AppRecord, now: datetime) -> None:
    """Raise a 401 unless the App's key signed this JSON web token and it is valid now."""
    # The times are compared below, with the simulator's clock instead of the machine's.
    options: Options = {
        "verify_exp": False,
        "verify_iat": False,
        "verify_nbf": False,
        "require": ["exp", "iat", "iss"],
    }
    try:
        claims = jwt.decode(value, app.public_key, algorithms=["RS256"], options=options)
        issued, expires = (datetime.fromtimestamp(int(claims[name]), UTC) for name in ("iat", "exp"))
    except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError) as error:
        raise Problem(401, "A JSON web token could not be decoded") from error
    if str(claims["iss"]) != str(app.id):
        raise Problem(401, "Integration not found")
    if expires <= now:
        raise Problem(
            401,
            "'Expiration time' claim ('exp') must be a numeric value representing the future time "
            "at which the assertion expires",
        )
    if expires > now + LONGEST_JWT + LEEWAY:
        raise Problem(401, "'Expiration time' claim ('exp') is too far in the future")
    if issued > now + LEEWAY:
        raise Problem(
            401, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
        )


def allows(permissions: Permissions, needed: str) -> bool:
    """Say whether permissions cover a need such as `contents:write`."""
    name, _, level = needed.partition(":")
    return STRENGTH.get(permissions.get(name, ""), 0) >= STRENGTH[level]


def demand(token: Token, alternatives: tuple[str, ...]) -> None:
    """Raise GitHub's 403 unless the token has one of the permissions; a header names them."""
    if any(allows(token.permissions, needed) for needed in alternatives):
        return
    named = "; ".join(needed.replace(":", "=") for needed in alternatives)
    raise Problem(403, FORBIDDEN, headers={"X-Accepted-GitHub-Permissions": named})


def narrow(installation: Installation, wanted: Permissions) -> Permissions:
    """Return the permissions of a new token; raises a 422 when more is asked than was granted."""
    if not wanted:
        return dict(installation.permissions)
    for name, level in wanted.items():
        if level not in STRENGTH or not allows(installation.permissions, f"{name}:{level}"):
            raise Problem(422, "The permissions requested are not granted to this installation.")
    return wanted
