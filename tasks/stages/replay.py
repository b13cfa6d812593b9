"""Whether a replayed attempt tells the same story, or where the two part."""

from __future__ import annotations

from typing import Any

from fixers.evidence import Trace

_CLOCKS = frozenset({"seconds", "seconds_used", "duration", "goldseam_version"})
"""What a clock says, or another version of Goldseam: never the same twice, and no part of the reasoning."""


def divergence(before: Trace, after: Trace) -> str:
    """Return the first place, as `families[2].validated`, at which two traces differ; empty when none does."""
    return _first(before.model_dump(mode="json"), after.model_dump(mode="json"), "")


def _first(before: Any, after: Any, at: str) -> str:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after} - _CLOCKS):
            found = _first(before.get(key), after.get(key), f"{at}.{key}" if at else key)
            if found:
                return found
        return ""
    if isinstance(before, list) and isinstance(after, list):
        for number, (one, other) in enumerate(zip(before, after, strict=False)):
            found = _first(one, other, f"{at}[{number}]")
            if found:
                return found
        return f"{at}[{min(len(before), len(after))}]" if len(before) != len(after) else ""
    return "" if before == after else at
