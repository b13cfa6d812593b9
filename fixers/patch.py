"""Unified diffs: made from edits, read back strictly.

Everybody who has to know what a patch does asks `read`: what applies it, what decides
about it and what shows it must not see three different patches.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fixers.model import FileEdit

_NO_NEWLINE = "\\ No newline at end of file"
_HUNK = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@(.*)")
_NOTABLE = {
    "old mode ": "changes the mode of",
    "new mode ": "changes the mode of",
    "new file ": "adds the file",
    "deleted file ": "deletes the file",
    "rename ": "renames the file",
    "copy ": "copies the file",
    "GIT binary patch": "holds binary data for",
    "Binary files ": "holds binary data for",
}
_ODD_MODE = re.compile(r"(old mode|new mode|new file mode|deleted file mode|index \S+) 1[26]0000")
_NAMES = re.compile(r"(?:rename|copy) (?:from|to) (.+)")


class PatchDoesNotApply(Exception):
    """Raised when a diff does not fit the text it is meant for; nothing is changed."""


def unified(edits: Sequence[FileEdit]) -> str:
    """Return a unified diff with `a/` and `b/` prefixes, files sorted by path."""
    return "".join(
        "".join(_file_diff(edit)) for edit in sorted(edits, key=lambda e: e.path) if edit.before != edit.after
    )


def fits(patch: str, files: Mapping[str, str]) -> bool:
    """Say whether a patch applies to these files."""
    try:
        apply(patch, files)
    except PatchDoesNotApply:
        return False
    return True


def digest(patch: str) -> str:
    """Return `sha256:` and the hexadecimal digest of the patch's bytes."""
    return "sha256:" + hashlib.sha256(patch.encode()).hexdigest()


def _file_diff(edit: FileEdit) -> Iterator[str]:
    before, after = _lines(edit.before), _lines(edit.after)
    for line in difflib.unified_diff(before, after, f"a/{edit.path}", f"b/{edit.path}"):
        yield line
        if not line.endswith("\n"):
            yield f"\n{_NO_NEWLINE}\n"


