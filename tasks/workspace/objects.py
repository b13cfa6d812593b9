"""What a commit's tree holds, read from the object store without a checkout.

`ls-tree` and `cat-file` apply no filter, attribute or line ending, start no program
and look at no working tree.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from tasks.errors import GoldseamError
from tasks.workspace.git import GitFailed, checked_sha
from tasks.workspace.mirror import Mirror

_LONGEST_LINE = 1 << 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a tree, all directories flattened."""

    mode: str
    kind: str
    """`blob`, or `commit` for a submodule."""
    name: str
    """Of the object."""
    size: int
    """0 for a submodule."""
    path: bytes


class TreeTooLarge(GoldseamError):
    """The tree passes a cap, so nothing of it was written."""


def entries(mirror: Mirror, sha: str, most: int) -> list[Entry]:
    """Return what the tree of a fetched commit holds, in git's order; TreeTooLarge beyond `most` entries."""
    found: list[Entry] = []
    arguments = ("ls-tree", "-r", "-z", "-l", "--full-tree", "--end-of-options", checked_sha(sha))
    with mirror.git.process(*arguments, git_dir=mirror.directory) as process:
        for line in _until_nul(_out(process)):
            if len(found) == most:
                raise TreeTooLarge(f"The repository holds more than {most} files at {sha[:12]}.")
            found.append(_entry(line))
        if process.wait(mirror.git.seconds):
            raise GitFailed("ls-tree", process.returncode, f"no tree of {sha} here; was it fetched?")
    return found


@contextmanager
def blobs(mirror: Mirror) -> Iterator[BlobReader]:
    """Open a reader of blobs; one git process for all of them."""
    with mirror.git.process("cat-file", "--batch", git_dir=mirror.directory) as process:
        yield BlobReader(process)


class BlobReader:
    """Reads one blob after the other."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def chunks(self, entry: Entry, size: int = 1 << 20) -> Iterator[bytes]:
        """Yield the content; read it to the end before the next blob is asked for."""
        if self._process.stdin is None:
            raise AssertionError("started with pipes")
        self._process.stdin.write(entry.name.encode() + b"\n")
        self._process.stdin.flush()
        out = _out(self._process)
        if out.readline(_LONGEST_LINE).split() != [entry.name.encode(), b"blob", b"%d" % entry.size]:
            raise GitFailed("cat-file", 0, f"blob {entry.name} is not here as the tree names it")
        left = entry.size
        while left:
            chunk = out.read(min(left, size))
            if not chunk:
                raise GitFailed("cat-file", 0, f"blob {entry.name} ended early")
            left -= len(chunk)
            yield chunk
        out.read(1)  # the newline behind each object


def _out(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdout is None:
        raise AssertionError("started with pipes")
    return process.stdout


def _until_nul(stream: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while chunk := stream.read(_LONGEST_LINE):
        *lines, rest = (rest + chunk).split(b"\0")
        yield from lines


def _entry(line: bytes) -> Entry:
    fields, _, path = line.partition(b"\t")
    mode, kind, name, size = fields.decode("ascii").split()
    return Entry(mode=mode, kind=kind, name=name, size=0 if size == "-" else int(size), path=path)
