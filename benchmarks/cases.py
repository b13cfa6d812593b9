"""From an entry of the catalogue to a broken tree, the tests that show it, and the truth."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from benchmarks import archive, environment, index
from benchmarks.catalogue import Host, Item, Release
from benchmarks.slips import MAKERS, Slip, slips
from benchmarks.suite import Outcomes, command, run_tests
from benchmarks.trees import sources, transplant

_Maker = Callable[[Path], None]
SLIPS_TRIED = 25
"""Slips that no test notices say nothing; after so many the package is given up."""
_LARGEST_SHARE = 0.3
"""Of the suite that a slip may turn red: more would be noticed before any push."""
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


def case_of(item: Item, seed: int, cache: Path) -> Case:
    """Make the tree of an entry; the same seed and cache give the same tree. NoCase when it cannot be had."""
    try:
        if isinstance(item, Release):
            return _real(item, seed, cache)
        return _injected(item, seed, cache)
    except (index.NotFetched, archive.BadArchive, environment.NotInstalled) as error:
        raise NoCase(str(error)) from error


def split(failing: Sequence[str], suite: Collection[str], seed: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Share failing tests out: what the repair may see, and a quarter held back; of three or fewer, none is.

    pytest deselects by prefix, so an id with which another id of the suite begins is always shown.
    """
    eligible = [test for test in sorted(failing) if not any(t != test and t.startswith(test) for t in suite)]
    random.Random(seed).shuffle(eligible)
    held = frozenset(eligible[: len(failing) // _HELD_BACK])
    return tuple(t for t in sorted(failing) if t not in held), tuple(sorted(held))


def _real(release: Release, seed: int, cache: Path) -> Case:
    before = _unpacked(release.package, release.before, cache)
    after = _unpacked(release.package, release.after, cache)
    python = environment.environment(release.package, release.after, release.extra, cache / "environments")
    tree = cache / "trees" / f"{release.package}-{release.before}-under-{release.after}"
    if not tree.exists():
        _whole(tree, lambda place: transplant(before, after, release.tests, place))
    fixed = run_tests(after, python, command(release.tests), cache / "runs")
    broken = run_tests(tree, python, command(release.tests), cache / "runs")
    failing = sorted(
        test for test in broken.failed & fixed.passed if not release.only or any(o in test for o in release.only)
    )
    if not failing:
        raise NoCase(f"No test of {release.after} fails on {release.before} and passes on {release.after} here.")
    seen, held = split(failing, broken.failed | broken.passed, seed)
    bug = f"{release.before} → {release.after}: {release.about}"
    return Case(release.package, bug, "real", tree, after, release.tests, python, seen, held)


def _injected(host: Host, seed: int, cache: Path) -> Case:
    truth = _unpacked(host.package, host.version, cache)
    python = environment.environment(host.package, host.version, host.extra, cache / "environments")
    whole = run_tests(truth, python, command(host.tests), cache / "runs")
    if not whole.complete or not whole.passed:
        raise NoCase(f"The suite of {host.package} {host.version} does not run here: {whole.tail[-200:]}")
    for number, (path, slip) in enumerate(drawn(truth, host.tests, f"{seed} {host.package}")):
        if number == SLIPS_TRIED:
            break
        tree = cache / "trees" / f"{host.package}-{host.version}-slip-{seed}-{number}"
        if not tree.exists():
            _whole(tree, partial(_slipped, truth, path, slip))
        failing = noticed(whole, run_tests(tree, python, command(host.tests), cache / "runs"))
        if failing:
            seen, held = split(failing, whole.failed | whole.passed, seed)
            bug = f"{host.version}, {slip.kind} in {slip.function}: `{_short(slip.was)}` → `{_short(slip.now)}`"
            return Case(host.package, bug, "injected", tree, truth, host.tests, python, seen, held)
    raise NoCase(f"None of {SLIPS_TRIED} slips drawn for {host.package} was noticed by a small part of its tests.")


def drawn(tree: Path, tests: Sequence[str], seed: str) -> Iterator[tuple[str, Slip]]:
    """Yield slips in an order that only the seed decides: first the kind is drawn, then the place."""
    draw = random.Random(seed)
    by_kind: dict[str, list[tuple[str, Slip]]] = {kind: [] for kind in MAKERS}
    for path in sources(tree, tests):
        if not path.startswith(("docs/", "setup.py", "examples/", "scripts/", "build/")):
            for slip in slips((tree / path).read_text()):
                by_kind[slip.kind].append((path, slip))
    while any(by_kind.values()):
        kind = draw.choice([k for k, found in by_kind.items() if found])
        yield by_kind[kind].pop(draw.randrange(len(by_kind[kind])))


def noticed(whole: Outcomes, broken: Outcomes) -> tuple[str, ...]:
    """Return the tests that a slip turned red; none when it broke collection, hung, or broke a large part."""
    failing = sorted(broken.failed & whole.passed)
    gone = whole.passed - broken.passed - broken.failed
    if not broken.complete or gone or len(failing) > _LARGEST_SHARE * len(whole.passed):
        return ()
    return tuple(failing)


def _unpacked(package: str, version: str, cache: Path) -> Path:
    tree = cache / "trees" / f"{package}-{version}"
    if not tree.exists():
        source = index.fetch(package, version, cache / "sdists")
        _whole(tree, lambda place: archive.unpack(source, place))
    return tree


def _whole(tree: Path, make: _Maker) -> None:
    """Make a tree beside its place and move it there, so that an interrupted run leaves no half."""
    unfinished = tree.with_name(f".{tree.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    make(unfinished)
    unfinished.replace(tree)


def _slipped(truth: Path, path: str, slip: Slip, place: Path) -> None:
    shutil.copytree(truth, place)
    (place / path).write_bytes(slip.text.encode())


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:37]}..."
