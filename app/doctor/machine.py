"""This machine: the sandbox's layers, programs, room on the disks."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from app.config import Settings
from app.doctor.finding import Finding, good, missing, weaker
from tasks.sandbox.choose import probe

_TEMPORARY = Path("/tmp")  # noqa: S108 - the place where trees are laid out
_LEAST_GIB = 2
_LITTLE_GIB = 10
"""Mirrors and environments of a few repositories."""


def look_at_machine() -> Iterator[Finding]:
    """Look at what every verb needs."""
    for layer in probe():
        yield Finding(name=layer.name, ok=layer.ok, detail=layer.detail, mend=layer.mend, required=layer.required)
    found = shutil.which("git")
    yield good("git", found) if found else missing("git", "not found", "apt-get install git")
    python = ".".join(map(str, sys.version_info[:3]))
    enough = sys.version_info >= (3, 11)
    yield good("Python", python) if enough else missing("Python", python, "apt-get install python3.11")
    yield _room("disk", _TEMPORARY, "temporary files")


def look_at_data(config: Settings) -> Iterator[Finding]:
    """Look at the data directory of a server."""
    folder = config.data_dir.absolute()
    yield _room("data disk", folder, "mirrors, environments and the database")
    if folder.is_dir() and folder.stat().st_mode & 0o077:
        detail = f"{folder} can be read by others"
        yield weaker("data directory", detail, f"chmod 700 {folder}")


def _room(name: str, folder: Path, purpose: str) -> Finding:
    standing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(standing).free >> 30
    detail = f"{free} GiB free for {purpose}"
    if free < _LEAST_GIB:
        return missing(name, detail, f"free some space under {standing}:  du -xh {standing} | sort -h | tail")
    if free < _LITTLE_GIB and folder != _TEMPORARY:
        return weaker(name, detail, f"free some space under {standing}:  du -xh {standing} | sort -h | tail")
    return good(name, detail)
