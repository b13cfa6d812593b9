"""What a mirror knows of a commit: the lines that it changed, and which files were changed lately."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from fixers import patch as patches
from tasks.workspace.git import Credential, GitFailed, UnsafeObjects, checked_sha
from tasks.workspace.mirror import Mirror

COMMITS = 20
"""How far back a change still tells something."""


@dataclass(frozen=True, slots=True)
class Past:
    """Facts about a commit's past; empty where there are none, or none could be had."""

    changed: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """Python file to the lines, as they are now, that differ from the first parent."""
    ages: Mapping[str, int] = field(default_factory=dict)
    """Python file to the number of commits since it was last changed; 0 is this commit."""


def past_of(mirror: Mirror, sha: str, credential: Credential | None = None) -> Past:
    """Fetch the first parent of a fetched commit and compare; never fails, as a repair can do without."""
    try:
        ages = _ages(mirror, checked_sha(sha))
        parent = _parent(mirror, sha)
        if parent is None:
            return Past(ages=ages)
        mirror.fetch(parent, credential)
        return Past(changed_lines(mirror, parent, sha), ages)
    except (GitFailed, UnsafeObjects, patches.PatchDoesNotApply):
        return Past()


def changed_lines(mirror: Mirror, base: str, head: str) -> dict[str, frozenset[int]]:
    """Return the lines of `head` that differ from `base`, by Python file; of a deletion the lines around it."""
    out = _git(
        mirror, "diff-tree", "-r", "-p", "-U0", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color",
        "--ignore-submodules=all", "--end-of-options", checked_sha(base), checked_sha(head), "--", "*.py",
    )  # fmt: skip
    return patches.changed_lines(os.fsdecode(out))


def _ages(mirror: Mirror, sha: str) -> dict[str, int]:
    out = _git(
        mirror, "log", "-z", f"--max-count={COMMITS}", "--first-parent", "-m", "--name-only", "--no-renames",
        "--format=%x01", "--end-of-options", sha, "--",
    )  # fmt: skip
    ages: dict[str, int] = {}
    for age, names in enumerate(out.split(b"\x01")[1:]):
        for name in names.strip(b"\0\n").split(b"\0"):
            path = os.fsdecode(name.strip(b"\n"))
            if path.endswith(".py"):
                ages.setdefault(path, age)
    return ages


def _parent(mirror: Mirror, sha: str) -> str | None:
    try:
        found = _git(mirror, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{sha}^1")
    except GitFailed:
        return None
    return found.decode().strip() or None


def _git(mirror: Mirror, *arguments: str) -> bytes:
    return mirror.git.run(*arguments, git_dir=mirror.directory)