def _lines(text: str) -> list[str]:
    """Split at line feeds only: form feeds and the like belong to lines, as git sees them."""
    parts = text.split("\n")
    lines = [part + "\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines


@dataclass(frozen=True, slots=True)
class Hunk:
    """One place of a file, as it was and as it will be."""

    before: int
    """Number of its first line before the patch, from 1; of the line above it when it has none there."""
    after: int
    lines: tuple[str, ...]
    """Each with its sign and without its line feed; a backslash marks the note that the line above ends the file."""
    section: str

    def side(self, sign: str) -> list[str]:
        """Return the lines of one side whole: `-` as they were, `+` as they will be."""
        below = (*self.lines, "")[1:]
        pairs = [(line, end) for line, end in zip(self.lines, below, strict=True) if line[0] in {" ", sign}]
        return [line[1:] + ("" if end == _NO_NEWLINE else "\n") for line, end in pairs]

    def changed(self) -> Iterator[int]:
        """Yield the numbers, after the patch, of lines that are new, and of those around lines that are gone."""
        number, gone = self.after + (not self.count("+ ")), False
        for line in (*self.lines, " "):
            if line[0] == "+":
                yield number
            elif line[0] == " " and gone:
                yield from (n for n in (number - 1, number) if n)
            number += line[0] in "+ "
            gone = line[0] == "-" or (gone and line[0] == "\\")

    def count(self, signs: str) -> int:
        """Return how many lines carry one of these signs."""
        return sum(1 for line in self.lines if line[0] in signs)


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What a diff says of one file."""

    before: str | None
    """Where it stood; None when it was not there."""
    after: str | None
    """Where it will stand; None when it will be gone."""
    named: tuple[str, ...]
    """Where its header says that it was moved or copied from and to."""
    header: tuple[str, ...]
    """All lines since the file before: what git says of modes, renames and binaries."""
    hunks: tuple[Hunk, ...]

    @property
    def path(self) -> str:
        """Where it will stand, or stood when it will be gone."""
        return self.after or self.before or ""

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that the diff names for the file, where it stood first; never empty."""
        return tuple(dict.fromkeys(path for path in (self.before, self.after, *self.named) if path)) or ("",)

    @property
    def unusual(self) -> tuple[str, ...]:
        """What it does besides editing the text of an existing file, in words; empty for such an edit."""
        words = [said for line in self.header for mark, said in _NOTABLE.items() if line.startswith(mark)]
        if any(_ODD_MODE.match(line) for line in self.header):
            words.append("makes a symbolic link or submodule of")
        if not self.hunks:
            words.append("has no hunk for")
        if self.before is None:
            words.append("adds the file")
        if self.after is None:
            words.append("deletes the file")
        if self.before and self.after and self.before != self.after:
            words.append("renames the file")
        return tuple(dict.fromkeys(words))

    def count(self, signs: str) -> int:
        """Return how many lines carry one of these signs, such as `+-` for all that change."""
        return sum(hunk.count(signs) for hunk in self.hunks)


def read(patch: str) -> tuple[FileDiff, ...]:
    """Return what a diff says of each file, unusual things included; PatchDoesNotApply when it cannot be read.

    Text before, between and behind the files is passed over, as git does; a text without a file is an empty diff.
    """
    return tuple(_files(patch.split("\n")))


def changed_lines(patch: str) -> dict[str, frozenset[int]]:
    """Return the lines that a diff changes, as they stand after it, by path; PatchDoesNotApply when it is none."""
    files = (file for file in read(patch) if file.after)
    return {file.path: frozenset(n for hunk in file.hunks for n in hunk.changed()) for file in files}


def touched(patch: str) -> tuple[str, ...]:
    """Return the paths whose text a diff edits, in its order; PatchDoesNotApply when it does anything else."""
    return tuple(_plain(file) for file in read(patch))


def apply(patch: str, texts: Mapping[str, str]) -> tuple[FileEdit, ...]:
    """Apply a diff to texts by path; PatchDoesNotApply unless every hunk fits exactly where it says.

    Lines end at line feeds alone, and hunks stand in order: what is applied here is
    byte for byte what git would apply, without its search for a better place.
    """
    edits = []
    for file in read(patch):
        path = _plain(file)
        if path not in texts:
            raise PatchDoesNotApply(f"The patch touches {path}, which is not a plain edit of an existing file.")
        edits.append(FileEdit(path, texts[path], _applied(path, _lines(texts[path]), file.hunks)))
    if not edits:
        raise PatchDoesNotApply("The patch is empty.")
    if len({edit.path for edit in edits}) < len(edits):
        raise PatchDoesNotApply("The patch names a file twice.")
    return tuple(edits)


def apply_together(diffs: Sequence[str], texts: Mapping[str, str]) -> tuple[FileEdit, ...]:
    """Apply several diffs of the same texts at once; PatchDoesNotApply where two of them touch the same lines."""
    hunks: dict[str, list[Hunk]] = {}
    for file in (file for diff in diffs for file in read(diff)):
        hunks.setdefault(_plain(file), []).extend(file.hunks)
    ordered = {path: sorted(own, key=lambda hunk: hunk.before) for path, own in hunks.items()}
    return tuple(FileEdit(p, texts[p], _applied(p, _lines(texts[p]), own)) for p, own in sorted(ordered.items()))


def _plain(file: FileDiff) -> str:
    if file.unusual:
        said = f"The patch {file.unusual[0]} {file.path}"
        raise PatchDoesNotApply(f"{said}, so it is not a plain edit of an existing file.")
    return file.path


def _applied(path: str, before: list[str], hunks: Sequence[Hunk]) -> str:
    after: list[str] = []
    position = 0
    for hunk in hunks:
        old = hunk.side("-")
        start = hunk.before - 1 if old else hunk.before
        if start < position or before[start : start + len(old)] != old:
            raise PatchDoesNotApply(f"The patch does not fit {path} at line {start + 1}.")
        after += before[position:start] + hunk.side("+")
        position = start + len(old)
    return "".join(after + before[position:])


def _files(lines: list[str]) -> Iterator[FileDiff]:
    header: list[str] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if line.startswith("@@ -"):
            raise PatchDoesNotApply(f"The patch cannot be read: the hunk in line {number + 1} belongs to no file.")
        if line.startswith("--- ") and following.startswith("+++ "):
            hunks, number = _hunks(lines, number + 2)
            yield FileDiff(_path(line, "a/"), _path(following, "b/"), _named(header), tuple(header), hunks)
            header = []
            continue
        if line.startswith("diff --git "):
            yield from _without_hunks(header)
            header = []
        header.append(line)
        number += 1
    yield from _without_hunks(header)


def _without_hunks(header: list[str]) -> Iterator[FileDiff]:
    """Yield the file of which git says something, but no line: a bare rename, a mode, binary data."""
    if any(line.startswith(("diff --git ", *_NOTABLE)) for line in header):
        names = next((line[11:] for line in header if line.startswith("diff --git ")), "")
        # Names stand there without quotes, so only two that are the same can be told apart.
        before, after = names[: len(names) // 2].removeprefix("a/"), names[len(names) // 2 + 1 :].removeprefix("b/")
        if before != after:
            before, after = (*_named(header), names, names)[:2]
        yield FileDiff(before, after, _named(header), tuple(header), ())


def _named(header: Sequence[str]) -> tuple[str, ...]:
    return tuple(_unquoted(match[1]) for line in header if (match := _NAMES.fullmatch(line)))


def _hunks(lines: list[str], number: int) -> tuple[tuple[Hunk, ...], int]:
    hunks = []
    while number < len(lines) and (header := _HUNK.fullmatch(lines[number])):
        hunk, number = _hunk(header, lines, number + 1)
        hunks.append(hunk)
    return tuple(hunks), number


def _hunk(header: re.Match[str], lines: list[str], number: int) -> tuple[Hunk, int]:
    left, right = int(header[2] or 1), int(header[4] or 1)
    found: list[str] = []
    while left > 0 or right > 0:
        line = lines[number] if number < len(lines) else "nothing"
        if line[:1] not in {" ", "-", "+"}:
            raise PatchDoesNotApply(f"The patch cannot be read: line {number + 1} belongs to no hunk.")
        left -= line[0] != "+"
        right -= line[0] != "-"
        found.append(line)
        number += 1
        if number < len(lines) and lines[number] == _NO_NEWLINE:
            found.append(_NO_NEWLINE)
            number += 1
    if left or right:
        raise PatchDoesNotApply(f"The patch cannot be read: a hunk before line {number + 1} miscounts its lines.")
    return Hunk(int(header[1]), int(header[3]), tuple(found), header[5].strip()), number


def _path(line: str, prefix: str) -> str | None:
    name = _unquoted(line[4:].split("\t", 1)[0])
    return None if name == "/dev/null" else name.removeprefix(prefix)


def _unquoted(name: str) -> str:
    if name.startswith('"') and name.endswith('"'):
        # git writes names that are not plain ASCII as C strings of UTF-8 bytes.
        try:
            return name[1:-1].encode("ascii").decode("unicode_escape").encode("latin-1").decode()
        except UnicodeError as error:
            raise PatchDoesNotApply(f"The patch cannot be read: the name {name} is no UTF-8.") from error
    return name


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
