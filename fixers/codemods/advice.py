"""What a library's own message says to use in place of what it drops."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ALIASES = {"np": "numpy", "pd": "pandas", "nx": "networkx", "sa": "sqlalchemy", "plt": "matplotlib.pyplot"}
_IDLE_WORDS = frozenset({"a", "an", "another", "ConfigDict", "instead", "it", "of", "that", "the", "this", "to"})
_NO_ROOTS = frozenset({"importlib", "obj", "self"})
_DROPPED = r"(?:is|was|are|has been|have been|will be) (?:now )?(?:deprecated|removed|renamed|moved)"
_USE = r"(?:[Uu]se|[Rr]efer to|[Ss]witch to|renamed to|moved to|replaced (?:by|with)|in favou?r of|Instead,? use)"
_NAME = r"[A-Za-z_][\w.]*"
_KIND = r"(?: method| function| class| attribute)?"
_OLD = rf"[`'\"]*\b(?P<old>{_NAME})\b(?:\(\))?[`'\"]*{_KIND} {_DROPPED}.{{0,160}}?\b{_USE}"
_FORMS = tuple(
    re.compile(form, re.DOTALL)
    for form in (
        rf"Please import `(?P<name>\w+)` from the `(?P<home>{_NAME})` namespace[;,] the `(?P<old>{_NAME})` namespace",
        rf"`(?P<old>{_NAME}:\w+)` has been moved to `(?P<new>{_NAME}(?::\w+)?)`",
        rf"``(?P<old>{_NAME})(?:\(\))?``(?: \w+)? is now available as (?P<new>{_NAME})",
        rf"Call to deprecated (?:\w+ )?`?(?P<old>{_NAME})(?:\(\))?`?\.? \(Use '?(?P<new>{_NAME})(?:\(\))?'? instead",
        # Quoted, the new name may be any word; bare, only one that is plainly no word of the sentence.
        rf"{_OLD} (?:the )?[`'\"]+(?P<new>{_NAME})(?:\(\))?[`'\"]",
        rf"{_OLD} (?P<new>{_NAME})(?:\(\))?",
    )
)


@dataclass(frozen=True, slots=True)
class Advice:
    """Names as the message gives them, dotted or bare."""

    old: str
    new: str


def advised(message: str) -> Advice | None:
    """Return the old and the new name that a message gives; None when it gives no two names."""
    for form in _FORMS:
        found = form.search(message)
        if found is None:
            continue
        named = found.groupdict()
        if "home" in named:
            return Advice(f"{named['old']}.{named['name']}", f"{named['home']}.{named['name']}")
        old, new = _plain(named["old"]), _plain(named["new"])
        bare = form is _FORMS[-1] and not ("." in new or "_" in new)
        if (
            old
            and new
            and not bare
            and new not in _IDLE_WORDS
            and old != new
            and new.partition(".")[0] not in _NO_ROOTS
        ):
            return Advice(old, new)
    return None


def _plain(name: str) -> str:
    """Return a name with dots only, its sentence's full stop and a usual alias resolved."""
    name = name.replace(":", ".").strip(".")
    root, dot, rest = name.partition(".")
    return f"{_ALIASES[root]}.{rest}" if dot and root in _ALIASES else name
