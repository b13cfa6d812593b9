"""Which names of a repository may become files on this machine.

Another program, on another file system, may take a name for `.git` that is spelled
differently: in capitals, with characters that some systems drop, with trailing dots,
as the short name `GIT~1`. All of those are refused, wherever in the path they stand.
"""

from __future__ import annotations

import unicodedata

_LONGEST_PART = 255
_LONGEST_PATH = 2048
_DEEPEST = 128
_GIT = frozenset({".git", "git~1"})


def why_refused(path: bytes) -> str:
    """Return why this path of a tree is not written, or the empty text when it may be."""
    try:
        text = path.decode("utf-8")
    except UnicodeDecodeError:
        return "the name is not UTF-8"
    parts = text.split("/")
    if len(path) > _LONGEST_PATH or len(parts) > _DEEPEST or any(len(part.encode()) > _LONGEST_PART for part in parts):
        return "the name is too long or too deep"
    return next((reason for part in parts if (reason := _why_part(part))), "")


def _why_part(part: str) -> str:
    if part in {"", ".", ".."}:
        return "the name leaves the tree or is empty"
    if any(unicodedata.category(character) == "Cc" for character in part):
        return "the name holds control characters"
    if "\\" in part:
        return "the name holds a backslash"
    if _plain(part) in _GIT:
        return "the name can be taken for .git"
    return ""


def _plain(part: str) -> str:
    """Return the name as the most forgiving file system would see it."""
    visible = "".join(character for character in part if unicodedata.category(character) != "Cf")
    # A colon starts the name of a stream on NTFS: `.git::$INDEX_ALLOCATION`.
    return unicodedata.normalize("NFKC", visible).casefold().partition(":")[0].rstrip(". ")
