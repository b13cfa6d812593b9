"""No secret in a log line: whatever looks like one is masked before the line is written."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

MASK = "***"
_LONGEST = 20_000
"""Characters of one text that are kept: a log line is no place for more, and the masking stays quick."""

_SECRET = re.compile(
    r"""
      gh[pousr]_[A-Za-z0-9_.\-]{10,}                              # GitHub's tokens, the new long ones with dots too
    | github_pat_\w{10,}
    | \bv1\.[0-9a-f]{40}\b                                         # installation tokens of older servers
    | sk-ant-[A-Za-z0-9_\-]{8,}
    | eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,} # JSON web tokens: the App's own
    | \bAKIA[A-Z0-9]{16}\b
    | -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----.*?(?:-----END[ ][A-Z ]*PRIVATE[ ]KEY-----|\Z)
    | (?<=://)[^\s/:@]*:[^\s/@]+(?=@)                              # user:password@ in an address
    """,
    re.VERBOSE | re.DOTALL,
)
_LABELLED = re.compile(
    r"""
      ((?:basic|bearer|token)[ ]+)[A-Za-z0-9+/=_.\-]{8,}
    | ((?:password|passwd|secret|api[_-]?key)["']?\s*[=:]\s*["']?)[^\s"',&]{4,}
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NAMED = re.compile(r"token|secret|password|authorization|private_key|api_?key", re.IGNORECASE)


def masked(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask what looks like a secret in every value of a log line; a structlog processor."""
    return {key: MASK if _NAMED.search(key) and event[key] else _clean(event[key]) for key in event}


def mask(text: str) -> str:
    """Return the text with every secret replaced by `***`."""
    text = _SECRET.sub(MASK, text[:_LONGEST])
    return _LABELLED.sub(lambda found: (found[1] or found[2]) + MASK, text)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, bytes):
        return mask(value.decode(errors="replace"))
    if isinstance(value, Mapping):
        return {str(key): MASK if _NAMED.search(str(key)) else _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(inner) for inner in value]
    return value if isinstance(value, int | float | bool | None) else mask(str(value))
