"""What the App asks GitHub for: its permissions, its events and its addresses."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from ipaddress import ip_address
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlsplit

from app.config import Settings

PERMISSIONS: Mapping[str, str] = MappingProxyType(
    {
        "actions": "write",
        "checks": "write",
        "contents": "write",
        "issues": "write",
        "metadata": "read",
        "pull_requests": "write",
        "statuses": "read",
    }
)
"""All that any part of Goldseam uses, and no more: a test records what each call to GitHub needed."""

EVENTS = (
    "check_run",
    "check_suite",
    "issue_comment",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "push",
    "status",
    "workflow_run",
)
"""Installation events come without being asked for."""

_LONGEST_NAME = 34
"""GitHub's own limit."""


def manifest(config: Settings) -> dict[str, Any]:
    """Return the manifest; the person may still change the name on GitHub's page."""
    return {
        "name": f"Goldseam {socket.gethostname()}"[:_LONGEST_NAME].rstrip(),
        "description": "Takes a red CI run to a proven, reviewable repair.",
        "url": config.address,
        "hook_attributes": {"url": config.hook_url, "active": True},
        "redirect_url": f"{config.address}/setup/created",
        "setup_url": f"{config.address}/",
        "public": False,
        "default_permissions": dict(PERMISSIONS),
        "default_events": list(EVENTS),
    }


def registration_url(config: Settings, organization: str, state: str) -> str:
    """Return the address of GitHub to which the page posts the manifest."""
    owner = f"/organizations/{quote(organization, safe='')}" if organization else ""
    return f"{config.endpoint.web_url}{owner}/settings/apps/new?state={quote(state, safe='')}"


def unreachable(config: Settings) -> bool:
    """Say whether GitHub would send webhooks to this very machine while it runs on another."""
    return _is_loopback(config.hook_url) and not _is_loopback(config.endpoint.web_url)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback or ip_address(host).is_unspecified
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
