"""What each channel of localization is worth: rankings recomputed from kept probe runs under other weights.

    python -m benchmarks.weigh          # measure the weights in force
    python -m benchmarks.weigh --fit    # and look for better ones

Only the development halves are looked at: weights are fitted on slips, real bugs are shown
beside. One step changes one weight, so that a gain by chance stays small.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import click

from benchmarks.bugs import Bug, real_bugs, slips
from benchmarks.cases import NoCase
from benchmarks.localize import function_entries, localized_by_us
from benchmarks.machine import ROOT
from benchmarks.truth import Rank, rank_of, spans_of, truth_of
from fixers.evidence import Localized, Observed
from fixers.localize.groups import group_failures
from fixers.localize.rank import rank
from fixers.localize.spectrum import read_spectrum
from fixers.localize.weights import Weights
from fixers.project import read_project

STEPS = (0.0, 0.5, 0.75, 1.5, 2.0)
"""Multiples of a weight that are tried."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How well some weights rank; higher is better, each between 0 and 1."""

    function_first: float
    function_five: float
    function_reciprocal: float
    statement_reciprocal: float
    of: int

    @property
    def worth(self) -> float:
        """One figure to compare by: functions and statements alike, by reciprocal rank."""
        return self.function_reciprocal + self.statement_reciprocal


class Sample:
    """One case with what its probed run said."""

    def __init__(self, bug: Bug, cache: Path) -> None:
        self.case = bug.make(cache)
        self.truth = truth_of(self.case)
        observed, localized = _kept(self.case.tree.name, cache / "probed") or self._probed(cache)
        self.project = read_project(self.case.tree, (".",))
        self.failures = observed.failures
        self.spectrum = read_spectrum(localized.spectrum, observed.reproduction.failing)
        self.groups = group_failures(observed.failures, observed.reproduction.failing)
        self.spans = {path: spans_of(path, text) for path, text in self.project.files.items() if _parses(text, path)}

    def ranks(self, weights: Weights) -> tuple[Rank, Rank]:
        """Return the places of the true function and statement."""
        suspects = rank(self.project, self.spectrum, self.failures, groups=self.groups, weights=weights)
        statements = [((s.path, s.line, s.end_line), s.score) for s in suspects]
        return (
            rank_of(function_entries(suspects, self.spans), lambda entry: self.truth.holds(*entry)),
            rank_of(statements, lambda entry: self.truth.touches(*entry)),
        )

    def _probed(self, cache: Path) -> tuple[Observed, Localized]:
        found, _ = localized_by_us(self.case, cache)
        if isinstance(found, str):
            raise NoCase(found)
        observed, localized = found
        place = cache / "probed"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{self.case.tree.name}.observed.json").write_text(observed.model_dump_json())
        (place / f"{self.case.tree.name}.localized.json").write_text(localized.model_dump_json())
        return observed, localized


@click.command()
@click.option("--seed", default=20261122, show_default=True, help="Of the slips.")
@click.option("--slots", default=1, show_default=True, help="Slips of each package.")
@click.option("--sample", default=0, help="Take the first so many slips only.")
@click.option("--fit", is_flag=True, help="Change one weight at a time while that helps.")
@click.option("--real/--no-real", default=True, show_default=True, help="Show the real bugs beside.")
@click.option("--cache", default=ROOT / ".cache" / "bench", show_default=True, type=click.Path(path_type=Path))
def main(*, seed: int, slots: int, sample: int, fit: bool, real: bool, cache: Path) -> None:
    """Measure the weights in force, each channel left out, and, when asked, better ones."""
    held = list(samples(real_bugs(("development",), 0), cache)) if real else []
    mine = list(samples(slips("development", seed, slots)[: sample or None], cache))
    show("in force", Weights(), mine, held)
    for field in fields(Weights):
        show(f"without {field.name}", replace(Weights(), **{field.name: 0.0}), mine, held)
    if fit:
        best = fitted(Weights(), mine)
        show(str(best), best, mine, held)


def samples(bugs: Sequence[Bug], cache: Path) -> Iterator[Sample]:
    """Yield what can be had, each once."""
    for bug in bugs:
        try:
            sample = Sample(bug, cache)
        except NoCase as error:
            click.echo(f"{bug.item.package}: {error}", err=True)
            continue
        if sample.truth.spans:
            click.echo(f"{sample.case.package}: {sample.case.bug}", err=True)
            yield sample


def figures(weights: Weights, sample: Sequence[Sample]) -> Figures:
    """Rank every case under some weights."""
    ranks = [s.ranks(weights) for s in sample]
    functions, statements = [f.listed for f, _ in ranks], [s.mean for _, s in ranks]
    size = max(len(ranks), 1)
    return Figures(
        sum(place == 1 for place in functions) / size,
        sum(0 < place <= 5 for place in functions) / size,
        sum(1 / place for place in functions if place) / size,
        sum(1 / place for place in statements if place) / size,
        len(ranks),
    )


def fitted(weights: Weights, sample: Sequence[Sample]) -> Weights:
    """Change one weight at a time, to the step that helps most, until none helps."""
    best = figures(weights, sample).worth
    while True:
        tried = [
            replace(weights, **{field.name: round(getattr(weights, field.name) * step, 3)})
            for field in fields(weights)
            if field.name != "coverage"  # the unit in which the others are measured
            for step in STEPS
        ]
        worths = [figures(one, sample).worth for one in tried]
        if max(worths) <= best + 1e-6:
            return weights
        best = max(worths)
        weights = tried[worths.index(best)]
        click.echo(f"{best:.3f} {weights}", err=True)


def show(name: str, weights: Weights, mine: Sequence[Sample], held: Sequence[Sample]) -> None:
    """Print one line."""
    parts = [f"{kind} {_line(figures(weights, some))}" for kind, some in (("slips", mine), ("real", held)) if some]
    click.echo(f"{name:<20} {'   '.join(parts)}")


def _line(found: Figures) -> str:
    return (
        f"({found.of}) function top 1 {found.function_first:.0%} top 5 {found.function_five:.0%} "
        f"1/rank {found.function_reciprocal:.3f}, statement 1/rank {found.statement_reciprocal:.3f}"
    )


def _kept(name: str, place: Path) -> tuple[Observed, Localized] | None:
    files = place / f"{name}.observed.json", place / f"{name}.localized.json"
    if not all(file.exists() for file in files):
        return None
    return Observed.model_validate_json(files[0].read_text()), Localized.model_validate_json(files[1].read_text())


def _parses(text: str, path: str) -> bool:
    try:
        spans_of(path, text)
    except (SyntaxError, ValueError):
        return False
    return True


if __name__ == "__main__":
    main()
