"""`python -m benchmarks.precision RESULTS…`: from judged results to how often each rule was right.

Reads files that `benchmarks.engine` wrote. A row counts where it names its fixers: `fixer`
and `right` for what was proposed, `offered_by` and `offered` for what a person was asked to
choose from. What nobody could judge (`unknown`) counts nowhere.
Writes `fixers/measured.json`, which `goldseam rules` and docs/rules.md show.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from fixers.measured import Measured, Precision, Run
from fixers.rules import all_rules

FILE = Path(__file__).resolve().parent.parent / "fixers" / "measured.json"


@click.command()
@click.argument("results", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", default=FILE, type=click.Path(path_type=Path), help="Instead of the file that is shipped.")
def main(results: tuple[Path, ...], out: Path) -> None:
    """Count what each rule proposed and offered in RESULTS, and how often it was right; earlier counts are replaced."""
    found = precision_of(results)
    if not found.rules:
        raise click.UsageError("No row of these files names its fixer and was judged, so nothing is written.")
    out.write_text(json.dumps(found.model_dump(), indent=1, sort_keys=True) + "\n")
    known = {f"{rule.kind}:{rule.name}" for rule in all_rules()}
    for name, measured in sorted(found.rules.items()):
        click.echo(f"{name:<32} {measured.told()}{'' if name in known else '  (no such rule now)'}")
    click.echo(f"written to {out}; docs/rules.md quotes it: scripts/rules")


@dataclass(slots=True)
class _Count:
    """What one rule did in all files so far."""

    proposed: int = 0
    proposed_right: int = 0
    offered: int = 0
    offered_right: int = 0
    run: Run = field(default_factory=lambda: Run(file="", commit="", date=""))


def precision_of(results: Sequence[Path]) -> Precision:
    """Add up files of results, the oldest first."""
    counts: dict[str, _Count] = defaultdict(_Count)
    runs: list[Run] = []
    documents = [(path, json.loads(path.read_text())) for path in results]
    for path, document in sorted(documents, key=lambda pair: (_date(*pair), pair[0].name)):
        run = Run(file=path.name, commit=str(document.get("commit", "")), date=_date(path, document))
        runs.append(run)
        for fixer, proposed, right in _judged(document.get("rows", ())):
            count = counts[fixer]
            count.run = run
            if proposed:
                count.proposed += 1
                count.proposed_right += right
            else:
                count.offered += 1
                count.offered_right += right
    return Precision(runs=tuple(runs), rules={name: _measured(counts[name]) for name in sorted(counts)})


def _judged(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[str, bool, bool]]:
    """Yield (fixer, whether it was the one proposal, whether it was right) of all that was judged."""
    for row in rows:
        said = [(row.get("fixer", ""), True, row.get("right", ""))] if row.get("status") == "fixed" else []
        offers = zip(row.get("offered_by", ()), row.get("offered", ()), strict=False)
        said += [(fixer, False, right) for fixer, right in offers]
        for fixer, proposed, right in said:
            if fixer and right in {"yes", "no"}:
                yield fixer, proposed, right == "yes"


def _measured(count: _Count) -> Measured:
    return Measured(
        proposed=count.proposed,
        proposed_right=count.proposed_right,
        offered=count.offered,
        offered_right=count.offered_right,
        commit=count.run.commit,
        date=count.run.date,
    )


def _date(path: Path, document: dict[str, Any]) -> str:
    """Return the date of a run, of its name where it does not say (`engine-2026-11-30.json`)."""
    digits = [part for part in path.stem.split("-") if part.isdigit()]
    return str(document.get("date", "")) or "-".join(digits[:3])


if __name__ == "__main__":
    main()
