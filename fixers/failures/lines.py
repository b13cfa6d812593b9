"""Cut a stream of bytes into lines of text without ever holding more than one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

MAX_LINE = 16 << 10
"""Bytes kept of one line; the rest of it is dropped and the log counts as truncated."""
MAX_BYTES = 4 << 30
"""Bytes read of one log; an endless one ends here."""
_SLICE = 1 << 20

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[^\[\]])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]")


class LineReader:
    """Iterates over the lines of a byte stream and remembers what it had to leave out."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self.truncated = False
        self.count = 0

    def __iter__(self) -> Iterator[str]:
        """Yield each line decoded, without its end; invalid UTF-8 becomes U+FFFD."""
        rest = b""
        for piece in self._slices():
            first, *others = piece.split(b"\n")
            rest = self._cut(rest + first[:MAX_LINE], over=len(first) > MAX_LINE)
            for other in others:
                yield self._text(rest)
                rest = self._cut(other)
        if rest:
            yield self._text(rest)

    def _slices(self) -> Iterator[bytes]:
        read = 0
        for chunk in self._chunks:
            for start in range(0, len(chunk), _SLICE):
                yield bytes(chunk[start : start + _SLICE])
            read += len(chunk)
            if read > MAX_BYTES:
                self.truncated = True
                return

    def _cut(self, line: bytes, *, over: bool = False) -> bytes:
        if over or len(line) > MAX_LINE:
            self.truncated = True
        return line[:MAX_LINE]

    def _text(self, line: bytes) -> str:
        self.count += 1
        return line.decode("utf-8", "replace")


def clean(line: str) -> str:
    """Return the line as a terminal would leave it: no escapes, no controls but tabs, overwritten text gone."""
    if line.isprintable():
        return line
    line = _ESCAPES.sub("", line).rstrip("\r")
    if "\r" in line:
        line = line[line.rindex("\r") + 1 :]
    return _CONTROLS.sub("", line)


def strip_escapes(text: str) -> str:
    """Return the text without terminal escapes; other controls stay."""
    return _ESCAPES.sub("", text)
