"""Temporary files of a worker, in a directory of its own that goes when the worker goes, however it goes.

Python removes temporary directories when a block is left; a worker that is killed leaves
none. So each holds a lock on its directory, which the kernel drops with the process, and
the next worker that starts removes what nobody holds.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = "goldseam-scratch-"
_REMOVALS = 40


@contextmanager
def own_scratch() -> Iterator[Path]:
    """Put every temporary file of this process into one directory, until the context ends; sweep first."""
    sweep()
    before = tempfile.tempdir
    place, lock = _made()
    tempfile.tempdir = str(place)
    try:
        yield place
    finally:
        tempfile.tempdir = before
        _remove(place)
        os.close(lock)


def sweep() -> int:
    """Remove the directories of processes that are gone; return how many there were."""
    found = [place for place in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*") if _is_left(place)]
    for place in found:
        shutil.rmtree(place, ignore_errors=True)
    return len(found)


def _remove(place: Path) -> None:
    """Remove a directory that a stage which was handed back may still write into for a moment."""
    for _ in range(_REMOVALS):
        shutil.rmtree(place, ignore_errors=True)
        if not place.exists():
            return
        time.sleep(0.05)


def _made() -> tuple[Path, int]:
    while True:
        place = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        lock = _locked(place)
        if lock is not None and place.exists():
            return place, lock
        # A worker of another process namespace swept it before it was locked.
        if lock is not None:
            os.close(lock)


def _is_left(place: Path) -> bool:
    """Say whether it is ours and nobody's: its maker is gone, and so is the lock."""
    with suppress(OSError):
        if place.lstat().st_uid != os.getuid() or place.is_symlink():
            return False
        maker = place.name.removeprefix(_PREFIX).partition("-")[0]
        if maker.isdigit() and int(maker) != os.getpid() and _lives(maker):
            return False
        lock = _locked(place)
        if lock is not None:
            os.close(lock)
            return True
    return False


def _lives(process: str) -> bool:
    """Say whether a process runs; one that is dead and not yet waited for does not."""
    try:
        stat = Path("/proc", process, "stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[:1] not in (["Z"], ["X"])


def _locked(place: Path) -> int | None:
    try:
        descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
