"""What a patch touches, read off the patch itself."""

from __future__ import annotations

from dataclasses import dataclass

from fixers.patch import PatchDoesNotApply, read
from tasks.errors import BadInput


@dataclass(frozen=True, slots=True)
class Change:
    """One file of a patch."""

    paths: tuple[str, ...]
    """Where it stood and where it stands: one path, or two for a rename."""
    lines: int
    """Added and removed together."""
    unusual: tuple[str, ...] = ()
    """What it does besides editing the text of an existing file, in words."""


@dataclass(frozen=True, slots=True)
class PatchFacts:
    """What policy needs to know of a patch."""

    changes: tuple[Change, ...]

    @property
    def lines(self) -> int:
        """Lines added and removed in all files."""
        return sum(change.lines for change in self.changes)


def facts_of(patch: str) -> PatchFacts:
    """Read a unified diff with `a/` and `b/` prefixes; BadInput when it is not one, or is empty.

    By the reader that applies it later: policy decides about the very edits that are published.
    """
    try:
        files = read(patch)
    except PatchDoesNotApply as error:
        raise BadInput(str(error)) from error
    if not files:
        raise BadInput("The patch changes nothing.")
    return PatchFacts(tuple(Change(file.paths, file.count("+-"), file.unusual) for file in files))
