"""A walk through a directory that may be hostile: bounded, and never through a link.

Every directory is opened relative to the descriptor of its parent with
O_NOFOLLOW, so nobody can swap a directory for a link between two steps.
Names are bytes as `os.fsencode` gives them; what is no UTF-8 stays itself.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path

from tasks.errors import BadInput

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CHUNK = 1 << 20


class Kind(StrEnum):
    """What a name stands for."""

    FILE = "file"
    LINK = "link"
    DIRECTORY = "directory"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class WalkLimits:
    """How much of a directory is taken before the walk gives up."""

    entries: int = 200_000
    total_bytes: int = 2 << 30
    file_bytes: int = 256 << 20
    depth: int = 100
    path_bytes: int = 2000
    """Of a whole path, so that a copy elsewhere still has a name the kernel takes."""


DEFAULT_LIMITS = WalkLimits()


@dataclass(frozen=True, slots=True)
class Entry:
    """One name on the walk; valid until the next one is asked for."""

    path: str
    """POSIX, relative to the top; surrogates stand for bytes that are no UTF-8."""
    kind: Kind
    status: os.stat_result
    parent: int
    """Descriptor of the directory that holds it."""

    @property
    def name(self) -> str:
        """The last component."""
        return self.path.rpartition("/")[2]

    @property
    def executable(self) -> bool:
        """Whether its owner may execute it."""
        return bool(self.status.st_mode & stat.S_IXUSR)

    def target(self) -> str:
        """Where a link points, unread and unfollowed."""
        return os.readlink(self.name, dir_fd=self.parent)

    def chunks(self) -> Iterator[bytes]:
        """Yield the content of a regular file, never more than its size when it was met.

        OSError when it has turned into anything else since.
        """
        descriptor = os.open(self.name, _FILE, dir_fd=self.parent)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(f"{self.path} is no longer a regular file")
            left = self.status.st_size
            while left > 0 and (chunk := os.read(descriptor, min(_CHUNK, left))):
                left -= len(chunk)
                yield chunk
        finally:
            os.close(descriptor)


class Tally:
    """Counts a walk against its limits. BadInput, in a sentence for the user, when one is passed."""

    def __init__(self, top: Path, limits: WalkLimits) -> None:
        self._top, self._limits = top, limits
        self.entries = 0
        self.bytes = 0

    def meet(self, entry: Entry) -> None:
        """Take a name into account, kept or not."""
        limits = self._limits
        self.entries += 1
        if self.entries > limits.entries:
            raise self._too_much(f"it holds more than {limits.entries} files")
        if entry.path.count("/") >= limits.depth or len(os.fsencode(entry.path)) > limits.path_bytes:
            deep = f"deeper than {limits.depth} directories or {limits.path_bytes} bytes of path"
            raise self._too_much(f"{entry.path[:80]!r}… stands {deep}")

    def take(self, entry: Entry) -> None:
        """Take the size of a kept entry into account."""
        limits = self._limits
        if entry.kind is Kind.FILE:
            self.bytes += entry.status.st_size
            if entry.status.st_size > limits.file_bytes:
                raise self._too_much(f"{entry.path!r} is larger than {limits.file_bytes} bytes")
        if self.bytes > limits.total_bytes:
            raise self._too_much(f"it holds more than {limits.total_bytes} bytes")

    def names(self, directory: int) -> list[str]:
        """Return the sorted names of a directory, one more than may be met at the most."""
        with os.scandir(directory) as found:
            return sorted(entry.name for entry in islice(found, self._limits.entries - self.entries + 1))

    def _too_much(self, what: str) -> BadInput:
        return BadInput(f"{self._top} is too much to take into the sandbox: {what}. Remove it, or give a smaller tree.")


def walk(
    top: Path,
    limits: WalkLimits = DEFAULT_LIMITS,
    *,
    skip: Callable[[Entry], str] | None = None,
    skipped: list[str] | None = None,
) -> Iterator[Entry]:
    """Yield every entry below `top`, sorted by name within a directory, a directory before what it holds.

    `skip` may give a reason to leave an entry, and all below it, out; the reasons
    go to `skipped`, and directories that cannot be read too. BadInput when a limit
    is passed, `top` is no directory, or one cannot be read and there is no `skipped`.
    """
    try:
        descriptor = os.open(top, _DIRECTORY)
    except OSError as error:
        raise BadInput(
            f"{top} cannot be read as a directory: {error.strerror}. Give the path of a checkout."
        ) from error
    try:
        yield from _Walk(Tally(top, limits), skip or _keep, skipped).below(descriptor, "")
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class _Walk:
    tally: Tally
    skip: Callable[[Entry], str]
    skipped: list[str] | None

    def below(self, directory: int, prefix: str) -> Iterator[Entry]:
        # The depth limit of the tally bounds the recursion.
        for name in self.tally.names(directory):
            status = os.stat(name, dir_fd=directory, follow_symlinks=False)
            entry = Entry(prefix + name, _kind(status.st_mode), status, directory)
            self.tally.meet(entry)
            if reason := self.skip(entry):
                self.leave_out(entry, reason)
                continue
            self.tally.take(entry)
            yield entry
            if entry.kind is Kind.DIRECTORY:
                yield from self.into(entry)

    def into(self, entry: Entry) -> Iterator[Entry]:
        try:
            child = os.open(entry.name, _DIRECTORY, dir_fd=entry.parent)
        except OSError as error:
            if self.skipped is None:
                raise BadInput(f"{entry.path!r} cannot be read: {error.strerror}. Make it readable.") from error
            self.leave_out(entry, "cannot be read")
            return
        try:
            yield from self.below(child, f"{entry.path}/")
        finally:
            os.close(child)

    def leave_out(self, entry: Entry, reason: str) -> None:
        if self.skipped is not None:
            self.skipped.append(f"{entry.path}: {reason}")


def _keep(_: Entry) -> str:
    return ""


def _kind(mode: int) -> Kind:
    if stat.S_ISREG(mode):
        return Kind.FILE
    if stat.S_ISLNK(mode):
        return Kind.LINK
    return Kind.DIRECTORY if stat.S_ISDIR(mode) else Kind.OTHER
