"""Write a commit as plain files, for a sandbox to run and for us to read.

No `.git`, no filters, no submodules. Directories are opened one by one without
following links and files are made anew, so that a crafted tree which holds both a
link and a path below it cannot write elsewhere. Links come last, as data.
"""

from __future__ import annotations

import os
import posixpath
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tasks.workspace.mirror import Mirror
from tasks.workspace.names import why_refused
from tasks.workspace.objects import BlobReader, Entry, TreeTooLarge, blobs, entries

_FILE_MODES = {"100644": 0o644, "100664": 0o644, "100755": 0o755}
_LINK = "120000"
_LONGEST_TARGET = 4095
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class TreeLimits:
    """Caps of one export; checked before the first byte is written."""

    files: int = 100_000
    file_bytes: int = 256 << 20
    total_bytes: int = 2 << 30


DEFAULT_LIMITS = TreeLimits()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A path of the tree that was not written."""

    path: str
    """Printable: odd bytes are escaped."""
    why: str


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, and what the user should hear of."""

    files: int
    bytes: int
    links: tuple[str, ...] = ()
    """Written as links; whoever reads the tree must not follow them."""
    leaving_links: tuple[str, ...] = ()
    """Those of them whose target lies outside the tree."""
    submodules: tuple[str, ...] = ()
    """Skipped: their code is not here."""
    left_out: tuple[LeftOut, ...] = ()


def export(mirror: Mirror, sha: str, destination: Path, limits: TreeLimits = DEFAULT_LIMITS) -> Exported:
    """Write the files of a fetched commit under `destination`, which must not exist yet.

    TreeTooLarge when a cap is passed. After any error nothing is left behind.
    """
    wanted, left_out = _sorted_out(entries(mirror, sha, limits.files), limits)
    submodules = tuple(_shown(each.path) for each in wanted if each.kind != "blob")
    destination.mkdir(mode=0o700, parents=True)
    try:
        with blobs(mirror) as reader, _opened(destination) as root:
            written = _Tree(root, reader)
            # A sorted list puts links among files; written last, no file can pass through one.
            for entry in sorted((each for each in wanted if each.kind == "blob"), key=lambda each: each.mode == _LINK):
                written.add(entry)
    except BaseException:
        shutil.rmtree(destination)
        raise
    return Exported(
        files=written.files,
        bytes=written.bytes,
        links=tuple(written.links),
        leaving_links=tuple(written.leaving),
        submodules=submodules,
        left_out=(*left_out, *written.left_out),
    )


def _sorted_out(listed: list[Entry], limits: TreeLimits) -> tuple[list[Entry], list[LeftOut]]:
    total = sum(entry.size for entry in listed)
    if total > limits.total_bytes:
        raise TreeTooLarge(f"The repository's files have {total} bytes; {limits.total_bytes} are taken at most.")
    wanted, left_out = [], []
    for entry in listed:
        why = why_refused(entry.path)
        if not why and entry.size > limits.file_bytes:
            why = f"the file has more than {limits.file_bytes} bytes"
        if why:
            left_out.append(LeftOut(_shown(entry.path), why))
        else:
            wanted.append(entry)
    return wanted, left_out


class _Tree:
    """The tree as it grows."""

    def __init__(self, root: int, reader: BlobReader) -> None:
        self.root, self.reader = root, reader
        self.files = self.bytes = 0
        self.links: list[str] = []
        self.leaving: list[str] = []
        self.left_out: list[LeftOut] = []

    def add(self, entry: Entry) -> None:
        path = entry.path.decode()
        *parents, name = path.split("/")
        content = self.reader.chunks(entry)
        try:
            with _parent(self.root, parents) as directory:
                if entry.mode == _LINK:
                    self._link(path, name, directory, b"".join(content))
                elif entry.mode in _FILE_MODES:
                    self._file(name, directory, entry, content)
        except OSError as error:
            if error.errno is None or isinstance(error, BrokenPipeError):
                raise
            self.left_out.append(LeftOut(_shown(entry.path), f"it could not be written: {os.strerror(error.errno)}"))
        for _ in content:
            pass  # what a refused entry left in the pipe

    def _file(self, name: str, directory: int, entry: Entry, content: Iterator[bytes]) -> None:
        descriptor = os.open(name, _NEW_FILE, 0o600, dir_fd=directory)
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(content)
            os.fchmod(descriptor, _FILE_MODES[entry.mode])
        self.files += 1
        self.bytes += entry.size

    def _link(self, path: str, name: str, directory: int, target: bytes) -> None:
        if not target or len(target) > _LONGEST_TARGET or b"\0" in target:
            self.left_out.append(LeftOut(path, "it is a link without a usable target"))
            return
        os.symlink(target, name.encode(), dir_fd=directory)
        self.links.append(path)
        end = posixpath.normpath(posixpath.join(posixpath.dirname(path), os.fsdecode(target)))
        if end.startswith(("/", "../")) or end == "..":
            self.leaving.append(path)


@contextmanager
def _parent(root: int, parents: list[str]) -> Iterator[int]:
    """Open a directory below the root, making what is missing; a link on the way is an error."""
    here = os.dup(root)
    try:
        for part in parents:
            try:
                below = os.open(part, _DIRECTORY, dir_fd=here)
            except FileNotFoundError:
                os.mkdir(part, 0o755, dir_fd=here)
                below = os.open(part, _DIRECTORY, dir_fd=here)
            os.close(here)
            here = below
        yield here
    finally:
        os.close(here)


@contextmanager
def _opened(directory: Path) -> Iterator[int]:
    descriptor = os.open(directory, _DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _shown(path: bytes) -> str:
    text = path.decode("utf-8", "backslashreplace")
    return text.encode("unicode_escape").decode("ascii") if not text.isprintable() else text
