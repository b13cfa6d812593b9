"""The environment in which the target's tests run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Start:
    """How the project's own test command starts its interpreter."""

    options: tuple[str, ...] = ()
    """Of the interpreter: `-X`, `dev`, `-bb`."""
    variables: tuple[tuple[str, str], ...] = ()
    """What the command sets before it."""


PLAIN = Start()


@dataclass(frozen=True, slots=True)
class Target:
    """A tree and the interpreter that can run its tests."""

    tree: Path
    """Plain files, exported from the checkout; read by us, never written after export."""
    mount: str
    """Where the tree stands inside the sandbox."""
    python: Path
    read_only: tuple[Path, ...]
    """What the interpreter needs to see: its prefix, its base prefix, the virtual environment."""
    source_roots: tuple[str, ...]
    """Relative directories put first on the import path."""
    pytest_args: tuple[str, ...]
    """What the project's own test command passes to pytest: paths and options."""
    python_version: str
    packages: Mapping[str, str]
    """Installed distributions: normalized name to version."""
    provenance: str
    """In words: "given with --python", "made by uv from pyproject.toml [test]"."""
    start: Start = PLAIN

    @property
    def python_release(self) -> tuple[int, int]:
        """Major and minor number of the interpreter; of one that is not named so, 3.12."""
        major, minor, *_ = (*self.python_version.split("."), "12")
        return int(major), int(minor)
