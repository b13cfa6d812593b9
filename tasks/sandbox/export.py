"""Trees in, bytes out: a checkout becomes plain files, and files are read back without trust.

Host git never looks at a tree that a sandbox could write (its configuration can
start programs), and no link in a tree is ever followed.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tasks.errors import BadInput
from tasks.sandbox.walk import DEFAULT_LIMITS, Entry, Kind, WalkLimits, walk

LEFT_OUT = frozenset(
    {
        *(".git", ".hg", ".svn", ".goldseam", "__pycache__", ".tox", ".nox", "node_modules"),
        *(".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis"),
    }
)
"""Names that are never part of a tree, at any depth: metadata and caches."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export copied, and what it did not."""

    files: int
    links: int
    bytes: int
    skipped: tuple[str, ...]
    """`path: reason` for every name left out."""


def export_directory(source: Path, destination: Path, *, limits: WalkLimits = DEFAULT_LIMITS) -> Exported:
    """Copy a checkout into `destination`, which must be absent or empty, as plain files.

    Regular files keep content, executable bit and modification time; links are
    made again with the same text. FIFOs, sockets, devices and unreadable files are
    listed as skipped. BadInput when a limit is passed; the destination is then incomplete.
    """
    destination.mkdir(parents=True, exist_ok=True)
    if any(destination.iterdir()):
        raise BadInput(f"{destination} is not empty. Give a directory of its own to export into.")
    skipped: list[str] = []
    files = links = size = 0
    for entry in walk(source, limits, skip=_left_out, skipped=skipped):
        place = destination / entry.path
        match entry.kind:
            case Kind.DIRECTORY:
                place.mkdir()
            case Kind.LINK:
                place.symlink_to(entry.target())
                links += 1
            case _:
                copied = _copy(entry, place)
                if copied is None:
                    skipped.append(f"{entry.path}: cannot be read")
                else:
                    files, size = files + 1, size + copied
    return Exported(files, links, size, tuple(skipped))


def read_back(
    directory: Path,
    paths: Iterable[str] | None = None,
    *,
    limits: WalkLimits = DEFAULT_LIMITS,
) -> Mapping[str, bytes]:
    """Return the content of regular files by POSIX path: of `paths`, or of all.

    Links, directories and special files are not there, and neither is anything
    behind a link. BadInput when a limit is passed.
    """
    wanted = None if paths is None else frozenset(paths)
    return {
        entry.path: b"".join(entry.chunks())
        for entry in walk(directory, limits, skip=_special)
        if entry.kind is Kind.FILE and (wanted is None or entry.path in wanted)
    }


def tree_digest(directory: Path, *, limits: WalkLimits = DEFAULT_LIMITS) -> str:
    """Return `sha256:` over the sorted files of a tree: path, executable bit, content; links by their text.

    Each file adds a line `path NUL x|- NUL sha256 of content LF`, each link
    `path NUL l NUL sha256 of its text LF`, sorted by path as bytes. Times, empty
    directories and special files do not count.
    """
    lines = sorted(_line(entry) for entry in walk(directory, limits, skip=_special) if entry.kind is not Kind.DIRECTORY)
    return f"sha256:{hashlib.sha256(b''.join(lines)).hexdigest()}"


def _line(entry: Entry) -> bytes:
    digest = hashlib.sha256()
    if entry.kind is Kind.LINK:
        digest.update(os.fsencode(entry.target()))
        mark = b"l"
    else:
        for chunk in entry.chunks():
            digest.update(chunk)
        mark = b"x" if entry.executable else b"-"
    return b"\0".join((os.fsencode(entry.path), mark, digest.hexdigest().encode())) + b"\n"


def _copy(entry: Entry, place: Path) -> int | None:
    """Copy one regular file; None when it cannot be opened any more."""
    try:
        chunks = entry.chunks()
        first = next(chunks, b"")
    except OSError:
        return None
    mode = 0o755 if entry.executable else 0o644
    with open(place, "xb", opener=lambda path, flags: os.open(path, flags | os.O_NOFOLLOW, mode)) as copy:
        size = copy.write(first)
        for chunk in chunks:
            size += copy.write(chunk)
        copy.flush()  # a late write would set the time again
        os.fchmod(copy.fileno(), mode)
        os.utime(copy.fileno(), ns=(entry.status.st_atime_ns, entry.status.st_mtime_ns))
    return size


def _left_out(entry: Entry) -> str:
    if entry.name in LEFT_OUT:
        return "metadata or cache"
    if entry.kind is Kind.DIRECTORY and _is_environment(entry):
        return "virtual environment"
    return _special(entry)


def _special(entry: Entry) -> str:
    return (
        f"neither file, link nor directory ({stat.filemode(entry.status.st_mode)[0]})"
        if entry.kind is Kind.OTHER
        else ""
    )


def _is_environment(entry: Entry) -> bool:
    try:
        os.stat(f"{entry.name}/pyvenv.cfg", dir_fd=entry.parent, follow_symlinks=False)
    except OSError:
        return False
    return True
