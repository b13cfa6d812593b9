"""`make bench-spine`: repair bugs of published packages and verify each proof.

Sources come from the package index when this runs and stay under `.cache/bench`;
a second run fetches and installs nothing. Patches stay there too: they quote code that
is not ours, and results are committed, so these hold digests. The exit code is 0 when
nothing is left unexplained: each row has a status, and each `fixed` row a proof that holds.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from benchmarks.cases import Case, NoCase
from benchmarks.catalogue import ITEMS, Item, Release
from benchmarks.injected import Draw, slipped_package
from benchmarks.machine import ROOT, machine
from benchmarks.real import released_bug
from benchmarks.repair import Row, repair
from benchmarks.table import summary, table
from fixers.patch import digest


@click.command()
@click.option("--only", multiple=True, metavar="PACKAGE", help="Measure this package; may be repeated.")
@click.option("--seed", default=20261122, show_default=True, help="Of the slips, the held-back tests and the repair.")
@click.option("--budget", default=60.0, show_default=True, help="Seconds of search for each bug.")
@click.option("--list", "listing", is_flag=True, help="Print the entries and stop.")
@click.option("--cache", default=ROOT / ".cache" / "bench", show_default=True, type=click.Path(path_type=Path))
@click.option("--results", default=ROOT / "benchmarks" / "results", type=click.Path(path_type=Path))
def main(*, only: tuple[str, ...], seed: int, budget: float, listing: bool, cache: Path, results: Path) -> None:
    """Repair real and injected bugs of published packages, and verify each proof."""
    items = [item for item in ITEMS if not only or item.package in only]
    if not items:
        raise click.UsageError(f"No entry is called {', '.join(only)}. Type --list to see them.")
    if listing:
        for item in items:
            click.echo(_described(item))
        return
    click.echo(f"seed {seed}, {budget:g} s of search for each of {len(items)} bugs")
    facts = {"seed": seed, "budget_seconds": budget, **machine()}
    target = (cache if only else results) / f"spine-{datetime.now(UTC):%Y-%m-%d}.json"
    patches = cache / "patches" / target.stem
    rows: list[Row] = []
    for number, item in enumerate(items, 1):
        rows.append(measure(item, seed=seed, budget=budget, cache=cache))
        # After each row, so that an interrupted run leaves what it has.
        write(rows, target, {**facts, "entries": len(items)})
        last = rows[-1]
        keep_patch(last, patches / f"{ITEMS.index(item) + 1:02}-{last.package}.patch")
        click.echo(
            f"[{number}/{len(items)}] {last.package}: {last.status} {last.reason} {last.seconds:.0f} s", err=True
        )
    click.echo(table(rows))
    click.echo()
    click.echo(summary(rows))
    click.echo(f"written to {os.path.relpath(target)}, patches to {os.path.relpath(patches)}")
    sys.exit(1 if unexplained(rows) else 0)


def measure(item: Item, *, seed: int, budget: float, cache: Path) -> Row:
    """Return the row of one entry; an entry that gives no bug here is a row as well."""
    try:
        case = case_of(item, seed, cache)
    except NoCase as error:
        kind = "real" if isinstance(item, Release) else "injected"
        return Row(item.package, _described(item), kind, "no case", sentence=str(error))
    return repair(case, budget=budget, seed=seed, cache=cache)


def case_of(item: Item, seed: int, cache: Path) -> Case:
    """Make the tree of an entry; the same seed and cache give the same tree. NoCase when it cannot be had."""
    if isinstance(item, Release):
        return released_bug(item, seed, cache)
    return slipped_package(item, Draw(f"{seed}-{item.package}"), seed, cache)


def unexplained(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that end without a reason, and fixes whose proof does not hold."""
    return [
        row
        for row in rows
        if row.status in {"hang", "error"}
        or (row.status == "fixed" and row.verified != "holds")
        or (row.status == "declined" and not (row.reason and row.sentence))
    ]


def write(rows: Sequence[Row], target: Path, facts: dict[str, Any]) -> None:
    """Write the rows and what is needed to compare them with another run, whole or not at all; no patch."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".fresh")
    document = {**facts, "rows": [_without_patch(row) for row in rows]}
    fresh.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    fresh.replace(target)


def keep_patch(row: Row, file: Path) -> None:
    """Write the patch of a row, or all that it offered; a row without one leaves no file, an older run's neither."""
    if row.patch:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(row.patch)
    else:
        file.unlink(missing_ok=True)


def _without_patch(row: Row) -> dict[str, Any]:
    fields = asdict(row)
    patch = fields.pop("patch")
    return {**fields, "patch_digest": digest(patch) if patch else ""}


def _described(item: Item) -> str:
    if isinstance(item, Release):
        return f"{item.package} {item.before} → {item.after}: {item.about}"
    return f"{item.package} {item.version}: a slip drawn by the seed"


if __name__ == "__main__":
    main()
