"""Server-sent events: from the bytes of a stream to its messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LONGEST_MESSAGE = 64 << 20
"""GitHub's payloads end at 25 MiB, and grow by half when they are written as base64."""


class StreamBroken(Exception):
    """Raised when a stream sends what cannot be one of its messages."""


@dataclass(frozen=True, slots=True)
class Message:
    """One event of a stream."""

    kind: str
    """`message` where the stream names none."""
    data: str


def messages(chunks: Iterable[bytes]) -> Iterator[Message]:
    """Yield the events of a stream as they come; one without data is passed over, as the standard asks.

    Raises StreamBroken when a message is longer than any webhook can be.
    """
    kind, size = "", 0
    data: list[str] = []
    for line in _lines(chunks):
        if not line:
            if data:
                yield Message(kind or "message", "\n".join(data))
            kind, data, size = "", [], 0
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        size += len(line)
        if size > LONGEST_MESSAGE:
            raise StreamBroken("A message of the channel has no end.")
        if name == "event":
            kind = value
        elif name == "data":
            data.append(value)


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """Yield lines without their ends, of which there are three kinds."""
    pieces: list[bytes] = []
    size, after_return = 0, False
    for chunk in chunks:
        # The second half of an end whose first half closed the line already.
        new = chunk[1:] if after_return and chunk.startswith(b"\n") else chunk
        after_return = new.endswith(b"\r")
        *ends, tail = new.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        for end in ends:
            yield b"".join((*pieces, end)).decode("utf-8", "replace")
            pieces, size = [], 0
        pieces.append(tail)
        size += len(tail)
        if size > LONGEST_MESSAGE:
            raise StreamBroken("A line of the channel has no end.")
