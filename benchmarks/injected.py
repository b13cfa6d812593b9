"""The set `injected`: slips drawn by a seed, put into packages whose own tests notice them."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import environment
from benchmarks.cases import UNUSABLE, Case, NoCase, split, unpacked, whole
from benchmarks.catalogue import SLIPPED, Host
from benchmarks.problems import problem_of
from benchmarks.sets import Entry, Half, Problem, half_of
from benchmarks.slips import KINDS, Place, Slip, places, slip
from benchmarks.source import Source
from benchmarks.suite import Outcomes, command, run_tests
from benchmarks.trees import sources

SLIPS_TRIED = 25
"""Slips that no test notices say nothing; after so many the package is given up."""
_LARGEST_SHARE = 0.3
"""Of the suite that a slip may turn red: more would be noticed before any push."""
_TEST_SECONDS = 20.0
ASIDE = ("docs/", "doc/", "setup.py", "conftest.py", "examples/", "scripts/", "build/", "benchmarks/", "tools/")
"""What comes with a package and is no part of it."""

SLOTS = 3
"""Cases of each package in each half."""

Wanted = Callable[[str, Place], bool]


@dataclass(frozen=True, slots=True)
class Draw:
    """Which slip of a package is meant: the same name and filter give the same one."""

    name: str
    """Of the order of the slips and of the tree; without white space."""
    wanted: Wanted = lambda _path, _place: True
    """Says of a path and a place whether a slip may be made there."""


def entries(half: Half, seed: int) -> Sequence[Entry]:
    """Return the cases of a half; no function that one half changes is changed in the other."""
    return [_entry(host, half, seed, slot) for slot in range(SLOTS) for host in SLIPPED]


def slipped_package(host: Host, draw: Draw, seed: int, cache: Path) -> Case:
    """Make the tree of the first drawn slip that counts; NoCase when there is none or the package cannot be had."""
    try:
        return _slipped_package(host, draw, seed, cache)
    except UNUSABLE as error:
        raise NoCase(str(error)) from error


def drawn(tree: Path, tests: Sequence[str], draw: Draw) -> Iterator[tuple[str, Slip]]:
    """Yield slips in an order that only the draw's name decides: the kind by its weight first, then the place."""
    chance = random.Random(draw.name)
    texts = {path: Source(text) for path, text in _parsed(tree, tests)}
    by_kind: dict[str, list[tuple[str, Place]]] = {kind: [] for kind in KINDS}
    for path, source in texts.items():
        for place in places(source):
            if draw.wanted(path, place):
                by_kind[place.kind].append((path, place))
    while left := [kind for kind, found in by_kind.items() if found]:
        (kind,) = chance.choices(left, [KINDS[kind][0] for kind in left])
        path, place = by_kind[kind].pop(chance.randrange(len(by_kind[kind])))
        made = slip(texts[path], place)
        if made is not None:
            yield path, made


def draw_of(host: Host, half: Half, seed: int, slot: int) -> Draw:
    """Return which slip of a package stands in a slot of a half."""

    def wanted(path: str, place: Place) -> bool:
        mine = half_of(f"{host.package}:{path}:{place.function}") == half
        return mine and _number(f"{path}:{place}") % SLOTS == slot

    return Draw(f"{seed}-{half}-{host.package}-{slot}", wanted)


def noticed(whole_suite: Outcomes, broken: Outcomes) -> tuple[str, ...]:
    """Return the tests that a slip turned red; none when it broke collection, hung, or broke a large part."""
    failing = sorted(broken.failed & whole_suite.passed)
    gone = whole_suite.passed - broken.passed - broken.failed
    if not broken.complete or gone or len(failing) > _LARGEST_SHARE * len(whole_suite.passed):
        return ()
    return tuple(failing)


def _entry(host: Host, half: Half, seed: int, slot: int) -> Entry:
    def make(cache: Path) -> Problem:
        return problem_of(slipped_package(host, draw_of(host, half, seed, slot), seed, cache), cache)

    return Entry(f"{host.package} {host.version} {half} {slot}", host.package, make)


def _number(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)


def _slipped_package(host: Host, draw: Draw, seed: int, cache: Path) -> Case:
    truth = unpacked(host.package, host.version, cache)
    python = environment.environment(host.package, host.version, host.extra, cache / "environments")
    suite = run_tests(truth, python, command(host.tests), cache / "runs")
    if not suite.complete or not suite.passed:
        raise NoCase(f"The suite of {host.package} {host.version} does not run here: {suite.tail[-200:]}")
    for number, (path, one) in enumerate(drawn(truth, host.tests, draw)):
        if number == SLIPS_TRIED:
            break
        tree = cache / "trees" / f"{host.package}-{host.version}-slip-{draw.name}-{number}"
        make = partial(_slipped, truth, path, one)
        failing = _remembered(host, path, one, cache, partial(_tried, make, tree, host, python, suite, cache))
        if failing:
            if not tree.exists():
                whole(tree, make)
            seen, held = split(failing, suite.failed | suite.passed, seed)
            bug = f"{host.version}, {one.kind} in {one.function}: `{_short(one.was)}` → `{_short(one.now)}`"
            return Case(host.package, bug, "injected", tree, truth, host.tests, python, seen, held)
    raise NoCase(f"None of {SLIPS_TRIED} slips drawn for {host.package} was noticed by a small part of its tests.")


def _remembered(host: Host, path: str, one: Slip, cache: Path, ask: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    """Return the tests that notice a slip; asked once, so that slips which do not count cost nothing the next time."""
    key = hashlib.sha256(f"{path}\0{one.text}\0{host}".encode()).hexdigest()[:24]
    kept = cache / "slips" / f"{host.package}-{host.version}" / f"{key}.json"
    if kept.exists():
        return tuple(json.loads(kept.read_text()))
    failing = ask()
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(failing))
    return failing


def _tried(
    make: Callable[[Path], None], tree: Path, host: Host, python: Path, suite: Outcomes, cache: Path
) -> tuple[str, ...]:
    """Run the suite over a slip, as far as it can count, and remove the tree when it does not."""
    if not tree.exists():
        whole(tree, make)
    most = int(_LARGEST_SHARE * len(suite.passed)) + len(suite.failed) + 1
    wall = 30 + _TEST_SECONDS + 4 * suite.seconds
    # The limit on failures is no part of what a repair is given to run.
    bounded = f"{command(host.tests)} --maxfail={most}"
    failing = noticed(suite, run_tests(tree, python, bounded, cache / "runs", wall=wall, test_seconds=_TEST_SECONDS))
    if not failing:
        shutil.rmtree(tree)
    return failing


def _parsed(tree: Path, tests: Sequence[str]) -> Iterator[tuple[str, str]]:
    for path in sources(tree, tests):
        if not path.startswith(ASIDE) and not any(part in {"test", "tests"} for part in path.split("/")):
            yield path, (tree / path).read_bytes().decode()


def _slipped(truth: Path, path: str, one: Slip, place: Path) -> None:
    shutil.copytree(truth, place)
    (place / path).write_bytes(one.text.encode())


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:37]}..."
