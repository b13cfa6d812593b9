"""Which known name an unknown one was probably meant to be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

_SUGGESTION = re.compile(r"[Dd]id you mean:? '(?P<name>\w+)'")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_STEM = 5
MOST_SLIPS = 2
IN_LIBRARIES = 1
"""Slips in the name of a library's own: it has many, and one that it dropped is no slip of the author's."""
_MAKING = frozenset({"build", "create", "get", "make", "new", "open"})
_READING = ("to_", "as_", "get_", "is_")


def suggested(message: str) -> str | None:
    """Return the name CPython itself suggests (3.10 and newer), or None."""
    found = _SUGGESTION.search(message)
    return found["name"] if found else None


def distance(left: str, right: str) -> int:
    """Count insertions, deletions, substitutions and swaps of neighbours between two names."""
    before: list[int] = []
    last = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if before and j > 1 and (left[i - 2], left[i - 1]) == (b, right[j - 2]):
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


def nearest(name: str, known: Iterable[str], slips: int = MOST_SLIPS) -> str | None:
    """Return the one known name that is close to `name`; None when there is none or more than one.

    Close: at most so many slips, and at most a third of the letters; or the same
    words in another order or another convention (`fromList`, `from_list`, `list_from`).
    """
    public = name.startswith("_")
    rivals = {other for other in known if other != name and other.startswith("_") == public}
    same_words = {other for other in rivals if words(other) == words(name)}
    if same_words:
        return same_words.pop() if len(same_words) == 1 else None
    limit = min(slips, max(1, len(name) // 3))
    if len(name) < 3:
        return None
    near = sorted((count, other) for other in rivals if (count := _bounded(name, other, limit)) <= limit)
    if not near or any(first == second for (first, _), (second, _) in list(pairwise(near))[:1]):
        return None
    return near[0][1]


def related(name: str, known: Iterable[str]) -> str | None:
    """Return the one known name that has all words of `name`, or begins like it: `max_width` for `width`; else None."""
    own = set(words(name))
    found = [
        other
        for other in known
        if other != name and len(name) >= 3 and (own <= set(words(other)) or other.startswith(name))
    ]
    return found[0] if len(found) == 1 else None


def kindred(name: str, known: Iterable[str]) -> str | None:
    """Return the one known name that begins with the same stem, five letters and most of each: `SUCCEEDED`; else None.

    Inflection is what such names differ by: `retry` and `retries`, `SUCCESS` and `SUCCEEDED`.
    """
    found = [
        other
        for other in known
        if other != name
        and other.startswith("_") == name.startswith("_")
        and _common(name.lower(), other.lower()) >= max(_STEM, min(len(name), len(other)) * 2 // 3)
    ]
    return found[0] if len(found) == 1 else None


def shortened(name: str, known: Iterable[str]) -> str | None:
    """Return the one known name that has all words of `name` but the first or the last; else None.

    In the same convention (`group` for `render_group`), or the class for its maker (`Lock` for `create_lock`).
    """
    own = _in_order(name)
    if len(own) < 2:
        return None
    alike = [
        other for other in known if _in_order(other) in (own[1:], own[:-1]) and _is_capital(other) == _is_capital(name)
    ]
    made = [other for other in known if own[0] in _MAKING and _in_order(other) == own[1:] and _is_capital(other)]
    found = alike or made
    return found[0] if len(found) == 1 else None


def accessor(name: str, known: Iterable[str]) -> str | None:
    """Return the one known name that reads what an attribute held: `to_json` for `json`; else None."""
    found = [other for other in known if other in {f"{prefix}{name}" for prefix in _READING}]
    return found[0] if len(found) == 1 else None


def words(name: str) -> tuple[str, ...]:
    """Return the words of a name, lower case, sorted."""
    return tuple(sorted(word.lower() for word in _WORDS.findall(name)))


def _common(left: str, right: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))


def _in_order(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)]


def _is_capital(name: str) -> bool:
    return name[:1].isupper()


def _bounded(left: str, right: str, limit: int) -> int:
    return limit + 1 if abs(len(left) - len(right)) > limit else distance(left, right)
