"""Where the fault is: the functions and lines of a broken tree that its right repair changes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from benchmarks.cases import Case
from benchmarks.judge import places_of_truth
from benchmarks.slips import MODULE
from benchmarks.source import functions
from benchmarks.trees import changed_sources


@dataclass(frozen=True, slots=True)
class Span:
    """A function of the broken tree."""

    path: str
    name: str
    first: int
    """Line of its first decorator, or of `def`."""
    last: int


@dataclass(frozen=True, slots=True)
class Truth:
    """What a localizer should put first."""

    spans: tuple[Span, ...]
    """Functions that the repair changes and that exist before it."""
    lines: frozenset[tuple[str, int]]
    """Lines that the repair replaces, and those on both sides of what it inserts."""

    def holds(self, path: str, first: int, last: int) -> bool:
        """Say whether a function that a tool names, by its lines, is one of these or inside one."""
        return any(s.path == path and s.first <= first and last <= s.last for s in self.spans)

    def touches(self, path: str, first: int, last: int) -> bool:
        """Say whether a statement that a tool names holds a line of the truth."""
        return any((path, line) in self.lines for line in range(first, last + 1))


def truth_of(case: Case) -> Truth:
    """Compare the broken tree with the repaired one."""
    places = {(path, name) for path, name in places_of_truth(case) if name != MODULE}
    spans: list[Span] = []
    lines: set[tuple[str, int]] = set()
    for path in changed_sources(case.tree, case.truth, case.tests):
        broken, right = ((tree / path).read_text(errors="replace") for tree in (case.tree, case.truth))
        mine = [span for span in spans_of(path, broken) if (path, span.name) in places]
        spans += mine
        changed = changed_lines(broken.split("\n"), right.split("\n"))
        lines |= {(path, n) for n in changed if any(span.first <= n <= span.last for span in mine)}
    return Truth(tuple(spans), frozenset(lines))


def spans_of(path: str, text: str) -> tuple[Span, ...]:
    """Return the functions of a file; what is inside a function belongs to it."""
    return tuple(
        Span(path, name, min([node.lineno, *(d.lineno for d in node.decorator_list)]), node.end_lineno or node.lineno)
        for name, node in functions(ast.parse(text))
    )


def changed_lines(broken: Sequence[str], right: Sequence[str]) -> set[int]:
    """Return the lines of `broken`, from 1, that differ, and the neighbours of what `right` has besides."""
    found: set[int] = set()
    for kind, first, last, _, _ in SequenceMatcher(None, broken, right, autojunk=False).get_opcodes():
        if kind in {"replace", "delete"}:
            found |= set(range(first + 1, last + 1))
        elif kind == "insert":
            found |= {first, first + 1}
    return found - {0}


@dataclass(frozen=True, slots=True)
class Rank:
    """A place in a list, from 1; 0 for nowhere."""

    listed: int
    """As the tool lists it: what a reader meets."""
    mean: float
    """The expected place where equal scores come in random order; the field's usual figure."""


NOWHERE = Rank(0, 0.0)
Entry = tuple[str, int, int]
"""What a tool lists: a path, and the first and the last line of a function or statement."""


def rank_of(entries: Iterable[tuple[Entry, float]], right: Callable[[Entry], bool]) -> Rank:
    """Return the place of the first right entry in a list of entries with scores, best first."""
    items = list(entries)
    hits = [n for n, (entry, _) in enumerate(items) if right(entry)]
    if not hits:
        return NOWHERE
    best = items[hits[0]][1]
    above = sum(1 for _, score in items if score > best)
    tied = [entry for entry, score in items if score == best]
    good = sum(1 for entry in tied if right(entry))
    # The first of `good` right ones among `tied` in random order stands, on average, here.
    return Rank(hits[0] + 1, round(above + (len(tied) + 1) / (good + 1), 2))
