"""Accounts, the App and its installations."""

from __future__ import annotations

import json

from app.simulator.documents import Document, node, stamp
from app.simulator.hub import Hub
from app.simulator.records import Account, Delivery, Installation, Token


def account(hub: Hub, who: Account) -> Document:
    """Return a simple user."""
    api = f"{hub.url}/api/v3/users/{who.login}"
    return {
        "login": who.login,
        "id": who.id,
        "node_id": node("U", who.id),
        "avatar_url": f"{hub.url}/avatars/{who.id}",
        "gravatar_id": "",
        "url": api,
        "html_url": f"{hub.url}/{who.login}",
        "followers_url": f"{api}/followers",
        "following_url": f"{api}/following{{/other_user}}",
        "gists_url": f"{api}/gists{{/gist_id}}",
        "starred_url": f"{api}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{api}/subscriptions",
        "organizations_url": f"{api}/orgs",
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events{{/privacy}}",
        "received_events_url": f"{api}/received_events",
        "type": who.type,
        "user_view_type": "public",
        "site_admin": False,
    }


def app(hub: Hub) -> Document:
    """Return the App."""
    record = hub.app
    return {
        "id": record.id,
        "slug": record.slug,
        "node_id": node("A", record.id),
        "client_id": f"Iv23li{record.id}",
        "owner": account(hub, record.owner),
        "name": record.name,
        "description": None,
        "external_url": f"{hub.url}/apps/{record.slug}",
        "html_url": f"{hub.url}/apps/{record.slug}",
        "created_at": stamp(record.created_at),
        "updated_at": stamp(record.created_at),
        "permissions": dict(record.permissions),
        "events": list(record.events),
        "installations_count": len(hub.installations),
    }


def actions_app(hub: Hub) -> Document:
    """Return GitHub Actions as an App, the owner of the check runs of jobs."""
    owner = hub.account("github")
    return {
        **app(hub),
        "id": 15368,
        "slug": "github-actions",
        "node_id": node("A", 15368),
        "client_id": "Iv1.05c79e9ad1f6bdfa",
        "owner": account(hub, owner),
        "name": "GitHub Actions",
        "external_url": f"{hub.url}/features/actions",
        "html_url": f"{hub.url}/apps/github-actions",
        "permissions": {"actions": "write", "checks": "write", "contents": "read", "metadata": "read"},
        "events": [],
    }


def installation(hub: Hub, record: Installation) -> Document:
    """Return an installation."""
    api = f"{hub.url}/api/v3/app/installations/{record.id}"
    return {
        "id": record.id,
        "account": account(hub, record.account),
        "repository_selection": "selected",
        "access_tokens_url": f"{api}/access_tokens",
        "repositories_url": f"{hub.url}/api/v3/installation/repositories",
        "html_url": f"{hub.url}/settings/installations/{record.id}",
        "app_id": hub.app.id,
        "target_id": record.account.id,
        "target_type": record.account.type,
        "permissions": dict(record.permissions),
        "events": list(hub.app.events),
        "created_at": stamp(record.created_at),
        "updated_at": stamp(record.created_at),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "app_slug": hub.app.slug,
        "suspended_by": account(hub, record.account) if record.suspended else None,
        "suspended_at": stamp(record.created_at) if record.suspended else None,
    }


def token(record: Token) -> Document:
    """Return a minted token; the route adds the repositories."""
    return {
        "token": record.value,
        "expires_at": stamp(record.expires_at),
        "permissions": dict(record.permissions),
        "repository_selection": "selected",
    }


def permission(hub: Hub, who: Account, role: str) -> Document:
    """Return a collaborator's permission: maintain counts as write and triage as read."""
    coarse = {"maintain": "write", "triage": "read"}.get(role, role)
    levels = ("pull", "triage", "push", "maintain", "admin")
    reached = {"none": 0, "read": 1, "triage": 2, "write": 3, "maintain": 4, "admin": 5}[role]
    granted = {level: position < reached for position, level in enumerate(levels)}
    return {
        "permission": coarse,
        "role_name": role,
        "user": {**account(hub, who), "permissions": granted, "role_name": role},
    }


def delivery(record: Delivery) -> Document:
    """Return a webhook delivery as the list shows it."""
    return {
        "id": record.id,
        "guid": record.guid,
        "delivered_at": stamp(record.delivered_at),
        "redelivery": record.redelivery,
        "duration": record.duration,
        "status": record.status,
        "status_code": record.status_code,
        "event": record.event,
        "action": record.action,
        "installation_id": record.installation_id,
        "repository_id": record.repository_id,
        "throttled_at": None,
    }


def whole_delivery(hub: Hub, record: Delivery) -> Document:
    """Return a webhook delivery with what was sent and what came back."""
    return {
        **delivery(record),
        "url": hub.webhook_url,
        "request": {"headers": dict(record.headers), "payload": json.loads(record.payload)},
        "response": {"headers": {}, "payload": record.response},
    }
