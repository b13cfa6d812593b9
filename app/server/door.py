"""The receiving door: a delivery is verified, stored durably, and only then acknowledged."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore

import structlog
from pydantic import SecretStr
from werkzeug import Request, Response
from werkzeug.exceptions import ClientDisconnected

from tasks.failpoint import K, failpoint
from tasks.github.events import KNOWN
from tasks.github.webhook import Signature
from tasks.store.deliveries import Incoming
from tasks.store.inbox import Inbox, NotStored

BODY_LIMIT = 25 << 20
"""GitHub's own cap on payloads."""
_LARGE = 1 << 20
"""What is larger waits on the disk until it is known to be signed, and is stored one at a time."""
_PIECE = 64 << 10

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a sender is told, and under which word it is counted."""

    status: int
    outcome: str
    sentence: str

    def response(self) -> Response:
        """Return it as plain text."""
        return Response(self.sentence + "\n", status=self.status, content_type="text/plain; charset=utf-8")


_STORED = Answer(202, "stored", "Stored.")
_IGNORED = Answer(202, "ignored", "Ignored: unknown event.")
_REFUSED = Answer(401, "refused", "The signature does not fit the body.")
_MALFORMED = Answer(400, "malformed", "X-GitHub-Delivery or X-GitHub-Event is missing or malformed.")
_BROKEN_OFF = Answer(400, "malformed", "The body ended before its announced length.")
_ENCODED = Answer(415, "malformed", "Send the body as it is: the signature is over plain bytes.")
_NOT_STORED = Answer(503, "not_stored", "The delivery could not be stored; send it again.")
_TOO_LARGE = Answer(413, "too_large", f"The body is larger than {BODY_LIMIT >> 20} MiB.")


@dataclass(frozen=True, slots=True)
class Door:
    """Takes deliveries in; share one in a process."""

    secrets: tuple[SecretStr, ...]
    inbox: Inbox
    wake: Callable[[int], object]
    """Wakes a worker for a stored delivery; must not wait for Redis."""
    folder: Path
    """Where large bodies wait; on the disk of the database, whose fullness is known."""
    _large: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(1))

    def take(self, request: Request) -> Answer:
        """Store a signed delivery and say 202; whatever is wrong with it, nothing of it is kept or logged."""
        if request.content_encoding not in {None, "", "identity"}:
            return _ENCODED
        if (request.content_length or 0) > BODY_LIMIT:
            return _TOO_LARGE
        try:
            return self._take(request)
        except ClientDisconnected:
            return _BROKEN_OFF
        except (NotStored, OSError) as error:
            log.error("not_stored", why=str(error) if isinstance(error, NotStored) else type(error).__name__)  # noqa: TRY400 - no body in logs
            return _NOT_STORED

    def _take(self, request: Request) -> Answer:
        signature = Signature(self.secrets)
        header = request.headers.get("X-Hub-Signature-256")
        if request.content_length is not None and request.content_length <= _LARGE:
            body = request.get_data(cache=False)
            if len(body) != request.content_length:
                return _BROKEN_OFF
            signature.update(body)
            return self._keep(request, body) if signature.fits(header) else _REFUSED
        with self._on_disk(request, signature) as (size, read):
            if size > BODY_LIMIT:
                return _TOO_LARGE
            if request.content_length not in {None, size}:
                return _BROKEN_OFF
            if not signature.fits(header):
                return _REFUSED
            with self._large:
                return self._keep(request, read())

    @contextmanager
    def _on_disk(self, request: Request, signature: Signature) -> Iterator[tuple[int, Callable[[], bytes]]]:
        size = 0
        with tempfile.TemporaryFile(dir=self.folder, buffering=0) as file:
            while size <= BODY_LIMIT and (piece := request.stream.read(_PIECE)):
                size += len(piece)
                signature.update(piece)
                file.write(piece)
            file.seek(0)
            yield size, file.read

    def _keep(self, request: Request, body: bytes) -> Answer:
        guid = request.headers.get("X-GitHub-Delivery", "")
        event = request.headers.get("X-GitHub-Event", "")
        if not _is_guid(guid) or not event:
            return _MALFORMED
        if event not in KNOWN:
            return _IGNORED
        stored = self.inbox.put(Incoming(guid, event[:100], body))
        failpoint(K.UNSENT)
        self.wake(stored)
        failpoint(K.STORED)
        return _STORED


def _is_guid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
