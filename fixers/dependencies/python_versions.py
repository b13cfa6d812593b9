"""Which Python versions a project says that it supports."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

_CLASSIFIER = re.compile(r"Programming Language :: Python :: 3\.(?P<minor>\d+)\b")
_REQUIRED = re.compile(r"python_requires\s*=\s*[\"']?(?P<versions>[^\"'\n]+)")


def is_supported(tree: Path, version: tuple[int, int]) -> bool:
    """Say whether a version is not too old for a project, by what it requires, else by its classifiers.

    A project that says nothing supports every version: it may be meant to run where it runs. One that is newer than
    what is stated counts as supported, since to make it so is a repair.
    """
    manifest = _text(tree / "pyproject.toml")
    others = _text(tree / "setup.cfg") + _text(tree / "setup.py")
    required = _required(manifest) or next((m["versions"] for m in _REQUIRED.finditer(others)), "")
    if required:
        try:
            stated = SpecifierSet(required.strip())
            return any(stated.contains(f"3.{minor}.99") for minor in range(version[1] + 1))
        except InvalidSpecifier:
            return True
    minors = [int(found["minor"]) for found in _CLASSIFIER.finditer(manifest + others)]
    return not minors or version >= (3, min(minors))


def _required(manifest: str) -> str:
    try:
        project = tomllib.loads(manifest).get("project", {})
    except tomllib.TOMLDecodeError:
        return ""
    required = project.get("requires-python", "") if isinstance(project, dict) else ""
    return required if isinstance(required, str) else ""


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() and not path.is_symlink() else ""
