"""New names that a package's own docstrings give for one that it no longer has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fixers.codemods.base import Scene

_MARK = r"(?::[\w:]+:)?[`'\"*~.!]*"
_NEW = rf"{_MARK}(?P<new>[A-Za-z_][\w.]*\w|[A-Za-z_])(?:\(\))?[`'\"*]*"
_CHANGED = r"(?:(?:is|was|are|were|has been|have been) )?(?:now )?"
_FORMS = (
    rf"{{old}} {_CHANGED}(?:renamed|changed) (?:to|as) {_NEW}",
    rf"{{old}} {_CHANGED}(?:replaced|superseded) (?:by|with) {_NEW}",
    rf"{{old}} {_CHANGED}deprecated,? (?:in favou?r of|please use|use) {_NEW}",
    rf"[Rr]enamed to {_NEW},? from {{old}}",
    rf"{_NEW} (?:replaces|supersedes) {{old}}",
    rf"[Rr]enamed {{old}} to {_NEW}",
    r"(?P<new>)(?:[Rr]enamed from|[Ff]ormerly|[Pp]reviously|[Uu]sed to be)(?: (?:called|named|known as))? {old}",
)


def told_names(scene: Scene, package: str, old: str) -> Iterator[tuple[str, str]]:
    """Yield the new names of a lost one with the dotted name of what says so; what says it may be the new thing itself.

    The names are as they are written: whether they exist is for the caller to see.
    """
    quoted = rf"{_MARK}(?:[\w.]+\.)?\b{re.escape(old)}\b(?:\(\))?[`'\"*]*"
    for line in scene.installed.told(package, old):
        owner, _, paragraph = line.partition("\t")
        for form in _FORMS:
            found = re.search(form.replace("{old}", quoted), paragraph)
            new = (found["new"] or owner).rpartition(".")[2] if found is not None else ""
            if new and new != old:
                yield owner, new
                break
