"""What a patch touches, read off the patch itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from unidiff.errors import UnidiffParseError
from unidiff.patch import PatchedFile, PatchSet

from tasks.errors import BadInput

_NOTABLE = {
    "old mode ": "changes the mode",
    "new mode ": "changes the mode",
    "new file mode ": "adds the file",
    "deleted file mode ": "deletes the file",
    "rename from ": "renames the file",
    "copy from ": "copies the file",
}
_ODD_MODE = re.compile(r"^(?:old mode|new mode|new file mode|deleted file mode|index \S+) 1[26]0000", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Change:
    """One file of a patch."""

    paths: tuple[str, ...]
    """Where it stood and where it stands: one path, or two for a rename."""
    lines: int
    """Added and removed together."""
    unusual: tuple[str, ...] = ()
    """What it does besides editing the text of an existing file, in words."""


@dataclass(frozen=True, slots=True)
class PatchFacts:
    """What policy needs to know of a patch."""

    changes: tuple[Change, ...]

    @property
    def lines(self) -> int:
        """Lines added and removed in all files."""
        return sum(change.lines for change in self.changes)


def facts_of(patch: str) -> PatchFacts:
    """Read a unified diff with `a/` and `b/` prefixes; BadInput when it is not one, or is empty."""
    try:
        files = PatchSet.from_string(patch)
    except (UnidiffParseError, ValueError) as error:
        raise BadInput(f"The patch cannot be read as a unified diff: {error}.") from error
    if not files:
        raise BadInput("The patch changes nothing.")
    return PatchFacts(tuple(_change(file) for file in files))


def _change(file: PatchedFile) -> Change:
    header = "".join(map(str, file.patch_info or ()))
    before, after = _path(file.source_file, "a/"), _path(file.target_file, "b/")
    unusual = [words for mark, words in _NOTABLE.items() if re.search(f"^{re.escape(mark)}", header, re.MULTILINE)]
    if _ODD_MODE.search(header):
        unusual.append("is a symbolic link or submodule")
    if not file:
        unusual.append("changes no line of")  # binary, or a change of nothing but the name or mode
    if before is None:
        unusual.append("adds the file")
    if after is None:
        unusual.append("deletes the file")
    named = [_path(line.split(" ", 2)[2].rstrip("\n"), "") for line in header.splitlines() if _renames(line)]
    paths = dict.fromkeys(path for path in (before, after, *named) if path is not None)
    if before is not None and after is not None and before != after:
        unusual.append("renames the file")
    return Change(tuple(paths), file.added + file.removed, tuple(dict.fromkeys(unusual)))


def _renames(line: str) -> bool:
    return line.startswith(("rename from ", "rename to ", "copy from ", "copy to "))


def _path(name: str, prefix: str) -> str | None:
    if name == "/dev/null":
        return None
    return name.removeprefix(prefix)
