"""What a library's own message says to use in place of what it drops."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ALIASES = {"np": "numpy", "pd": "pandas", "nx": "networkx", "sa": "sqlalchemy", "plt": "matplotlib.pyplot"}
_IDLE_WORDS = frozenset({
    "a", "an", "another", "argument", "explicit", "ConfigDict", "instead", "is", "it", "keyword", "method", "now", "of",
    "parameter", "some", "that", "the", "them", "this", "to", "was",
})  # fmt: skip
_NO_ROOTS = frozenset({"importlib", "obj", "self"})
_DROPPED = (
    r"(?:(?:is|was|are|has been|have been|will be) )?(?:now )?"
    r"(?:deprecated|removed|renamed|moved|discouraged|no longer supported)"
)
_USE = (
    r"(?:[Uu]se|[Rr]efer to|[Ss]witch to|(?:renamed|moved|changed) to|[Rr]eplaced (?:by|with)|"
    r"[Ii]n favou?r of|Instead,? use|[Pp]ass|[Ss]et|[Cc]all|[Tt]ry|[Ss]uperseded by|[Nn]ow (?:called|named))"
)
_NAME = r"[A-Za-z_][\w.]*"
_KIND = r"(?: (?:method|function|class|attribute|argument|parameter|keyword|option|property)){0,2}"
_WHERE = r"(?: (?:to|of|for|in) [`'\"]?[\w.()-]+[`'\"]?(?:-type)?(?: \w+)?)?"
_OLDER = rf"[`'\"]*\b(?P<old>{_NAME})\b(?:\(\))?[`'\"]*{_KIND} (?:will be removed|{_DROPPED})"
_OLD = rf"[`'\"]*\b(?P<old>{_NAME})\b(?:\(\))?[`'\"]*{_KIND}{_WHERE} {_DROPPED}.{{0,160}}?\b{_USE}"
_CALLED = r"(?:Call|Access) to deprecated (?:\w+ )?`?(?P<old>[A-Za-z_][\w.]*)(?:\(\))?`?\.? \((?:Use|Replaced by)"
_FORMS = tuple(
    re.compile(form, re.DOTALL)
    for form in (
        rf"Please import `(?P<name>\w+)` from the `(?P<home>{_NAME})` namespace[;,] the `(?P<old>{_NAME})` namespace",
        rf"`(?P<old>{_NAME}:\w+)` has been moved to `(?P<new>{_NAME}(?::\w+)?)`",
        rf"``(?P<old>{_NAME})(?:\(\))?``(?: \w+)? is now available as (?P<new>{_NAME})",
        rf"(?:type|value) of `(?P<old>{_NAME})(?:\(\))?` (?:will|has|is) .{{0,240}}?\b[Uu]se `(?P<new>{_NAME})",
        rf"{_CALLED} '?(?P<new>{_NAME})(?:\(\))?'?(?: instead|\))",
        (
            rf"\b(?P<old>{_NAME})(?:\(\))?{_KIND} (?:is|was|has been) (?:obsoleted|superseded|replaced) by [`'\"]*"
            rf"(?P<new>{_NAME})(?:\(\)|[`'\"])"
        ),
        rf"[`'\"]+(?P<old>{_NAME})[`'\"]+{_KIND}{_WHERE} {_DROPPED}(?: to)? [`'\"]+(?P<new>{_NAME})[`'\"]",
        rf"\b(?P<old>{_NAME}) {_DROPPED} to (?P<new>[A-Za-z_]\w*\.[\w.]+\w)",
        rf"{_OLDER}.{{0,80}}?[;,.] [`'\"]*(?P<new>{_NAME})(?:\(\))?[`'\"]* should be used",
        rf"\b[Uu]se [`'\"]*(?P<new>{_NAME})(?:\(\))?[`'\"]*(?: instead)?[;,.] {_OLDER}",
        rf"{_OLDER}.{{0,80}}? in the [`'\"](?P<new>{_NAME})[`'\"] (?:argument|parameter)",
        rf"\b(?P<old>{_NAME})(?:\(\))?{_KIND} has been (?:superseded|replaced) by (?P<new>\w+_\w+)",
        # Quoted, the new name may be any word; bare, only one that is plainly no word of the sentence.
        rf"{_OLD} (?:the )?[`'\"]+\.?(?P<new>{_NAME})(?:\(\))?[`'\"]",
        rf"{_OLD} (?P<new>{_NAME})(?:\(\))?(?P<plain> instead\b)?",
    )
)
_ONLY_NEW = re.compile(
    rf"\b{_USE} (?:the )?[`'\"]*\.?(?P<new>{_NAME})(?:\(\))?[`'\"]*(?: or [`'\"]*(?P<other>{_NAME}))?", re.DOTALL
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
        bare = form is _FORMS[-1] and not ("." in new or "_" in new or named["plain"])
        if old and not bare and old != new and old not in _IDLE_WORDS and _is_name(new):
            return Advice(old, new)
    return None


def offered(message: str) -> tuple[str, ...]:
    """Return every name that a message says to use, whatever for."""
    named = (name for found in _ONLY_NEW.finditer(message) for name in found.groups() if name)
    return tuple(dict.fromkeys(name for name in map(_plain, named) if _is_name(name)))


def _is_name(name: str) -> bool:
    return bool(name) and name not in _IDLE_WORDS and name.partition(".")[0] not in _NO_ROOTS


def _plain(name: str) -> str:
    """Return a name with dots only, its sentence's full stop and a usual alias resolved."""
    name = name.replace(":", ".").strip(".")
    root, dot, rest = name.partition(".")
    return f"{_ALIASES[root]}.{rest}" if dot and root in _ALIASES else name
