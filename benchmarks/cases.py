"""A bug with what is known of its right repair, and the trees it is made of."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmarks import archive, environment, index
from benchmarks.suite import command

UNUSABLE = (index.NotFetched, archive.BadArchive, environment.NotInstalled)
"""What can come of fetching and installing; each says why in a sentence."""
_Maker = Callable[[Path], None]
_HELD_BACK = 4
"""One failing test in so many is kept from the repair, to judge it."""


class NoCase(Exception):
    """Raised when an entry gives no usable bug here; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Case:
    """A bug to repair, and what is known about its right repair."""

    package: str
    bug: str
    kind: Literal["real", "injected"]
    tree: Path
    truth: Path
    """The tree after the right repair."""
    tests: tuple[str, ...]
    python: Path
    failing: tuple[str, ...]
    """What the repair is asked for."""
    held_back: tuple[str, ...]
    """Further tests that the bug fails, which the repair does not get to see."""

    @property
    def test_command(self) -> str:
        """What the repair is given to run."""
        return command(self.tests, self.held_back)


def split(failing: Sequence[str], suite: Collection[str], seed: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Share failing tests out: what the repair may see, and a quarter held back; of three or fewer, none is.

    pytest deselects by prefix, so an id with which another id of the suite begins is always shown.
    """
    eligible = [test for test in sorted(failing) if not any(t != test and t.startswith(test) for t in suite)]
    random.Random(seed).shuffle(eligible)
    held = frozenset(eligible[: len(failing) // _HELD_BACK])
    return tuple(t for t in sorted(failing) if t not in held), tuple(sorted(held))


def unpacked(package: str, version: str, cache: Path) -> Path:
    """Return the tree of a version as it was published, fetched when it is not there."""
    tree = cache / "trees" / f"{package}-{version}"
    if not tree.exists():
        source = index.fetch(package, version, cache / "sdists")
        whole(tree, lambda place: archive.unpack(source, place))
    return tree


def whole(tree: Path, make: _Maker) -> None:
    """Make a tree beside its place and move it there, so that an interrupted run leaves no half."""
    unfinished = tree.with_name(f".{tree.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    make(unfinished)
    unfinished.replace(tree)
