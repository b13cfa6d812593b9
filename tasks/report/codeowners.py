"""CODEOWNERS: who owns a path. The last line that matches wins, as on GitHub.

Patterns are those of gitignore without negation and character classes; GitHub skips
lines that use them, and so do we. They come from repositories: RE2's time is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""In GitHub's order; the first that is there counts."""
_LONGEST = 3 << 20
"""GitHub reads no larger file."""
_USER = re.compile(r"@([A-Za-z0-9][A-Za-z0-9-]*)")
_TEAM = re.compile(r"@[A-Za-z0-9][A-Za-z0-9-]*/([\w.-]+)")
_SPECIAL = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


@dataclass(frozen=True, slots=True)
class Owners:
    """Whom to ask for a review; addresses of mail cannot be asked and are left out."""

    users: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    """Slugs."""


def owners_of(paths: Iterable[str], file: bytes | None) -> Owners:
    """Return who owns the paths, each name once, in the order of the paths; nobody without a file."""
    if file is None or len(file) > _LONGEST:
        return Owners()
    rules = _rules(file.decode("utf-8", "replace"))
    named = [owner for path in paths for owner in _last(rules, path)]
    users = [match[1] for owner in named if (match := _USER.fullmatch(owner))]
    teams = [match[1] for owner in named if (match := _TEAM.fullmatch(owner))]
    return Owners(tuple(dict.fromkeys(users)), tuple(dict.fromkeys(teams)))


def _last(rules: Sequence[tuple[str, tuple[str, ...]]], path: str) -> tuple[str, ...]:
    return next((owners for pattern, owners in reversed(rules) if _compiled(pattern).fullmatch(path)), ())


def _rules(text: str) -> list[tuple[str, tuple[str, ...]]]:
    rules = []
    for line in text.splitlines():
        words = re.sub(r"(?:^|(?<=\s))#.*", "", line).replace("\\ ", "\0").split()
        if words and not words[0].startswith("!") and "[" not in words[0]:
            rules.append((words[0].replace("\0", " ").replace("\\#", "#"), tuple(words[1:])))
    return rules


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> Any:
    folder = pattern.endswith("/")
    rest = pattern.strip("/")
    anchored = pattern.startswith("/") or "/" in rest
    # `docs/*` is the files right in it; `docs` and `docs/` are all that is below it.
    below = "/.*" if folder else "" if rest.endswith("/*") else "(?:/.*)?"
    expression = ""
    while rest:
        token = next((token for token in _SPECIAL if rest.startswith(token)), rest[0])
        expression += _SPECIAL.get(token) or str(re2.escape(token))  # type: ignore[no-untyped-call]
        rest = rest[len(token) :]
    options = re2.Options()
    options.log_errors = False
    return re2.compile(f"{'' if anchored else '(?:.*/)?'}{expression}{below}", options)  # type: ignore[no-untyped-call]
