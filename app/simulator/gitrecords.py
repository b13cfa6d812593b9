"""What git stores, as values, and how its programs write it down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Signature:
    """Who made a commit, and when."""

    name: str
    email: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CommitRecord:
    """A commit as git stores it."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    message: str


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A file or folder of a tree."""

    mode: str
    kind: str
    sha: str
    size: int
    path: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of a diff; `patch` starts at the first hunk and is empty for binary files."""

    path: str
    previous: str | None
    status: str
    additions: int
    deletions: int
    sha: str
    patch: str


def commit_of(fields: list[str]) -> CommitRecord:
    """Read the fields of one record of `git log`."""
    sha, tree, parents, *people, message = fields
    author, committer = (
        Signature(name, email, datetime.fromtimestamp(int(at), UTC)) for name, email, at in (people[:3], people[3:])
    )
    return CommitRecord(sha, tree, tuple(parents.split()), author, committer, message.rstrip("\n"))


def entry_of(line: str) -> TreeEntry:
    """Read one record of `git ls-tree --long`."""
    facts, path = line.split("\t", 1)
    mode, kind, sha, size = facts.split()
    return TreeEntry(mode, kind, sha, 0 if size == "-" else int(size), path)


def raw_changes(raw: str) -> Iterable[tuple[str, str, str | None, str]]:
    """Yield (status letter, blob, previous path, path) from `git diff --raw -z`."""
    tokens = iter(raw.split("\0"))
    for facts in tokens:
        if not facts:
            return
        _, _, old, new, status = facts.split()
        path = next(tokens)
        previous, path = (path, next(tokens)) if status[0] == "R" else (None, path)
        yield status[0], old if status[0] == "D" else new, previous, path
