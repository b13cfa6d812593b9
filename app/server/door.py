"""The receiving door: a delivery is verified, stored durably, and only then acknowledged."""

from __future__ import annotations

import asyncio
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from pydantic import SecretStr
from starlette.types import Receive, Send

from tasks.github.events import KNOWN
from tasks.github.webhook import Signature
from tasks.store.deliveries import Incoming
from tasks.store.inbox import Inbox, NotStored

BODY_LIMIT = 25 << 20
"""GitHub's own cap on payloads."""
_LARGE = 256 << 10
"""What is larger waits on the disk until it is known to be signed, and is stored one at a time."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a sender is told, and under which word it is counted."""

    status: int
    outcome: str
    sentence: str

    async def send(self, send: Send) -> None:
        """Send it as plain text."""
        text = self.sentence.encode() + b"\n"
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(text))]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": text})


_STORED = Answer(202, "stored", "Stored.")
_IGNORED = Answer(202, "ignored", "Ignored: unknown event.")
_REFUSED = Answer(401, "refused", "The signature does not fit the body.")
_MALFORMED = Answer(400, "malformed", "X-GitHub-Delivery or X-GitHub-Event is missing or malformed.")
_BROKEN_OFF = Answer(400, "malformed", "The body ended before its announced length.")
_ENCODED = Answer(415, "malformed", "Send the body as it is: the signature is over plain bytes.")
_NOT_STORED = Answer(503, "not_stored", "The delivery could not be stored; send it again.")
_TOO_LARGE = Answer(413, "too_large", f"The body is larger than {BODY_LIMIT >> 20} MiB.")


class _BrokenOffError(Exception):
    """The sender went before its body was whole."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as the server hands it over."""

    headers: Mapping[bytes, bytes]
    """By names in small letters."""
    receive: Receive

    def header(self, name: bytes) -> str:
        """Return a header; empty without it."""
        return self.headers.get(name, b"").decode("latin-1")

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes."""
        more = True
        while more:
            message = await self.receive()
            if message["type"] != "http.request":
                raise _BrokenOffError
            yield message.get("body", b"")
            more = message.get("more_body", False)


@dataclass(frozen=True, slots=True)
class Door:
    """Takes deliveries in; share one in a process."""

    secrets: tuple[SecretStr, ...]
    inbox: Inbox
    folder: Path
    """Where large bodies wait; on the disk of the database, whose fullness is known."""
    _large: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    async def take(self, request: Request) -> Answer:
        """Store a signed delivery and say 202; whatever is wrong with it, nothing of it is kept or logged."""
        if request.header(b"content-encoding") not in {"", "identity"}:
            return _ENCODED
        announced = int(request.header(b"content-length") or -1)  # digits: the server's parser takes nothing else
        if announced > BODY_LIMIT:
            return _TOO_LARGE
        try:
            return await self._take(request, announced)
        except _BrokenOffError:
            return _BROKEN_OFF
        except (NotStored, OSError) as error:
            log.error("not_stored", why=str(error) if isinstance(error, NotStored) else type(error).__name__)  # noqa: TRY400 - no body in logs
            return _NOT_STORED

    async def _take(self, request: Request, announced: int) -> Answer:
        signature = Signature(self.secrets)
        header = request.header(b"x-hub-signature-256")
        if 0 <= announced <= _LARGE:
            body = b"".join([piece async for piece in request.pieces()])
            signature.update(body)
            return await self._keep(request, body) if signature.fits(header) else _REFUSED
        async with self._on_disk(request, signature) as (size, read):
            if size > BODY_LIMIT:
                return _TOO_LARGE
            if not signature.fits(header):
                return _REFUSED
            async with self._large:
                return await self._keep(request, read())

    @asynccontextmanager
    async def _on_disk(self, request: Request, signature: Signature) -> AsyncIterator[tuple[int, Callable[[], bytes]]]:
        size = 0
        with tempfile.TemporaryFile(dir=self.folder, buffering=0) as file:
            async for piece in request.pieces():
                size += len(piece)
                if size > BODY_LIMIT:
                    break
                signature.update(piece)
                file.write(piece)
            file.seek(0)
            yield size, file.read

    async def _keep(self, request: Request, body: bytes) -> Answer:
        guid = request.header(b"x-github-delivery")
        event = request.header(b"x-github-event")
        if not _is_guid(guid) or not event:
            return _MALFORMED
        if event not in KNOWN:
            return _IGNORED
        await self.inbox.put(Incoming(guid, event[:100], body))
        return _STORED


def _is_guid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
