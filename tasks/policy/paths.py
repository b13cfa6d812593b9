"""Which paths a glob covers. Comparison ignores case and Unicode composition.

`*` and `?` stay within one name, `**` crosses directories. A pattern that has no
slash matches at any depth, and a pattern that covers a directory covers all in it:
where people read a deny list in two ways, the wider reading holds.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

import re2

_SPECIAL = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def fold(path: str) -> str:
    """Return the form in which paths are compared: NFC, case folded, as two systems may see one file."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def covers(pattern: str, path: str) -> bool:
    """Say whether `pattern` covers `path` (POSIX, relative) or a directory above it."""
    return _compiled(pattern).fullmatch(fold(path)) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> Any:
    """Translate to RE2, whose time is linear in the path whatever a repository writes."""
    folded = fold(pattern).removeprefix("./").strip("/")
    anywhere = "" if "/" in folded else "(?:.*/)?"
    expression, rest = "", folded
    while rest:
        token = next((token for token in _SPECIAL if rest.startswith(token)), rest[0])
        expression += _SPECIAL.get(token) or str(re2.escape(token))  # type: ignore[no-untyped-call]
        rest = rest[len(token) :]
    options = re2.Options()
    options.dot_nl = True  # a file's name may hold a newline
    options.log_errors = False
    return re2.compile(f"{anywhere}{expression}(?:/.*)?", options)  # type: ignore[no-untyped-call]
