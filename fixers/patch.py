"""Unified diffs: made from edits, read back strictly."""

from __future__ import annotations

import difflib
import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fixers.model import FileEdit

_NO_NEWLINE = "\\ No newline at end of file\n"
_HUNK = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@")
_NOT_PLAIN = re.compile(r"(rename |copy |new file |deleted file |old mode |GIT binary patch|Binary files )")


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
    """Apply a diff to texts by path; PatchDoesNotApply unless every hunk fits exactly where it says.

    Lines end at line feeds alone, and hunks stand in order: what is applied here is
    byte for byte what git would apply, without its search for a better place.
    """
    edits = []
    for path, hunks in _files(patch.split("\n")):
        if path not in texts:
            raise PatchDoesNotApply(f"The patch touches {path}, which is not a plain edit of an existing file.")
        edits.append(FileEdit(path, texts[path], _applied(path, _lines(texts[path]), hunks)))
    if not edits:
        raise PatchDoesNotApply("The patch is empty.")
    if len({edit.path for edit in edits}) < len(edits):
        raise PatchDoesNotApply("The patch names a file twice.")
    return tuple(edits)


def touched(patch: str) -> tuple[str, ...]:
    """Return the paths that a diff edits, in its order; PatchDoesNotApply when it cannot be read."""
    return tuple(path for path, _ in _files(patch.split("\n")))


@dataclass(frozen=True, slots=True)
class _Hunk:
    start: int
    """Index of the first old line."""
    old: tuple[str, ...]
    new: tuple[str, ...]


def _applied(path: str, before: list[str], hunks: Sequence[_Hunk]) -> str:
    after: list[str] = []
    position = 0
    for hunk in hunks:
        end = hunk.start + len(hunk.old)
        if hunk.start < position or tuple(before[hunk.start : end]) != hunk.old:
            raise PatchDoesNotApply(f"The patch does not fit {path} at line {hunk.start + 1}.")
        after += before[position : hunk.start] + list(hunk.new)
        position = end
    return "".join(after + before[position:])


def _files(lines: list[str]) -> Iterator[tuple[str, list[_Hunk]]]:
    number = 0
    while number < len(lines):
        if _NOT_PLAIN.match(lines[number]):
            raise PatchDoesNotApply(f"`{lines[number][:80]}` is not a plain edit of an existing file.")
        if not (
            lines[number].startswith("--- ") and lines[number + 1 : number + 2] and lines[number + 1][:4] == "+++ "
        ):
            number += 1
            continue
        old, new = _path(lines[number], "a/"), _path(lines[number + 1], "b/")
        if old != new:
            raise PatchDoesNotApply(f"From {old} to {new} is not a plain edit of an existing file.")
        number += 2
        hunks = []
        while number < len(lines) and (header := _HUNK.match(lines[number])):
            hunk, number = _hunk(header, lines, number + 1)
            hunks.append(hunk)
        if not hunks:
            raise PatchDoesNotApply(f"The patch cannot be read: {old} has no hunk.")
        yield old, hunks


def _hunk(header: re.Match[str], lines: list[str], number: int) -> tuple[_Hunk, int]:
    start, left, right = int(header[1]), int(header[2] or 1), int(header[3] or 1)
    old: list[str] = []
    new: list[str] = []
    start -= 1 if left else 0
    while len(old) < left or len(new) < right:
        line = lines[number] if number < len(lines) else "nothing"
        sides = {" ": (old, new), "-": (old,), "+": (new,)}.get(line[:1])
        if sides is None:
            raise PatchDoesNotApply(f"The patch cannot be read: line {number + 1} belongs to no hunk.")
        number += 1
        ends = number < len(lines) and lines[number] == _NO_NEWLINE.rstrip("\n")
        for side in sides:
            side.append(line[1:] + ("" if ends else "\n"))
        number += ends
    if len(old) != left or len(new) != right:
        raise PatchDoesNotApply(f"The patch cannot be read: a hunk before line {number + 1} miscounts its lines.")
    return _Hunk(start, tuple(old), tuple(new)), number


def _path(line: str, prefix: str) -> str:
    name = line[4:].split("\t", 1)[0]
    if name.startswith('"') and name.endswith('"'):
        # git writes names that are not plain ASCII as C strings of UTF-8 bytes.
        try:
            name = name[1:-1].encode("ascii").decode("unicode_escape").encode("latin-1").decode()
        except UnicodeError as error:
            raise PatchDoesNotApply(f"The patch cannot be read: the name {name} is no UTF-8.") from error
    return name.removeprefix(prefix)


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
