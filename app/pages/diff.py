"""A unified diff, line by line, as a page shows it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from unidiff.errors import UnidiffParseError
from unidiff.patch import Hunk, PatchedFile, PatchSet

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
        # Only a line feed ends a line of a diff: a form feed belongs to the source line it stands in.
        files = PatchSet(io.StringIO(patch, newline="\n"))
    except UnidiffParseError:
        return ()
    return tuple(ChangedFile(file.path, file.added, file.removed, tuple(_lines(file))) for file in files)


def _lines(file: PatchedFile) -> Iterator[Line]:
    for hunk in file:
        yield Line("hunk", None, None, _heading(hunk))
        for line in hunk:
            text = line.value.removesuffix("\n")
            yield Line(_KINDS.get(line.line_type, "same"), line.source_line_no, line.target_line_no, text)


def _heading(hunk: Hunk) -> str:
    where = f"@@ -{hunk.source_start},{hunk.source_length} +{hunk.target_start},{hunk.target_length} @@"
    return f"{where} {hunk.section_header}".rstrip()
