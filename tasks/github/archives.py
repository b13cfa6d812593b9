"""Read a hostile zip archive: nothing is written to disk, nothing nested is opened, everything is capped.

The directory of an archive is checked before `zipfile` reads it, because one of
a few megabytes can list a million entries.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from tasks.errors import GoldseamError

_END = b"PK\x05\x06"
_END_SIZE = 22
_END_64_LOCATOR = b"PK\x06\x07"
_LONGEST_COMMENT = 0xFFFF
_ENTRY_BYTES = 512
"""Directory bytes granted per entry: 46 fixed, the rest for name, extra fields and comment."""
_PLAIN = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1


class HostileArchive(GoldseamError):
    """The archive is broken or built to harm; what was read before stands."""


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Caps of one archive."""

    archive_bytes: int = 64 << 20
    entries: int = 10_000
    entry_bytes: int = 32 << 20
    total_bytes: int = 200 << 20
    ratio: int = 100
    """Most bytes out for one byte in, once `ratio_floor` bytes are out."""
    ratio_floor: int = 4 << 20


DEFAULT_LIMITS = ArchiveLimits()


def read_archive(
    archive: IO[bytes], wanted: Callable[[str], bool], limits: ArchiveLimits = DEFAULT_LIMITS
) -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of the regular files whose name is wanted, in the archive's order.

    Links, encrypted entries, rare compressions and names that leave the archive are
    left out. Raises HostileArchive at the first broken structure or passed cap.
    """
    size = archive.seek(0, 2)
    _check_directory(archive, size, limits)
    left = min(limits.total_bytes, max(limits.ratio_floor, limits.ratio * size))
    try:
        with zipfile.ZipFile(archive) as opened:
            for entry in opened.infolist():
                if not (_is_plain(entry) and wanted(entry.filename)):
                    continue
                content = _read(opened, entry, min(left, limits.entry_bytes))
                left -= len(content)
                yield entry.filename, content
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise HostileArchive(f"The archive cannot be read: {error}.") from None


def _check_directory(archive: IO[bytes], size: int, limits: ArchiveLimits) -> None:
    if size > limits.archive_bytes:
        raise HostileArchive(f"The archive has {size} bytes; {limits.archive_bytes} are read at most.")
    archive.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT - len(_END_64_LOCATOR) - 16))
    tail = archive.read()
    at = len(tail) - _END_SIZE
    if not (tail[at:].startswith(_END) and tail.endswith(b"\0\0")):
        at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise HostileArchive("The archive has no directory; it may have been cut.")
    if tail[max(0, at - 20) : at].startswith(_END_64_LOCATOR):
        raise HostileArchive("The archive uses the format for more than 65,535 entries.")
    entries, directory = struct.unpack_from("<HI", tail, at + 10)
    if entries > limits.entries or directory > limits.entries * _ENTRY_BYTES:
        raise HostileArchive(f"The archive lists more than {limits.entries} entries.")


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    mode = entry.external_attr >> 16
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    return (
        not entry.is_dir()
        and (stat.S_IFMT(mode) in {0, stat.S_IFREG})
        and not entry.flag_bits & _ENCRYPTED
        and entry.compress_type in _PLAIN
        and not path.is_absolute()
        and ".." not in path.parts
    )


def _read(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """Read one entry; its declared size is a claim, so the bytes are counted."""
    with opened.open(entry) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise HostileArchive("The archive unpacks to more than its caps allow.")
    return content
