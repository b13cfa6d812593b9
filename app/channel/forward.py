"""Hands each webhook of a channel to the web process of this machine, as GitHub sent it.

The channel is a stranger: nothing it says is believed here. The web process checks
GitHub's signature over the body, and this process does not hold the secret.
"""

from __future__ import annotations

import base64
import binascii
import json
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import requests
import structlog
from urllib3.exceptions import HTTPError

from app.channel.stream import Message, StreamBroken, messages

_PASSED = ("x-github-", "x-hub-signature")
_CHUNK = 1 << 16
_CONNECT_SECONDS, _SILENCE_SECONDS = 10.0, 120.0
"""A channel that says nothing for so long is gone: they send a sign of life twice a minute."""
_LONGEST_PAUSE_SECONDS = 60.0
_TRIES = 6
"""Of handing a webhook to a web process that is starting or cannot store."""
_REFUSED = 401

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Webhook:
    """One webhook, as far as the channel tells."""

    headers: dict[str, str]
    bodies: tuple[bytes, ...]
    """What the body may have been, the likeliest first; only one of them can fit the signature."""


@dataclass(slots=True)
class Forwarder:
    """Reads one channel until told to stop, and comes back when the connection ends."""

    channel: str
    target: str
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Forward until `over` is set."""
        failed = 0
        while not self.over.is_set():
            try:
                self._read()
            except (requests.RequestException, StreamBroken) as error:
                failed += 1
                log.warning("channel_lost", why=type(error).__name__, tries=failed)
            else:
                failed = 0
            # Spread, so that many clients do not come back to a restarted channel at one moment.
            pause = min(_LONGEST_PAUSE_SECONDS, 2.0 ** min(failed, 6)) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
            self.over.wait(pause)

    def _read(self) -> None:
        asked = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        timeout = (_CONNECT_SECONDS, _SILENCE_SECONDS)
        with requests.get(self.channel, headers=asked, stream=True, timeout=timeout) as stream:
            stream.raise_for_status()
            if not stream.headers.get("Content-Type", "").startswith("text/event-stream"):
                raise StreamBroken("The address is no channel.")
            log.info("channel_open")
            for message in messages(_chunks(stream)):
                if self.over.is_set():
                    return
                webhook = read(message)
                if webhook is not None:
                    self._hand_over(webhook)

    def _hand_over(self, webhook: Webhook) -> None:
        guid = webhook.headers.get("x-github-delivery", "")
        for number in range(_TRIES):
            status = self._post(webhook)
            if status is not None and status < 500:
                say = log.info if status < 300 else log.warning
                say("forwarded", guid=guid, event_name=webhook.headers.get("x-github-event", ""), status=status)
                return
            if self.over.wait(0.5 * 2**number):
                return
        log.warning("not_forwarded", guid=guid)

    def _post(self, webhook: Webhook) -> int | None:
        """Return the web process's answer; None when there was none."""
        status = None
        with requests.Session() as session:
            session.trust_env = False  # the way to this machine leads through no proxy
            for body in webhook.bodies:
                try:
                    status = session.post(self.target, data=body, headers=webhook.headers, timeout=30).status_code
                except requests.RequestException:
                    return None
                if status != _REFUSED:
                    return status
        return status


def read(message: Message) -> Webhook | None:
    """Return the webhook in a message, or None when it holds none."""
    if message.kind != "message":
        return None
    try:
        document = json.loads(message.data)
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    headers = {
        name.lower(): value
        for name, value in document.items()
        if isinstance(value, str) and name.lower().startswith(_PASSED) and value.isprintable() and value.isascii()
    }
    bodies = tuple(dict.fromkeys(_bodies(document)))
    if "x-github-event" not in headers or not bodies:
        return None
    return Webhook({**headers, "content-type": "application/json"}, bodies)


def _bodies(document: dict[str, Any]) -> Iterator[bytes]:
    """Yield the bytes where the channel kept them, else what a body parsed and written again may have been."""
    raw, body = document.get("bodyB"), document.get("body")
    if isinstance(raw, str):
        try:
            yield base64.b64decode(raw, validate=True)
        except binascii.Error:
            log.warning("channel_body_is_no_base64")
    if isinstance(body, str):
        yield body.encode("utf-8", "replace")
    elif body is not None:
        compact = (",", ":")
        # GitHub writes no spaces; in which of these ways it writes letters beyond ASCII the channel has forgotten.
        yield json.dumps(body, separators=compact, ensure_ascii=False).encode("utf-8", "replace")
        yield json.dumps(body, separators=compact).encode()


def _chunks(stream: requests.Response) -> Iterator[bytes]:
    """Yield what has arrived, without waiting for a chunk to be full."""
    while True:
        try:
            chunk = stream.raw.read1(_CHUNK, decode_content=True)
        except HTTPError as error:
            raise StreamBroken("The channel ended in the middle.") from error
        if not chunk:
            return
        yield chunk
