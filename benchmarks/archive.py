"""Plain files out of a source archive, within bounds.

Only regular files are taken, member by member, and written by us: `tarfile`'s own
extraction follows what a hostile archive says about links, owners and places.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of an archive is read before it is refused."""

    members: int = 20_000
    file_bytes: int = 20 << 20
    total_bytes: int = 300 << 20


class BadArchive(Exception):
    """Raised when an archive cannot be read or is not what a source distribution looks like."""


@dataclass(frozen=True, slots=True)
class Member:
    """A regular file: its path below the archive's one top directory, POSIX."""

    path: str
    data: bytes
    executable: bool


_PART = re.compile(r"[^\x00-\x1f/\\]+")


def members(archive: Path, bounds: Bounds | None = None) -> Iterator[Member]:
    """Yield the regular files of a compressed tar archive; links and devices are left out.

    BadArchive for a name that leaves the top directory, and as soon as a bound is passed.
    """
    bounds = bounds or Bounds()
    total = 0
    try:
        with tarfile.open(archive, "r|*") as tar:
            for count, info in enumerate(tar, 1):
                if count > bounds.members:
                    raise BadArchive(f"{archive.name} has more than {bounds.members} members.")
                total += max(info.size, 0)
                if info.size > bounds.file_bytes or total > bounds.total_bytes:
                    raise BadArchive(f"{archive.name} is larger than the bounds allow, at {info.name[:80]!r}.")
                path = _below_top(info.name, archive.name)
                stream = tar.extractfile(info) if info.isreg() and path else None
                if stream is not None:
                    yield Member(path, stream.read(), bool(info.mode & 0o100))
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BadArchive(f"{archive.name} cannot be read: {error}.") from error


def unpack(archive: Path, destination: Path, bounds: Bounds | None = None) -> None:
    """Write the files of an archive below `destination`, which must not exist yet."""
    destination.mkdir(parents=True)
    for member in members(archive, bounds):
        target = destination / member.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(member.data)
        target.chmod(0o755 if member.executable else 0o644)


def _below_top(name: str, archive: str) -> str:
    """Return the path without the top directory; empty for the top itself."""
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or not all(_PART.fullmatch(part) for part in parts):
        raise BadArchive(f"{archive} names {name[:80]!r}, which is no place below its own directory.")
    return "/".join(parts[1:])
