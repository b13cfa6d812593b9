"""From the bytes of a delivery to a Signal, or to the reason why there is none."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from urllib.parse import parse_qs

from pydantic import SecretStr, ValidationError

from tasks.github.envelopes import Delivery
from tasks.github.events import EVENTS, what_happened
from tasks.github.signal import Ignored, Signal

_SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})")
_FORM = b"payload="


def verify_signature(secrets: Iterable[SecretStr], body: bytes, header: str | None) -> bool:
    """Say whether `X-Hub-Signature-256` was made over these very bytes with one of the secrets.

    SHA-256 only. Every secret is tried in constant time, so that a rotation can keep
    two; an empty secret signs nothing.
    """
    signature = Signature(secrets)
    signature.update(body)
    return signature.fits(header)


class Signature:
    """The same for a body that comes in pieces."""

    def __init__(self, secrets: Iterable[SecretStr]) -> None:
        keys = (secret.get_secret_value().encode() for secret in secrets)
        self._digests = [hmac.new(key, digestmod=hashlib.sha256) for key in keys if key]

    def update(self, piece: bytes) -> None:
        """Go on with the next piece."""
        for digest in self._digests:
            digest.update(piece)

    def fits(self, header: str | None) -> bool:
        """Say whether the header was made over the pieces so far."""
        found = _SIGNATURE.fullmatch(header or "")
        good = False
        for digest in self._digests if found else ():
            good |= hmac.compare_digest(digest.hexdigest(), found[1] if found else "")
        return good


def parse_event(event: str, body: bytes, *, own_app_id: int | None = None) -> Signal | Ignored:
    """Parse a delivery of `X-GitHub-Event: event`; never raises on what a sender can send.

    Checks written by the App `own_app_id` are ignored, because answering them would
    make the App answer itself.
    """
    model = EVENTS.get(event)
    if model is None:
        return Ignored("unknown event")
    try:
        delivery = model.model_validate_json(_document(body))
    except ValidationError as error:
        return Ignored(f"unreadable {event}: {_where(error)}")
    what = what_happened(delivery, own_app_id)
    if isinstance(what, Ignored):
        return what
    repository = delivery.repository if isinstance(delivery, Delivery) else None
    who = delivery.sender
    return Signal(
        repository=repository.full_name if repository else "",
        repository_id=repository.id if repository else 0,
        default_branch=repository.default_branch if repository else "",
        installation_id=delivery.installation.id if delivery.installation else None,
        sender_login=who.login if who else "",
        sender_id=who.id if who else None,
        sender_type=who.type if who else "",
        happened_at=delivery.happened_at(),
        what=what,
    )


def _document(body: bytes) -> bytes:
    """Return the JSON, taken out of the form that a hook may be set to send."""
    if not body.startswith(_FORM):
        return body
    return parse_qs(body.decode("ascii", "replace"), max_num_fields=10).get("payload", [""])[0].encode()


def _where(error: ValidationError) -> str:
    """Name the first fault by place and kind, without the sender's text."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return f"{first['type']} at {'.'.join(str(part) for part in first['loc']) or 'the document'}"
