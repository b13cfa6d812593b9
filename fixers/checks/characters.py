"""Text gates: what a reviewer sees is what runs."""

from __future__ import annotations

import io
import tokenize
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from fixers.model import FileEdit

_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
"""Letters and marks that draw nothing; the format characters are known by their category."""
_GROWTH = 64 << 10
_SPACES = frozenset("\t\n\r\f ")


def hidden(edits: Sequence[FileEdit]) -> list[str]:
    """Name the invisible, reordering and control characters that the patch adds, and new look-alike names."""
    found: list[str] = []
    for edit in edits:
        new = Counter(filter(_is_hidden, edit.after)) - Counter(filter(_is_hidden, edit.before))
        found += [f"{edit.path} adds U+{ord(character):04X}" for character in sorted(new)]
        known = set(_foreign_names(edit.before))
        fresh = sorted({name for name in _foreign_names(edit.after) if name not in known})
        found += [f"{edit.path} adds the name {name!a}, which is not plain ASCII" for name in fresh]
    return found


def unreadable(edits: Sequence[FileEdit]) -> list[str]:
    """Name the files that are no sane UTF-8 text afterwards: NUL, lone surrogates, or grown out of proportion."""
    found: list[str] = []
    for edit in edits:
        if "\0" in edit.after:
            found.append(f"{edit.path} holds a NUL")
        try:
            size = len(edit.after.encode())
        except UnicodeEncodeError as error:
            found.append(f"{edit.path} cannot be written as UTF-8 (position {error.start})")
            continue
        allowed = 2 * len(edit.before.encode(errors="surrogatepass")) + _GROWTH
        if size > allowed:
            found.append(f"{edit.path} would grow to {size} bytes; at most {allowed} are believable")
    return found


def _is_hidden(character: str) -> bool:
    if character.isascii():
        return (character < " " and character not in _SPACES) or character == "\x7f"
    return (
        unicodedata.category(character) in {"Cf", "Cc", "Co", "Zl", "Zp"}
        or character in _INVISIBLE
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )


def _foreign_names(text: str) -> Iterator[str]:
    if text.isascii():
        return
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.NAME and not token.string.isascii():
                yield token.string
    except (tokenize.TokenError, SyntaxError):
        return
