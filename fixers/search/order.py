"""In which order ingredients are tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

_SLIP = 2


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


def one_slip_apart(one: str, other: str) -> bool:
    """Say whether two texts differ in one piece of at most two signs: lost, added or another."""
    if one == other or abs(len(one) - len(other)) > _SLIP or min(len(one), len(other)) < _SLIP:
        return False
    start = _shared(one, other)
    end = _shared(one[start:][::-1], other[start:][::-1])
    return max(len(one), len(other)) - start - end <= _SLIP < start + end + 1


def _shared(one: str, other: str) -> int:
    """Return how many signs both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))
