"""`make bench-throughput`: candidates for each second of processor time, beside other ways to try a change.

One slip is drawn into one module of each package, one file of its tests shows it, and the
search tries its edits there, as in a repair: making them, screening them and the closer
look at what passes all count. Beside it, on the same machine in the same run: a lean
pytest process for each candidate, and mutants by mutmut and cosmic-ray of the same module
under the same file of tests, their start-up left out. Processor seconds, because machines are
loaded; a mutant of theirs must be killed by tests that all passed before, ours passes
tests that failed: both run tests until the first that fails.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import click

from benchmarks import archive, environment, index
from benchmarks.injected import noticed
from benchmarks.machine import ROOT, machine
from benchmarks.peers import cosmic_ray, lean_pytest, mutmut
from benchmarks.rate import Memory, NoRate, Rate
from benchmarks.slips import MODULE, Slip, places, slip
from benchmarks.source import Source
from benchmarks.suite import command, run_tests
from fixers.engine import run_localize, run_reproduce
from fixers.evidence import Observed
from fixers.hunt import Hunt
from fixers.localize.spectrum import read_spectrum
from fixers.progress import Silent
from fixers.repair import search
from fixers.runner.servers import fork_evaluator
from tasks.prepare import Wishes, prepare
from tasks.sandbox.choose import sandbox

PEERS = ("pytest>=8,<9", "mutmut>=3,<4", "cosmic-ray>=8,<9")
TIMES_LEAN = 400
"""What is asked for: so many times a lean pytest process for each candidate."""
MEMORY = 1 << 30
_SLIPS = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """A package, one module of it that gets a slip, and the tests of that module."""

    package: str
    version: str
    module: str
    test: str
    source_root: str = "."


ENTRIES = (
    Entry("boltons", "26.2.0", "boltons/iterutils.py", "tests/test_iterutils.py"),
    Entry("humanize", "4.17.0", "src/humanize/number.py", "tests/test_number.py", "src"),
    Entry("sqlparse", "0.6.1", "sqlparse/engine/grouping.py", "tests/test_grouping.py"),
    Entry("toolz", "1.2.0", "toolz/itertoolz.py", "toolz/tests/test_itertoolz.py"),
    Entry("more-itertools", "10.7.0", "more_itertools/recipes.py", "tests/test_recipes.py"),
)


@dataclass(frozen=True, slots=True)
class Broken:
    """A tree with a slip that its tests show."""

    tree: Path
    sound: Path
    python: Path
    failing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One package."""

    package: str
    ours: Rate
    judging: float
    """Candidates for each processor second of the processes that run tests, without making the candidates."""
    lean: Rate
    mutmut: Rate | None
    cosmic_ray: Rate | None
    failing: int
    notes: tuple[str, ...] = ()

    @property
    def times_lean(self) -> float:
        """How many lean pytest processes one of our candidates is worth."""
        return self.ours.per_cpu_second / self.lean.per_cpu_second

    @property
    def ahead(self) -> bool:
        """Whether we are ahead of every peer that ran."""
        peers = [rate.per_cpu_second for rate in (self.mutmut, self.cosmic_ray) if rate]
        return bool(peers) and self.ours.per_cpu_second > max(peers)


