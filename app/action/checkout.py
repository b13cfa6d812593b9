"""What is checked out, by reading files only: no git runs in a tree that a test run could have prepared."""

from __future__ import annotations

from pathlib import Path

_COMMIT = {40, 64}


def head_of(directory: Path, workspace: Path) -> str:
    """Return the commit that is checked out in or around a directory of the workspace; empty when nobody can tell."""
    for place in (directory, *directory.parents):
        if (place / ".git").is_dir():
            return _head(place / ".git")
        if place == workspace or (place / ".git").exists():
            break
    return ""


def within(directory: Path, workspace: Path) -> str:
    """Return where a directory is in the repository, as a prefix for its paths: empty, or `services/billing/`."""
    for place in (directory, *directory.parents):
        if (place / ".git").is_dir() or place == workspace:
            relative = directory.relative_to(place).as_posix()
            return "" if relative == "." else f"{relative}/"
    return ""


def _head(git: Path) -> str:
    try:
        text = (git / "HEAD").read_text().strip()
        if text.startswith("ref: "):
            text = _resolved(git, text.removeprefix("ref: "))
    except (OSError, UnicodeDecodeError):
        return ""
    return text if len(text) in _COMMIT and set(text) <= set("0123456789abcdef") else ""


def _resolved(git: Path, name: str) -> str:
    loose = git / name
    if ".." not in Path(name).parts and loose.is_file():
        return loose.read_text().strip()
    packed = git / "packed-refs"
    lines = packed.read_text().splitlines() if packed.is_file() else []
    return next((line.split(" ", 1)[0] for line in lines if line.endswith(f" {name}")), "")
