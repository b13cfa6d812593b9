"""In which order ingredients are tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


def frequent(names: Iterable[str]) -> list[str]:
    """Return each name once, the most frequent first."""
    return [name for name, _ in Counter(names).most_common()]


def distinct(values: Iterable[object]) -> list[object]:
    """Drop repeats; 1, 1.0 and True are three values."""
    return list({(type(value), repr(value)): value for value in values}.values())


def similarity(one: str, other: str) -> int:
    """Count shared words of two identifiers; a shared beginning or end counts as one."""
    shared = set(one.lower().split("_")) & set(other.lower().split("_")) - {""}
    return len(shared) + (one[:2] == other[:2]) + (one[-2:] == other[-2:])
