"""`make bench-localize`: where the true function and statement stand in Goldseam's list, and in FauxPy's.

Real bugs and injected slips of published packages; sources come from the package index
and stay under `.cache/bench`. Both tools get the same tree, tests and failing tests and
run in the same sandbox. A row is written as soon as it is measured.
"""

from __future__ import annotations

import json
import random
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import click

from benchmarks.bugs import Bug, Kind, real_bugs, slips
from benchmarks.cases import Case, NoCase
from benchmarks.environment import NotInstalled
from benchmarks.fauxpy import REQUIREMENT, TECHNIQUES, fauxpy_environment, run_fauxpy
from benchmarks.located import report
from benchmarks.machine import ROOT, machine
from benchmarks.sets import Half
from benchmarks.spent import Spent, Timed
from benchmarks.truth import NOWHERE, Entry, Rank, Span, Truth, rank_of, spans_of, truth_of
from fixers.engine import run_localize, run_reproduce
from fixers.evidence import Localized, Observed
from fixers.model import Suspect
from fixers.request import Request
from tasks.prepare import Wishes, prepare
from tasks.sandbox.choose import sandbox


@dataclass(frozen=True, slots=True)
class Row:
    """One case, both tools; what is missing says why."""

    package: str
    bug: str
    kind: str
    failing: int = 0
    groups: int = 0
    functions: dict[str, Rank] = field(default_factory=dict)
    """By tool: place of the first function that the truth changes."""
    statements: dict[str, Rank] = field(default_factory=dict)
    spent: dict[str, Spent] = field(default_factory=dict)
    why: tuple[str, ...] = ()
    """The reasons of the true function's best statement."""
    first: str = ""
    """What stands first instead, where the truth does not."""
    missing: str = ""
    peer_failed: str = ""
    """Why the peer's ranks are not there."""


@click.command()
@click.option("--kind", "kinds", multiple=True, type=click.Choice(get_args(Kind)), help="Both by default.")
@click.option("--only", multiple=True, metavar="PACKAGE", help="Measure this package; may be repeated.")
@click.option("--sample", default=0, help="Measure so many entries, drawn by the seed; 0 for all.")
@click.option("--seed", default=20261122, show_default=True, help="Of the slips, the held-back tests and the sample.")
@click.option("--peer/--no-peer", default=True, show_default=True, help="Run FauxPy beside.")
@click.option("--statements/--no-statements", default=True, show_default=True, help="Run it for statements as well.")
@click.option("--cache", default=ROOT / ".cache" / "bench", show_default=True, type=click.Path(path_type=Path))
@click.option("--results", default=ROOT / "benchmarks" / "results", type=click.Path(path_type=Path))
def main(
    *,
    kinds: tuple[Kind, ...],
    only: tuple[str, ...],
    sample: int,
    seed: int,
    peer: bool,
    statements: bool,
    cache: Path,
    results: Path,
) -> None:
    """Rank the true function and statement of real bugs and injected slips, beside FauxPy.

    Slips are those of the half that is only counted; real bugs are those of both halves.
    """
    every = [*real_bugs(get_args(Half), seed), *slips("report", seed, 1)]
    bugs = [b for b in every if (not kinds or b.kind in kinds) and (not only or b.item.package in only)]
    if not bugs:
        raise click.UsageError(f"No entry is called {', '.join(only)}.")
    if sample:
        drawn = random.Random(seed).sample(bugs, min(sample, len(bugs)))
        bugs = [bug for bug in bugs if bug in drawn]
    target = (cache if only else results) / f"localize-{datetime.now(UTC):%Y-%m-%d}.json"
    facts = {
        "seed": seed,
        "kinds": kinds,
        "only": only,
        "sample": sample,
        "peer": REQUIREMENT if peer else "",
        **machine(),
        "entries": len(bugs),
    }
    granularities = (("function", "statement") if statements else ("function",)) if peer else ()
    rows: list[Row] = []
    for number, bug in enumerate(bugs, 1):
        rows.append(measure(bug, granularities, cache))
        write(rows, target, facts)
        click.echo(f"[{number}/{len(bugs)}] {line_of(rows[-1])}", err=True)
    click.echo(report(rows))
    click.echo(f"written to {target}")


