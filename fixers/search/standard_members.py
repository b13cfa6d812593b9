"""What modules of the standard library offer that only compute: what an import that nothing uses may have been for."""

from __future__ import annotations

import functools
import importlib

_COMPUTING = frozenset({
    "base64", "binascii", "bisect", "calendar", "cmath", "colorsys", "copy", "difflib", "fnmatch", "functools",
    "heapq", "html", "inspect", "itertools", "json", "keyword", "math", "operator", "posixpath", "re", "shlex",
    "statistics", "string", "struct", "textwrap", "unicodedata", "urllib.parse", "zlib",
})  # fmt: skip
"""Modules that are safe to import and to look into: importing them does nothing else."""


@functools.cache
def callables_of(module: str) -> tuple[str, ...]:
    """Return the public functions and classes of a module that only computes; none of any other module."""
    if module not in _COMPUTING:
        return ()
    held = vars(importlib.import_module(module))
    exported = held.get("__all__", sorted(held))
    return tuple(name for name in exported if not name.startswith("_") and _is_own(held.get(name), module))


def _is_own(thing: object, module: str) -> bool:
    return callable(thing) and getattr(thing, "__module__", None) in {module, f"_{module}", None}
