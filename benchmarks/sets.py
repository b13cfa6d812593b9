"""What a set of the benchmark is: entries that cost nothing to list, and each of which becomes a problem when asked.

A set is a module with a function

    def entries(half: Half, seed: int) -> Sequence[Entry]

that reads no file and starts nothing, so that a sample can be drawn from it. All that takes time happens in
`Entry.make(cache)`: it fetches, installs and writes below `cache`, finds there what an earlier call made, and ends
in a `Problem` or raises `NoCase` with a sentence. The same seed and cache give the same problem. A set
whose cases were not divided gives the same entries for both halves.

`Problem.judge` is called with each patch that the product proposes: as a fix (`auto`) or among its alternatives
(`offered`). It answers with a `Judgement`; where the only right answer is to abstain, it says `no` to everything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from benchmarks.cases import NoCase
from benchmarks.judge import Judgement

__all__ = ["Entry", "Half", "Judgement", "NoCase", "Problem", "half_of"]

Half = Literal["development", "report"]
"""What may be looked into while the engine is built, and what is only counted."""


def half_of(name: str) -> Half:
    """Return the half that a name falls into, by its digest alone: no seed and nobody's choice plays a part."""
    return "report" if hashlib.sha256(name.encode()).digest()[0] % 2 else "development"


@dataclass(frozen=True, slots=True)
class Problem:
    """A broken tree, how `goldseam fix` is called on it, and who says what is right."""

    about: str
    """What is wrong, in a few words that quote no more than a line of somebody's code."""
    tree: Path
    arguments: tuple[str, ...]
    """Of `goldseam fix TREE`, without budgets, seed and outputs: `--python=…`, `--test-command=…`, `--failing=…`."""
    judge: Callable[[str], Judgement]
    """Asked with a unified diff against `tree`."""
    rank: Callable[[Sequence[dict[str, Any]]], int] | None = None
    """Of a localization as in the product's output: the rank of the true function from 1, 0 when it is not there."""
    held_back: int = 0
    """How many tests the judge knows that the repair does not see."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A case that may not have been made yet."""

    name: str
    """Unique in its set and the same in every run; a row of the results is found again by it."""
    package: str
    make: Callable[[Path], Problem]
    """With the cache's directory. NoCase when the case cannot be had here."""