def measure(bug: Bug, granularities: Sequence[str], cache: Path) -> Row:
    """Return the row of one entry; an entry that gives no case here is a row as well."""
    item = bug.item
    try:
        case = bug.make(cache)
    except NoCase as error:
        return Row(item.package, "", bug.kind, missing=str(error))
    truth = truth_of(case)
    if not truth.spans:
        return Row(item.package, case.bug, bug.kind, missing="The repair changes no function.")
    row = ours(case, truth, cache)
    if row.missing or not granularities:
        return row
    try:
        python = fauxpy_environment(item.package, bug.version, item.extra, cache / "peers")
    except NotInstalled as error:
        return Row(**{**_fields(row), "peer_failed": f"It could not be installed: {error}"})
    failed = [beside(row, case, truth, python, granularity, cache) for granularity in granularities]
    return Row(**{**_fields(row), "peer_failed": " ".join(failed).strip()})


def ours(case: Case, truth: Truth, cache: Path) -> Row:
    """Localize as the product does and rank the truth in what it says."""
    found, spent = localized_by_us(case, cache)
    row = Row(case.package, case.bug, case.kind, len(case.failing))
    if isinstance(found, str):
        return Row(**{**_fields(row), "missing": found})
    localized = found[1]
    spans = {path: spans_of(path, (case.tree / path).read_text()) for path in {s.path for s in localized.suspects}}
    functions = function_entries(localized.suspects, spans)
    statements = [((s.path, s.line, s.end_line), s.score) for s in localized.suspects]
    row.functions["goldseam"] = rank_of(functions, lambda entry: truth.holds(*entry))
    row.statements["goldseam"] = rank_of(statements, lambda entry: truth.touches(*entry))
    row.spent.update(spent)
    mine = next((s for s in localized.suspects if truth.holds(s.path, s.line, s.line)), None)
    first = localized.suspects[0] if localized.suspects else None
    other = f"{first.path}:{first.line} {first.function}: {'; '.join(first.reasons)}" if first else "nothing"
    return Row(
        **{
            **_fields(row),
            "groups": len(localized.groups),
            "why": mine.reasons if mine else (),
            "first": "" if row.functions["goldseam"].listed == 1 else other,
        }
    )


def localized_by_us(case: Case, cache: Path) -> tuple[tuple[Observed, Localized] | str, dict[str, Spent]]:
    """Run the first two stages; a sentence where they come to no list."""
    request = request_of(case, cache)
    box = Timed(sandbox())
    observed = run_reproduce(request, box)
    reproducing = box.taken()
    if not isinstance(observed, Observed):
        return f"Not reproduced: {getattr(observed, 'sentence', 'all tests pass')}", {"reproduce": reproducing}
    localized = run_localize(request, observed, box)
    return (observed, localized), {"reproduce": reproducing, "goldseam": box.taken()}


def request_of(case: Case, cache: Path) -> Request:
    """Describe the attempt as `goldseam fix` would."""
    wishes = Wishes(python=case.python, test_command=tuple(shlex.split(case.test_command)), asked=case.failing)
    return prepare(case.tree, mount=str(case.tree), cache=cache / "unused", wishes=wishes)


def function_entries(suspects: Sequence[Suspect], spans: Mapping[str, Sequence[Span]]) -> list[tuple[Entry, float]]:
    """Return the functions in order of their best statement; statements outside functions name none."""
    found: dict[Entry, float] = {}
    for suspect in suspects:
        for span in spans.get(suspect.path, ()):
            if span.first <= suspect.line <= span.last and suspect.function:
                found.setdefault((span.path, span.first, span.last), suspect.score)
    return list(found.items())


def beside(row: Row, case: Case, truth: Truth, python: Path, granularity: str, cache: Path) -> str:
    """Add what FauxPy says of the same case; return why it says nothing."""
    listed = run_fauxpy(case, python, request_of(case, cache).target.source_roots, granularity)
    if listed.why_not:
        return listed.why_not
    by_function = granularity == "function"
    ranks, right = (row.functions, truth.holds) if by_function else (row.statements, truth.touches)
    for technique in TECHNIQUES:
        entries = listed.entries.get(technique, [])
        ranks[technique] = rank_of(entries, lambda entry: right(*entry)) if entries else NOWHERE
    row.spent[f"fauxpy {granularity}"] = listed.spent
    return ""


def line_of(row: Row) -> str:
    """Say in one line what was measured."""
    ranks = ", ".join(f"{tool} {rank.listed}" for tool, rank in row.functions.items())
    return f"{row.package} {row.bug[:60]}: {ranks or row.missing[:100]}"


def write(rows: Sequence[Row], target: Path, facts: dict[str, Any]) -> None:
    """Write all rows so far, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".fresh")
    fresh.write_text(json.dumps({**facts, "rows": [asdict(row) for row in rows]}, indent=1, ensure_ascii=False) + "\n")
    fresh.replace(target)


def _fields(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Row.__slots__}


if __name__ == "__main__":
    main()
