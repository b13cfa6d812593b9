"""A unified diff, line by line, as a page shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fixers.patch import FileDiff, Hunk, PatchDoesNotApply, read

_KINDS = {"+": "added", "-": "removed", " ": "same", "\\": "note"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line; a number is None on the side that does not have it."""

    kind: str
    old: int | None
    new: int | None
    text: str


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One file of a diff."""

    path: str
    added: int
    removed: int
    lines: tuple[Line, ...]


def changed_files(patch: str) -> tuple[ChangedFile, ...]:
    """Return the files of a diff; none when it cannot be read, so that the page shows it as it stands."""
    try:
        files = read(patch)
    except PatchDoesNotApply:
        return ()
    return tuple(ChangedFile(file.path, file.count("+"), file.count("-"), tuple(_lines(file))) for file in files)


def _lines(file: FileDiff) -> Iterator[Line]:
    for hunk in file.hunks:
        yield Line("hunk", None, None, _heading(hunk))
        old, new = hunk.before, hunk.after
        for line in hunk.lines:
            sign, text = line[0], line[1:]
            yield Line(_KINDS[sign], old if sign in " -" else None, new if sign in " +" else None, text)
            old += sign in " -"
            new += sign in " +"


def _heading(hunk: Hunk) -> str:
    where = f"@@ -{hunk.before},{hunk.count(' -')} +{hunk.after},{hunk.count(' +')} @@"
    return f"{where} {hunk.section}".rstrip()
