"""`make bench-engine`: the sets, the engine on each case, and one line a target: met, or short by how much.

What is fetched and made stays in the cache; a second run fetches and installs nothing. Cases are
run in an order that the seed draws, one set after the other in turns, so that a run which is
stopped early has measured a fair sample. Results are written after each row and hold no patch.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, cast, get_args

import click

from app.cli.fix import fix
from benchmarks.attempt import Row, Search, attempt
from benchmarks.machine import ROOT, machine
from benchmarks.sets import Entry, Half, NoCase
from benchmarks.targets import scores, target_lines

SETS = {
    "injected": "benchmarks.injected",
    "real": "benchmarks.real",
    "classes": "benchmarks.classes",
    "impossible": "benchmarks.impossible",
}
"""Modules that offer `entries`, as `benchmarks.sets` says."""


@click.command()
@click.option("--set", "names", multiple=True, type=click.Choice(list(SETS)), help="May be repeated; all by default.")
@click.option("--half", type=click.Choice(get_args(Half)), default="report", show_default=True)
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Of each set, so many cases that the seed draws.")
@click.option("--minutes", type=click.FloatRange(0), help="Begin no further case after so long.")
@click.option("--only", multiple=True, metavar="PACKAGE", help="Measure this package; may be repeated.")
@click.option("--seed", default=20261122, show_default=True, help="Of the slips, the held-back tests and the search.")
@click.option("--budget", default=60.0, show_default=True, help="Seconds of search for each case.")
@click.option("--candidates", type=click.IntRange(1), metavar="N", help="Candidates that a search may use.")
@click.option("--resume", is_flag=True, help="Go on with the newest results that were begun alike.")
@click.option("--list", "listing", is_flag=True, help="Print the cases and stop.")
@click.option("--make", "making", is_flag=True, help="Fetch, install and choose the cases, and stop.")
@click.option("--cache", default=ROOT / ".cache" / "bench", show_default=True, type=click.Path(path_type=Path))
@click.option("--results", default=ROOT / "benchmarks" / "results", type=click.Path(path_type=Path))
def main(**given: Any) -> None:
    """Repair the cases of the sets, judge every proposal, and say which targets are met."""
    seed, half = given["seed"], cast("Half", given["half"])
    names = given["names"] or tuple(name for name, module in SETS.items() if find_spec(module))
    chosen = {name: _entries(name, half, seed, given["only"], given["sample"]) for name in names}
    if not any(chosen.values()):
        raise click.UsageError("No case is called so. Type --list to see them.")
    if given["listing"] or given["making"]:
        _show(chosen, given["cache"], make=given["making"])
        return
    search = Search(seed, given["budget"], _candidates(given["candidates"]))
    facts = {
        "half": half,
        "seed": seed,
        "budget_seconds": search.seconds,
        "budget_candidates": search.candidates,
        "sample": given["sample"],
        "planned": {name: len(entries) for name, entries in chosen.items()},
    }
    target, rows = _begun(given["results"], facts, resume=given["resume"])
    rows = run(chosen, search, rows=rows, target=target, facts=facts, cache=given["cache"], minutes=given["minutes"])
    click.echo(
        f"seed {seed}, {half} half, {search.seconds:g} s and {search.candidates or 'any number of'} candidates a case"
    )
    click.echo(scores(rows, facts["planned"]))
    click.echo()
    click.echo(target_lines(rows, names))
    click.echo(f"written to {os.path.relpath(target)}")
    sys.exit(1 if any(row.status in {"hang", "error"} for row in rows) else 0)


def run(
    chosen: dict[str, Sequence[Entry]],
    search: Search,
    *,
    rows: Sequence[Row],
    target: Path,
    facts: dict[str, Any],
    cache: Path,
    minutes: float | None,
) -> list[Row]:
    """Measure what has no row yet, and write all rows after each."""
    done = {(row.set, row.name): row for row in rows}
    began = time.monotonic()
    found = list(rows)
    everything = {**facts, **machine()}
    for name, entry in _in_turns(chosen):
        if (name, entry.name) in done:
            continue
        if minutes is not None and time.monotonic() - began > 60 * minutes:
            break
        row, patches = attempt(name, entry, search, cache)
        found.append(row)
        write(found, target, everything)
        _keep(patches, cache / "patches" / target.stem / f"{name}-{entry.name.replace(' ', '-')}.patch")
        said = row.right or ",".join(row.offered)
        click.echo(
            f"[{len(found)}] {name} {entry.name}: {row.status} {row.reason} {said} {row.seconds:.0f} s", err=True
        )
    return found


def write(rows: Sequence[Row], target: Path, facts: dict[str, Any]) -> None:
    """Write the rows and what is needed to compare them with another run, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".fresh")
    document = {**facts, "rows": [row.document() for row in rows]}
    fresh.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    fresh.replace(target)


def _entries(name: str, half: Half, seed: int, only: Sequence[str], sample: int | None) -> Sequence[Entry]:
    """Return cases of a set in the order in which they are run."""
    entries = [e for e in importlib.import_module(SETS[name]).entries(half, seed) if not only or e.package in only]
    random.Random(f"{seed} {name}").shuffle(entries)
    return entries[:sample]


def _in_turns(chosen: dict[str, Sequence[Entry]]) -> Iterator[tuple[str, Entry]]:
    columns = [[(name, entry) for entry in entries] for name, entries in chosen.items()]
    return (one for one in chain.from_iterable(zip_longest(*columns)) if one is not None)


def _candidates(wanted: int | None) -> int | None:
    known = {name for parameter in fix.params for name in parameter.opts}
    if wanted is not None and "--budget-candidates" not in known:
        raise click.UsageError("This version of `goldseam fix` has no --budget-candidates. Leave --candidates out.")
    return wanted


def _begun(results: Path, facts: dict[str, Any], *, resume: bool) -> tuple[Path, list[Row]]:
    """Return the file to write and the rows that it holds already; a run of the same day is not written over."""
    if resume:
        for file in sorted(results.glob("engine-*.json"), key=lambda f: f.stat().st_mtime, reverse=True):
            document = json.loads(file.read_text())
            if all(document.get(name) == fact for name, fact in facts.items()):
                return file, [Row.of(row) for row in document["rows"]]
    day = f"engine-{datetime.now(UTC):%Y-%m-%d}"
    numbers = ("", *(f"-{number}" for number in range(2, 1000)))
    return next(f for n in numbers if not (f := results / f"{day}{n}.json").exists()), []


def _show(chosen: dict[str, Sequence[Entry]], cache: Path, *, make: bool) -> None:
    for name, entry in _in_turns(chosen):
        said = f"{name} {entry.name}"
        if make:
            began = time.monotonic()
            try:
                said += f": {entry.make(cache).about}"
            except NoCase as error:
                said += f": no case, {error}"
            said += f" ({time.monotonic() - began:.0f} s)"
        click.echo(said)


def _keep(patches: Sequence[str], file: Path) -> None:
    """Write the patches of a row; a row without one leaves no file, an older run's neither."""
    if patches:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(patches))
    else:
        file.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