@click.command()
@click.option("--only", multiple=True, metavar="PACKAGE", help="Measure this package; may be repeated.")
@click.option("--seed", default=20261130, show_default=True)
@click.option("--candidates", default=4000, show_default=True, help="Of our search, for each package.")
@click.option("--seconds", default=30.0, show_default=True, help="For each other program, after its start.")
@click.option("--cache", default=ROOT / ".cache" / "bench", show_default=True, type=click.Path(path_type=Path))
@click.option("--results", default=ROOT / "benchmarks" / "results", type=click.Path(path_type=Path))
def main(*, only: tuple[str, ...], seed: int, candidates: int, seconds: float, cache: Path, results: Path) -> None:
    """Measure throughput on five packages, beside a lean pytest, mutmut and cosmic-ray."""
    entries = [entry for entry in ENTRIES if not only or entry.package in only]
    peers = _peers(cache)
    versions = _versions(peers)
    click.echo(", ".join(f"{name} {version}" for name, version in versions.items()))
    rows: list[Row] = []
    target = (cache if only else results) / f"throughput-{datetime.now(UTC):%Y-%m-%d}.json"
    facts = {"seed": seed, "candidates": candidates, "versions": versions, **machine()}
    target.parent.mkdir(parents=True, exist_ok=True)
    for entry in entries:
        try:
            broken = broken_by_a_slip(entry, seed, cache)
            rows.append(_measure(entry, broken, peers, cache, candidates=candidates, seconds=seconds))
        except NoRate as error:
            click.echo(f"{entry.package}: {error}")
            continue
        click.echo(line(rows[-1]))
        target.write_text(json.dumps({**facts, "rows": [asdict(row) for row in rows]}, indent=1) + "\n")
    if not rows:
        raise click.ClickException("No package could be measured.")
    for verdict in verdicts(rows):
        click.echo(verdict)
    click.echo(f"written to {os.path.relpath(target)}")


def broken_by_a_slip(entry: Entry, seed: int, cache: Path) -> Broken:
    """Draw a slip into the module that its tests notice; the same seed draws the same."""
    sound = cache / "trees" / f"{entry.package}-{entry.version}"
    if not sound.exists():
        archive.unpack(index.fetch(entry.package, entry.version, cache / "sdists"), sound)
    python = environment.environment(entry.package, entry.version, (), cache / "environments")
    whole = run_tests(sound, python, command((entry.test,)), cache / "runs")
    if not whole.complete or not whole.passed:
        raise NoRate(f"The tests of {entry.package} {entry.version} do not run here: {whole.tail[-200:]}")
    for number, one in enumerate(_drawn((sound / entry.module).read_text(), f"{seed} {entry.package}")):
        tree = cache / "trees" / f"{entry.package}-{entry.version}-throughput-{seed}-{number}"
        if not tree.exists():
            subprocess.run(["cp", "-a", sound, tree], check=True)
            (tree / entry.module).write_bytes(one.text.encode())
        failing = noticed(whole, run_tests(tree, python, command((entry.test,)), cache / "runs"))
        if failing:
            return Broken(tree, sound, python, failing)
    raise NoRate(f"None of {_SLIPS} slips in {entry.module} of {entry.package} was noticed by {entry.test}.")


def _drawn(text: str, name: str) -> Iterator[Slip]:
    """Yield slips within functions in an order that only the name decides."""
    source = Source(text)
    found = [place for place in places(source) if place.function != MODULE]
    random.Random(name).shuffle(found)
    made = (slip(source, place) for place in found)
    return islice((one for one in made if one is not None), _SLIPS)


def _measure(entry: Entry, broken: Broken, peers: Path, cache: Path, *, candidates: int, seconds: float) -> Row:
    ours, judging, notes = our_rate(entry, broken, cache, candidates)
    lean = lean_pytest(broken.tree, broken.python, entry.source_root, broken.failing[:50])
    scratch = cache / "peers" / entry.package
    rates: dict[str, Rate | None] = {}
    for name, run in (("mutmut", mutmut), ("cosmic-ray", cosmic_ray)):
        try:
            rates[name] = run(broken.sound, peers, entry.module, entry.test, scratch, seconds=seconds)
        except (NoRate, subprocess.CalledProcessError, OSError) as error:
            rates[name] = None
            notes += (f"{name}: {error}",)
    return Row(entry.package, ours, judging, lean, rates["mutmut"], rates["cosmic-ray"], len(broken.failing), notes)


