"""Run the fault matrix and keep what it showed: `make faults`.

Cells that ended well at this commit are not run again, so an interrupted run goes on
where it was. Two processes share the work; each has servers of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
from faults_cells import SEEDS, Cell, Fault, Result, matrix, run, sample
from faults_rig import LEASE_SECONDS, bench

from tasks.failpoint import K

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results"
_WORKER = "--share"


@click.command()
@click.option("--jobs", default=2, help="Cells at once.")
@click.option("--seeds", default=SEEDS, help="Variants of each cell.")
@click.option("--point", type=click.Choice([str(k) for k in K]), help="This crash point only.")
@click.option("--few", is_flag=True, help="The cells of `make test` only.")
@click.option("--share", default="", hidden=True, help="I/N: every N-th cell from the I-th on, as one of N.")
def main(jobs: int, seeds: int, point: str | None, few: bool, share: str) -> None:
    """Run every cell of crash points, faults and seeds; exit 1 unless all of them hold."""
    cells = [cell for cell in (sample() if few else matrix(seeds)) if point in {None, str(cell.point)}]
    kept = ROOT / ".cache" / "faults" / f"{_version()}.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # servers that were started are ended then as well
    if share:
        index, count = map(int, share.split("/"))
        _run(cells[index::count], kept)
        return
    words = [
        sys.executable,
        __file__,
        "--seeds",
        str(seeds),
        *(["--point", point] if point else []),
        *(["--few"] if few else []),
    ]
    workers = [subprocess.Popen([*words, _WORKER, f"{n}/{jobs}"]) for n in range(jobs)]
    codes = [worker.wait() for worker in workers]
    if any(codes):
        sys.exit("A process of the matrix broke; what it had is kept, run it again.")
    results = _read(kept)
    found = [results[_key(cell)] for cell in cells]
    click.echo(table(found))
    if point is None and seeds == SEEDS and not few:
        _write(found)
    sys.exit(any(result["why"] for result in found))


def table(found: Sequence[dict[str, object]]) -> str:
    """Return rows of crash points, columns of faults: how many seeds hold, and the sum below."""
    lines = ["".join((f"{'':<17}", *(f"{fault:>17}" for fault in Fault)))]
    for point in K:
        cells = []
        for fault in Fault:
            here = [r for r in found if (r["point"], r["fault"]) == (point, fault)]
            held = sum(not r["why"] for r in here)
            cells.append(f"{f'{held}/{len(here)}' if here else '':>17}")
        lines.append(f"{point:<4}{point.name.lower():<13}" + "".join(cells))
    recovered = sorted(float(str(r["recovered_seconds"])) for r in found if not r["why"])
    held = sum(not r["why"] for r in found)
    lines += ["", f"{held}/{len(found)} cells hold."]
    if recovered:
        middle, worst = recovered[len(recovered) // 2], recovered[-1]
        lines.append(
            f"From the fault to rest: median {middle:.1f} s, longest {worst:.1f} s, "
            f"that is {middle / LEASE_SECONDS:.1f} and {worst / LEASE_SECONDS:.1f} leases of {LEASE_SECONDS:g} s."
        )
    lines += [f"{r['point']} {r['fault']}, seed {r['seed']}: {r['why']}" for r in found if r["why"]]
    return "\n".join(lines)


def _run(cells: Sequence[Cell], kept: Path) -> None:
    done = {key for key, result in _read(kept).items() if not result["why"]}
    with bench() as shared:
        for cell in cells:
            if _key(cell) not in done:
                result = run(cell, shared)
                if result.why:
                    place = kept.parent / "broken" / str(cell).replace(" ", "-")
                    shutil.copytree(shared.directory / "data" / "logs", place, dirs_exist_ok=True)
                with kept.open("a") as file:
                    file.write(json.dumps(_record(result)) + "\n")
                click.echo(f"{'holds' if not result.why else 'BROKE'}  {cell}  {result.why[:300]}")


def _record(result: Result) -> dict[str, object]:
    return {**asdict(result.cell), **{k: v for k, v in asdict(result).items() if k != "cell"}}


def _read(kept: Path) -> dict[tuple[str, str, int], dict[str, object]]:
    """Return the last result of each cell."""
    lines: Iterator[str] = iter(kept.read_text().splitlines()) if kept.exists() else iter(())
    records = [json.loads(line) for line in lines]
    return {(r["point"], r["fault"], r["seed"]): r for r in records}


def _key(cell: Cell) -> tuple[str, str, int]:
    return (str(cell.point), str(cell.fault), cell.seed)


def _version() -> str:
    """Name the code under test: what was seen of other code says nothing of this."""
    words = ["git", "-C", str(ROOT), "rev-parse", "HEAD:app", "HEAD:tasks", "HEAD:fixers", "HEAD:tests/faults"]
    parts = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()
    return "-".join(part[:8] for part in parts)


def _write(found: Sequence[dict[str, object]]) -> None:
    moment = datetime.now(UTC)
    document = {
        "date": f"{moment:%Y-%m-%d}",
        "code": _version(),
        "processors": os.cpu_count(),
        "lease_seconds": LEASE_SECONDS,
        "held": sum(not result["why"] for result in found),
        "cells": len(found),
        "results": found,
    }
    path = RESULTS / f"faults-{moment:%Y-%m-%d}.json"
    path.write_text(json.dumps(document, indent=1) + "\n")
    click.echo(f"Written to {path.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
