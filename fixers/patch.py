"""Unified diffs: made from edits, read back strictly."""

from __future__ import annotations

import difflib
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from unidiff.errors import UnidiffParseError
from unidiff.patch import PatchSet

from fixers.model import FileEdit

_NO_NEWLINE = "\\ No newline at end of file\n"


class PatchDoesNotApply(Exception):
    """Raised when a diff does not fit the text it is meant for; nothing is changed."""


def unified(edits: Sequence[FileEdit]) -> str:
    """Return a unified diff with `a/` and `b/` prefixes, files sorted by path."""
    return "".join(
        "".join(_file_diff(edit)) for edit in sorted(edits, key=lambda e: e.path) if edit.before != edit.after
    )


def digest(patch: str) -> str:
    """Return `sha256:` and the hexadecimal digest of the patch's bytes."""
    return "sha256:" + hashlib.sha256(patch.encode()).hexdigest()


def _file_diff(edit: FileEdit) -> Iterator[str]:
    before, after = _lines(edit.before), _lines(edit.after)
    for line in difflib.unified_diff(before, after, f"a/{edit.path}", f"b/{edit.path}"):
        yield line
        if not line.endswith("\n"):
            yield "\n" + _NO_NEWLINE


def _lines(text: str) -> list[str]:
    """Split at line feeds only: form feeds and the like belong to lines, as git sees them."""
    parts = text.split("\n")
    lines = [part + "\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines


def apply(patch: str, texts: Mapping[str, str]) -> tuple[FileEdit, ...]:
    """Apply a diff to texts by path; PatchDoesNotApply unless every hunk fits exactly where it says."""
    try:
        files = PatchSet(patch.splitlines(keepends=True))
    except UnidiffParseError as error:
        raise PatchDoesNotApply(f"The patch cannot be read: {error}.") from error
    edits = []
    for file in files:
        if file.path not in texts or file.is_rename or file.is_removed_file:
            raise PatchDoesNotApply(f"The patch touches {file.path}, which is not a plain edit of an existing file.")
        before = _lines(texts[file.path])
        after, position = [], 0
        for hunk in file:
            start = hunk.source_start - 1 if hunk.source_length else hunk.source_start
            old = [line.value for line in hunk if line.is_context or line.is_removed]
            new = [line.value for line in hunk if line.is_context or line.is_added]
            at_end = start + len(old) == len(before)
            if [o.rstrip("\n") for o in old] != [b.rstrip("\n") for b in before[start : start + len(old)]]:
                raise PatchDoesNotApply(f"The patch does not fit {file.path} at line {hunk.source_start}.")
            if (
                at_end
                and new
                and _NO_NEWLINE in str(hunk)
                and str(hunk).rstrip("\n").endswith(_NO_NEWLINE.rstrip("\n"))
            ):
                new[-1] = new[-1].rstrip("\n")
            after += before[position:start] + new
            position = start + len(old)
        edits.append(FileEdit(file.path, texts[file.path], "".join(after + before[position:])))
    if not edits:
        raise PatchDoesNotApply("The patch is empty.")
    return tuple(edits)


def patched_tree(tree: Path, edits: Sequence[FileEdit], destination: Path) -> Path:
    """Lay out `tree` with the edits at `destination`, which must not exist; untouched files are hard links.

    Links keep this cheap and are safe because no sandbox can write to a tree: it
    works on a copy in memory.
    """
    changed = {edit.path: edit.after for edit in edits}
    for directory, names, files in os.walk(tree):
        relative = Path(directory).relative_to(tree)
        (destination / relative).mkdir(parents=True)
        for name in files + [n for n in names if (Path(directory) / n).is_symlink()]:
            source, target = Path(directory) / name, destination / relative / name
            text = changed.get((relative / name).as_posix())
            if text is not None and not source.is_symlink():
                target.write_bytes(text.encode())
                target.chmod(source.stat().st_mode & 0o777)
            else:
                os.link(source, target, follow_symlinks=False)
    return destination
