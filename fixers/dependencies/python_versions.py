"""Which Python versions a project says that it requires."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

_REQUIRED = re.compile(r"python_requires\s*=\s*[\"']?(?P<versions>[^\"'\n]+)")


def is_supported(tree: Path, version: tuple[int, int]) -> bool:
    """Say whether a version is not too old for what a project requires, as installers read it.

    Classifiers only describe, so they are not asked. A project that says nothing supports every version: it may be
    meant to run where it runs. One newer than what is stated counts as supported, since to make it so is a repair.
    """
    manifest = _text(tree / "pyproject.toml")
    others = _text(tree / "setup.cfg") + _text(tree / "setup.py")
    required = _required(manifest) or next((m["versions"] for m in _REQUIRED.finditer(others)), "")
    try:
        stated = SpecifierSet(required.strip())
    except InvalidSpecifier:
        return True
    return any(stated.contains(f"3.{minor}.99") for minor in range(version[1] + 1))


def _required(manifest: str) -> str:
    try:
        project = tomllib.loads(manifest).get("project", {})
    except tomllib.TOMLDecodeError:
        return ""
    required = project.get("requires-python", "") if isinstance(project, dict) else ""
    return required if isinstance(required, str) else ""


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() and not path.is_symlink() else ""
