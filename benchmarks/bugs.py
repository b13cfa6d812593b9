"""The bugs that localization is measured on, not made yet: a package, and a way to the broken tree with its truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from benchmarks.cases import Case
from benchmarks.catalogue import SLIPPED, Host, Item
from benchmarks.injected import SLOTS, draw_of, slipped_package
from benchmarks.mined import releases
from benchmarks.real import half_of_release, released_bug
from benchmarks.sets import Half

Kind = Literal["real", "injected"]


@dataclass(frozen=True, slots=True)
class Bug:
    """One entry of a set."""

    kind: Kind
    item: Item
    make: Callable[[Path], Case]
    """Makes it below a cache; raises NoCase when it cannot be had."""

    @property
    def version(self) -> str:
        """Return the release whose environment its tests need."""
        return getattr(self.item, "after", "") or getattr(self.item, "version", "")


def real_bugs(halves: Sequence[Half], seed: int) -> list[Bug]:
    """Return the releases of some halves of the set."""
    mine = [release for release in releases() if half_of_release(release) in halves]
    return [Bug("real", release, partial(released_bug, release, seed)) for release in mine]


def slips(half: Half, seed: int, slots: int = SLOTS) -> list[Bug]:
    """Return the injected slips of a half, so many of each package, one of each package after the other."""
    return [
        Bug("injected", host, partial(_slipped, host, half, seed, slot)) for slot in range(slots) for host in SLIPPED
    ]


def _slipped(host: Host, half: Half, seed: int, slot: int, cache: Path) -> Case:
    return slipped_package(host, draw_of(host, half, seed, slot), seed, cache)