def our_rate(entry: Entry, broken: Broken, cache: Path, candidates: int) -> tuple[Rate, float, tuple[str, ...]]:
    """Search as a repair does, and return the rate of the whole, and of its judging alone."""
    wishes = Wishes(python=broken.python, test_command=("python", "-m", "pytest", entry.test))
    request = prepare(broken.tree, mount=str(broken.tree), cache=cache / "unused", wishes=wishes)
    box = sandbox()
    observed = run_reproduce(request, box)
    if not isinstance(observed, Observed):
        raise NoRate(f"The slip in {entry.package} is not reproduced: {observed}")
    localized = run_localize(request, observed, box)
    failing = tuple(sorted(observed.reproduction.failing, key=lambda test: observed.durations.get(test, 0.0)))
    memory = Memory()
    with fork_evaluator(
        request.target,
        box,
        request.project,
        tests=tuple(observed.outcomes),
        rootdir=observed.rootdir,
        jobs=2,
        wall=3.0,
        durations=observed.durations,
    ) as servers:
        hunt = Hunt(
            project=request.project,
            evaluator=servers,
            spectrum=read_spectrum(localized.spectrum, failing),
            failing=failing,
            passing=frozenset(i for i, outcome in observed.outcomes.items() if outcome == "passed"),
            progress=Silent(),
            deadline=time.monotonic() + 3600,
            budget_candidates=candidates,
        )
        cpu, wall = time.process_time(), time.monotonic()
        with memory:
            search(hunt, localized.suspects, observed.failures, ())
        wall, cpu = time.monotonic() - wall, time.process_time() - cpu
        judging = servers.zygote.cpu_seconds + (servers.collected.cpu_seconds if servers.collected else 0.0)
        note = servers.why_not_screened()
    rate = Rate(hunt.validated, cpu + judging, wall, memory.peak)
    return rate, hunt.validated / judging, (f"not screened in one process: {note}",) if note else ()


def line(row: Row) -> str:
    """Say one package's rates in a line."""
    peers = [f"{name} {rate.per_cpu_second:.1f}" if rate else f"{name} -" for name, rate in _named(row)]
    return (
        f"{row.package:<15} ours {row.ours.per_cpu_second:7.0f}/CPU s ({row.judging:.0f} judging alone, "
        f"{row.ours.per_second:.0f}/s, {row.ours.peak_bytes >> 20} MB)   lean pytest {row.lean.per_cpu_second:.2f}   "
        f"{'   '.join(peers)}   = {row.times_lean:.0f} x lean"
    )


def verdicts(rows: Sequence[Row]) -> list[str]:
    """Say of each target whether it is met."""
    slowest = min(rows, key=lambda row: row.times_lean)
    largest = max(rows, key=lambda row: row.ours.peak_bytes)
    behind = [row.package for row in rows if not row.ahead]
    return [
        f"at least {TIMES_LEAN} x a lean pytest process: "
        + _met(slowest.times_lean >= TIMES_LEAN, f"{slowest.package} {slowest.times_lean:.0f} x"),
        "ahead of mutmut and cosmic-ray: " + _met(not behind, f"not on {', '.join(behind)}"),
        f"at most {MEMORY >> 20} MB: "
        + _met(largest.ours.peak_bytes <= MEMORY, f"{largest.package} {largest.ours.peak_bytes >> 20} MB"),
    ]


def _met(met: bool, worst: str) -> str:
    return f"met ({worst})" if met and worst[:3] != "not" else "met" if met else f"missed: {worst}"


def _named(row: Row) -> tuple[tuple[str, Rate | None], ...]:
    return ("mutmut", row.mutmut), ("cosmic-ray", row.cosmic_ray)


def _peers(cache: Path) -> Path:
    home = cache / "peers" / "environment"
    if not (home / "done").exists():
        environment.run_uv(["venv", "-q", "--clear", "--python", sys.executable, str(home)])
        environment.run_uv(["pip", "install", "-q", "--python", str(home / "bin" / "python"), *PEERS])
        (home / "done").touch()
    return home / "bin" / "python"


def _versions(python: Path) -> dict[str, Any]:
    names = [peer.partition(">")[0] for peer in PEERS]
    script = f"import importlib.metadata as m; print(*(m.version(n) for n in {names!r}))"
    ran = subprocess.run([python, "-c", script], capture_output=True, text=True, check=True)
    return dict(zip(names, ran.stdout.split(), strict=True))


if __name__ == "__main__":
    main()
