"""Sending a webhook, signed over the raw bytes; `Hub.deliver` keeps the log."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from app.simulator.records import AppRecord, Delivery

TIMEOUT_SECONDS = 10.0
KEPT_OF_ANSWER = 10_000


@dataclass(frozen=True, slots=True)
class Attempt:
    """One webhook to send."""

    id: int
    event: str
    guid: str
    raw: bytes
    at: datetime
    redelivery: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """How the receiver answered; status 0 when it did not."""

    status: int
    reason: str
    body: str


def send(attempt: Attempt, app: AppRecord, url: str) -> Delivery:
    """Send one webhook and wait up to 10 s; whatever goes wrong is a delivery of status 0."""
    payload = json.loads(attempt.raw)
    headers = _headers(app, attempt)
    start = time.monotonic()
    reply = _post(url, attempt.raw, headers)
    return Delivery(
        id=attempt.id,
        guid=attempt.guid,
        event=attempt.event,
        action=payload.get("action"),
        payload=attempt.raw,
        headers=headers,
        delivered_at=attempt.at,
        duration=round(time.monotonic() - start, 3),
        status=reply.reason,
        status_code=reply.status,
        response=reply.body,
        redelivery=attempt.redelivery,
        installation_id=payload.get("installation", {}).get("id"),
        repository_id=payload.get("repository", {}).get("id"),
    )


def signature(secret: str, raw: bytes) -> str:
    """Return the value of X-Hub-Signature-256."""
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def outcome(delivery: Delivery) -> str:
    """Return the word by which the deliveries API filters."""
    return "success" if 200 <= delivery.status_code < 400 else "failure"


def _headers(app: AppRecord, attempt: Attempt) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/simulated",
        "X-GitHub-Event": attempt.event,
        "X-GitHub-Delivery": attempt.guid,
        "X-GitHub-Hook-ID": str(app.id),
        "X-GitHub-Hook-Installation-Target-Type": "integration",
        "X-GitHub-Hook-Installation-Target-ID": str(app.id),
        "X-Hub-Signature-256": signature(app.webhook_secret, attempt.raw),
    }


def _post(url: str, raw: bytes, headers: Mapping[str, str]) -> Reply:
    if not url:
        return Reply(0, "no webhook address is set", "")
    target = urlsplit(url)
    kind = HTTPSConnection if target.scheme == "https" else HTTPConnection
    connection = kind(target.hostname or "", target.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("POST", target.path or "/", raw, dict(headers))
        response = connection.getresponse()
        return Reply(response.status, response.reason, response.read(KEPT_OF_ANSWER).decode("utf-8", "replace"))
    except (OSError, HTTPException) as error:
        return Reply(0, f"failed to connect: {error}", "")
    finally:
        connection.close()
