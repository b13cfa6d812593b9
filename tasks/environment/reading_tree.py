"""The files of a tree that say how it is installed and tested; no link is followed."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

# Sources of compiled modules are among them: an environment holds what was built from them.
_SAYING = re.compile(
    r"^(pyproject\.toml|setup\.(cfg|py)|tox\.ini|noxfile\.py|\.?pytest\.ini|\.python-version|Pipfile|uv\.lock|"
    r".*\.(pyx|pxd|pxi|c|cc|cpp|cxx|h|hpp|rs)|Cargo\.(toml|lock)|CMakeLists\.txt|meson\.build|"
    r"[^/]*(requirements|constraints)[^/]*\.(txt|in)|requirements?/[^/]+\.(txt|in)|\.github/workflows/[^/]+\.ya?ml|"
    r"\.pre-commit-config\.yaml)$"
)
_SKIPPED = frozenset({".git", "node_modules", ".tox", ".nox", ".venv", "venv", "__pycache__", "site-packages"})
_LARGEST = 4 << 20
_MOST = 50_000


def read_tree(tree: Path) -> dict[str, str]:
    """Map POSIX paths to texts: whole for files that say something, empty for the Python modules.

    At most 50,000 names are looked at, and no file above 4 MiB is read.
    """
    return {path: _text(tree / path) if _SAYING.match(path) else "" for path in _paths(tree)}


def _paths(tree: Path) -> Iterator[str]:
    seen = 0
    for folder, directories, names in os.walk(tree, followlinks=False):
        directories[:] = sorted(name for name in directories if name not in _SKIPPED)
        for name in sorted(names):
            seen += 1
            if seen > _MOST:
                return
            path = (Path(folder) / name).relative_to(tree).as_posix()
            if path.endswith(".py") or _SAYING.match(path):
                yield path


def _text(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ""
    with os.fdopen(descriptor, "rb") as stream:
        found = os.fstat(stream.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
            return ""
        return stream.read(_LARGEST).decode(errors="replace")
