"""`make bench-agreement`: whether all evaluators say the same of random edits of five published packages.

The slips are those of `benchmarks.throughput`. The exit code is 1 when any evaluator
loses a repair: says that a variant fails which passes in a clean process.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from benchmarks.agreement import Agreement, agree
from benchmarks.machine import ROOT, machine
from benchmarks.throughput import ENTRIES, Entry, broken_by_a_slip
from fixers.project import read_project
from tasks.prepare import Wishes, prepare
from tasks.sandbox.choose import sandbox


@click.command()
@click.option("--only", multiple=True, metavar="PACKAGE", help="Measure this package; may be repeated.")
@click.option("--seed", default=20261130, show_default=True)
@click.option("--number", default=500, show_default=True, help="Variants of each package.")
@click.option("--clean", default=100, show_default=True, help="Of them that a clean process judges, whatever is said.")
@click.option("--cache", default=ROOT / ".cache" / "bench", show_default=True, type=click.Path(path_type=Path))
@click.option("--results", default=ROOT / "benchmarks" / "results", type=click.Path(path_type=Path))
def main(*, only: tuple[str, ...], seed: int, number: int, clean: int, cache: Path, results: Path) -> None:
    """Judge random variants of five packages by every evaluator, and compare."""
    rows: dict[str, Agreement] = {}
    target = (cache if only else results) / f"agreement-{datetime.now(UTC):%Y-%m-%d}.json"
    facts = {"seed": seed, "number": number, "clean": clean, **machine()}
    for entry in (entry for entry in ENTRIES if not only or entry.package in only):
        began = time.monotonic()
        rows[entry.package] = found = agreement_on(entry, seed, cache, number=number, clean=clean)
        click.echo(f"{entry.package} ({time.monotonic() - began:.0f} s)\n{told(found)}")
        target.parent.mkdir(parents=True, exist_ok=True)
        documents = {name: _without_texts(row) for name, row in rows.items()}
        target.write_text(json.dumps({**facts, "rows": documents}, indent=1) + "\n")
    click.echo(f"written to {os.path.relpath(target)}")
    sys.exit(1 if any(sum(row.lost.values()) for row in rows.values()) else 0)


def agreement_on(entry: Entry, seed: int, cache: Path, *, number: int, clean: int) -> Agreement:
    """Compare the evaluators on one package with a slip."""
    broken = broken_by_a_slip(entry, seed, cache)
    wishes = Wishes(python=broken.python, test_command=("python", "-m", "pytest", entry.test))
    request = prepare(broken.tree, mount=str(broken.tree), cache=cache / "unused", wishes=wishes)
    right = read_project(broken.sound, request.target.source_roots)
    return agree(request.target, request.project, right, sandbox(), number=number, clean=clean, seed=seed)


def told(found: Agreement) -> str:
    """Say it in a line for each evaluator, and each difference."""
    lines = [f"  {found.variants} variants, as the surest says: {_counts(found.outcomes)}"]
    for name, judged in found.judged.items():
        if name in found.checked:
            lines.append(
                f"  {name:<17} judged {judged}, {found.checked[name]} checked: {found.lost.get(name, 0)} lost, "
                f"{found.let_pass.get(name, 0)} let pass, {found.otherwise.get(name, 0)} otherwise; "
                f"unchanged code {'as before' if found.identity[name] else 'NOT as before'}"
            )
    lines += [f"  {d.path}:{d.line} {d.edit}: {d.truth}, but {dict(d.said)}" for d in found.differences]
    return "\n".join(lines)


def _counts(outcomes: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in outcomes.items())


def _without_texts(found: Agreement) -> dict[str, object]:
    """Leave out what quotes code that is not ours."""
    document = found.document
    document["differences"] = [{**d, "edit": "", "truth": d["truth"].split(" ")[0]} for d in document["differences"]]
    for difference in document["differences"]:
        difference["said"] = {name: text.split(" ")[0] for name, text in difference["said"].items()}
    return document


if __name__ == "__main__":
    main()
