"""A patch as the gates see it: each edited file before and after, and what is new in it."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from fixers.checks.source import Source, read
from fixers.model import FileEdit


@dataclass(frozen=True, slots=True)
class Marker:
    """Something a gate counts in a text."""

    kind: str
    """What it is, in words that finish "adds …"; equal kinds in one scope are interchangeable."""
    scope: str
    line: int


Find = Callable[[Source], Iterable[Marker]]


@dataclass(frozen=True, slots=True)
class Change:
    """One edited Python file; `before` is None when the old text does not parse, `after` likewise."""

    path: str
    edit: FileEdit
    before: Source | None
    after: Source | None

    def added(self, find: Find) -> Iterator[Marker]:
        """Yield what `find` sees more often after than before, counted by kind and scope.

        Where the old text does not parse there is nothing to count, so every
        marker on a line that the patch wrote is new.
        """
        if self.after is None:
            return
        if self.before is None:
            written = _written_lines(self.edit)
            yield from (marker for marker in find(self.after) if marker.line in written)
            return
        known = Counter((marker.kind, marker.scope) for marker in find(self.before))
        for marker in find(self.after):
            key = (marker.kind, marker.scope)
            if known[key] > 0:
                known[key] -= 1
            else:
                yield marker

    def removed(self, find: Find) -> Iterator[Marker]:
        """Yield what `find` sees more often before than after, counted by kind and scope."""
        if self.before is None or self.after is None:
            return
        left = Counter((marker.kind, marker.scope) for marker in find(self.after))
        for marker in find(self.before):
            key = (marker.kind, marker.scope)
            if left[key] > 0:
                left[key] -= 1
            else:
                yield marker


def changes(edits: Sequence[FileEdit]) -> tuple[Change, ...]:
    """Read the Python files among `edits`."""
    return tuple(
        Change(edit.path, edit, read(edit.before), read(edit.after))
        for edit in edits
        if edit.path.endswith((".py", ".pyi"))
    )


def added_sentences(changed: Iterable[Change], *finders: Find) -> list[str]:
    """Say in words, one item a finding, what the patch adds."""
    sentences: list[str] = []
    for change in changed:
        if change.after is None:
            sentences.append(f"{change.path} does not parse after the patch, so it cannot be judged")
            continue
        for find in finders:
            sentences += [f"{change.path}:{marker.line} adds {marker.kind}" for marker in change.added(find)]
    return sentences


def removed_sentences(changed: Iterable[Change], find: Find) -> list[str]:
    """Say in words what the patch takes away; lines are those of the old text."""
    return [f"{item.path}:{marker.line} removes {marker.kind}" for item in changed for marker in item.removed(find)]


def _written_lines(edit: FileEdit) -> set[int]:
    matcher = difflib.SequenceMatcher(None, edit.before.splitlines(), edit.after.splitlines(), autojunk=False)
    return {
        line + 1
        for tag, _, _, first, last in matcher.get_opcodes()
        if tag in {"replace", "insert"}
        for line in range(first, last)
    }
