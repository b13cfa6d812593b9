"""Files that building a project writes into its tree: `_version.py`, compiled modules.

An editable install imports from the tree, so without them the project would not
import. Only Python files and compiled modules count, and only where the tree has none.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from tasks.sandbox.export import LEFT_OUT

_SUFFIXES = (".py", ".pyi", ".so")
_BUILD_DIRECTORIES = frozenset({"build", "dist", "target", "_skbuild", "site-packages"})
_LARGEST = 64 << 20
_MOST = 1000


def keep_generated(built: Path, tree: Path, store: Path) -> None:
    """Copy into `store` what stands in `built`, the copy a build worked in, and not in `tree`."""
    new = [path for path in _modules(built) if not os.path.lexists(tree / path)]
    for path in new[:_MOST]:
        content = _content(built / path)
        if content is not None:
            (store / path).parent.mkdir(parents=True, exist_ok=True)
            (store / path).write_bytes(content)


def lay_generated(store: Path, tree: Path) -> tuple[str, ...]:
    """Copy kept files into an exported tree and return their paths; nothing that stands there is replaced.

    A directory that is a link in the tree is not written through: it may lead outside.
    """
    laid: list[str] = []
    for path in sorted(_modules(store)):
        parent = tree / path.parent
        if os.path.lexists(tree / path) or not parent.is_dir() or parent.resolve() != tree.resolve() / path.parent:
            continue
        (tree / path).write_bytes((store / path).read_bytes())
        laid.append(path.as_posix())
    return tuple(laid)


def _modules(root: Path) -> Iterator[Path]:
    for folder, directories, names in os.walk(root, followlinks=False):
        directories[:] = [
            name
            for name in directories
            if name not in LEFT_OUT | _BUILD_DIRECTORIES and not name.endswith((".egg-info", ".dist-info"))
        ]
        for name in names:
            if name.endswith(_SUFFIXES):
                yield (Path(folder) / name).relative_to(root)


def _content(path: Path) -> bytes | None:
    """Read a regular file; the build that made it was a stranger's, so no link is followed and no device opened."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as stream:
        found = os.fstat(stream.fileno())
        return stream.read() if stat.S_ISREG(found.st_mode) and found.st_size <= _LARGEST else None
