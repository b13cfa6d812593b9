"""How natural a changed line is among the project's own code (Hindle et al., 2012).

A model of three tokens with a cache for the edited file (Tu et al., 2014). It puts
alternatives in order where nothing better does, and approves nothing.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from fixers.project import Project

_TOKEN = re.compile(
    r"[A-Za-z_]\w*|\d[\w.]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|[<>=!*/+\-|&^%@:]=|\*\*|//|->|\S"
)
_START = "\n"
_LARGEST = 1_500_000
"""Characters read at most, the edited file's and its neighbours' first."""
_WEIGHTS = (0.05, 0.15, 0.3, 0.5)
"""Of an unseen token, one, two and three tokens."""
_CACHE = 0.4
"""Share of the edited file's own habits."""


def tokens(line: str) -> list[str]:
    """Split a line of source; comments are words like others."""
    return _TOKEN.findall(line)


class Habits:
    """Counts of token sequences in some lines."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.counts: tuple[Counter[tuple[str, ...]], ...] = (Counter(), Counter(), Counter())
        self.total = 0
        for line in lines:
            row = tokens(line)
            if row:
                self._add([_START, _START, *row])

    def _add(self, row: Sequence[str]) -> None:
        self.total += len(row) - 2
        for end in range(2, len(row)):
            for size, counts in enumerate(self.counts):
                counts[tuple(row[end - size : end + 1])] += 1
        # What sequences begin with, so that shares can be taken of them.
        self.counts[0][(_START,)] += 1
        self.counts[1][(_START, _START)] += 1

    def likelihood(self, window: Sequence[str]) -> float:
        """Return how likely the last of three tokens is after the two before."""
        one, two, three = (counts[tuple(window[2 - size :])] for size, counts in enumerate(self.counts))
        unseen, *weights = _WEIGHTS
        share = unseen / (self.total + 1000)
        share += weights[0] * one / max(1, self.total)
        share += weights[1] * two / max(1, self.counts[0][(window[1],)])
        return share + weights[2] * three / max(1, self.counts[1][tuple(window[:2])])

    def holds(self, window: Sequence[str]) -> bool:
        """Say whether these three tokens stand somewhere in a row."""
        return self.counts[2][tuple(window)] > 0


class Naturalness:
    """The habits of a project; one edited file at a time is read closely."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._whole: Habits | None = None
        self._own: dict[str, Habits] = {}

    def surprise(self, path: str, before: Sequence[str], after: Sequence[str]) -> float:
        """Return by how many bits a token new lines surprise more than those that they replace."""
        return self._bits(path, after) - self._bits(path, before)

    def price(self, path: str, before: Sequence[str], after: Sequence[str]) -> float:
        """Return how many bits new lines take more than those that they replace."""
        return self._sum(path, after) - self._sum(path, before)

    def reuse(self, path: str, lines: Sequence[str]) -> float:
        """Return which share of the tokens in new lines stands between the same neighbours elsewhere in the file."""
        windows = [window for line in lines for window in _windows(line)]
        own = self._habits(path)
        return sum(own.holds(window) for window in windows) / len(windows) if windows else 0.0

    def _bits(self, path: str, lines: Sequence[str]) -> float:
        return self._sum(path, lines) / max(1, sum(len(tokens(line)) for line in lines))

    def _sum(self, path: str, lines: Sequence[str]) -> float:
        own, whole = self._habits(path), self._all(path)
        return sum(
            -math.log2(_CACHE * own.likelihood(window) + (1 - _CACHE) * whole.likelihood(window))
            for line in lines
            for window in _windows(line)
        )

    def _habits(self, path: str) -> Habits:
        if path not in self._own:
            self._own[path] = Habits(self.project.files[path].splitlines())
        return self._own[path]

    def _all(self, path: str) -> Habits:
        if self._whole is None:
            self._whole = Habits(self._lines(path))
        return self._whole

    def _lines(self, path: str) -> Iterable[str]:
        folder, left = path.rpartition("/")[0], _LARGEST
        for name in sorted(self.project.files, key=lambda name: (not name.startswith(folder), name)):
            text = self.project.files[name]
            left -= len(text)
            if name.endswith(".py") and left > 0:
                yield from text.splitlines()


def _windows(line: str) -> list[tuple[str, str, str]]:
    row = [_START, _START, *tokens(line)]
    return list(zip(row, row[1:], row[2:], strict=False))
