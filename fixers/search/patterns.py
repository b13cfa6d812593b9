"""Regular expressions of which one is a small slip."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LOOKS_LIKE_ONE = re.compile(r"\\[dwsbWDSB.]|\[[^\]]+\]|\(\?|[)\].\w][+*?]|^\^|\$$")
_LONGEST = 120
_MOST = 60
_ELSE = {
    "+": ("*", "+?", ""), "*": ("+", "*?"), "?": ("",), "^": ("",), "$": ("", r"\Z"), "|": ("",),
    r"\d": (r"\w",), r"\w": (r"\d", r"\S"), r"\s": (r"\S", r"\s+", r"\s*"), r"\S": (r"\s",), r"\b": ("",),
    ".": (r"\.", r"\S"), r"\.": (".",), "[^": ("[",), "[": ("[^",), "(?:": ("(",), "(": ("(?:",),
}  # fmt: skip
_PARTS = re.compile(r"\(\?:|\[\^|\\.|[+*?.\[(^$|]")


def patterns(text: str) -> Iterator[str]:
    """Yield regular expressions that differ in one anchor, class, repetition or escape; nothing for other texts."""
    if len(text) > _LONGEST or not _LOOKS_LIKE_ONE.search(text):
        return
    yield from (found for found in dict.fromkeys(_changed(text)) if found != text and _is_pattern(found))


def _changed(text: str) -> Iterator[str]:
    yield from (text + "$", "^" + text, text + "+", text + "*", text + "?")
    for match in list(_PARTS.finditer(text))[:_MOST]:
        for other in _ELSE.get(match[0], ()):
            yield text[: match.start()] + other + text[match.end() :]


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError):
        return False
    return True
