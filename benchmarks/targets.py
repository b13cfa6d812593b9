"""What the sets ask of the engine, and one line a target that says whether it is met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.attempt import Row
from benchmarks.table import wilson


@dataclass(frozen=True, slots=True)
class Target:
    """A share of the rows of a set that is asked for."""

    set: str
    what: str
    share: float
    at: Literal["least", "most"]
    hits: Callable[[Row], bool]
    of: Callable[[Row], bool]

    def line(self, rows: Sequence[Row]) -> str:
        """Say what was measured and whether that is enough; `short by` is in points of a per cent."""
        mine = [row for row in rows if row.set == self.set and row.counts and self.of(row)]
        hits = sum(self.hits(row) for row in mine)
        low, high = wilson(hits, len(mine))
        sign = "≥" if self.at == "least" else "≤"
        asked = f"{sign} {100 * self.share:g} %"
        found = (
            f"{hits} of {len(mine)} = {hits / len(mine):.1%} ({low:.0%} to {high:.0%})" if mine else "nothing to count"
        )
        return f"{self.set:<11}{self.what:<32}{found:<36}{asked:<9}{self._said(hits, len(mine))}"

    def _said(self, hits: int, of: int) -> str:
        if not of:
            # Nothing wrong was said where nothing was said at all; any other share of nothing is not reached.
            return "met" if self.at == "most" else "short by everything: no case was run"
        short = self.share - hits / of if self.at == "least" else hits / of - self.share
        return "met" if short <= 0 else f"short by {100 * short:.1f} points"


def _every(_row: Row) -> bool:
    return True


def _right(row: Row) -> bool:
    return row.fixed and row.right == "yes"


def _wrong(row: Row) -> bool:
    return row.fixed and row.right == "no"


def _of_three(name: str, offered: float, auto: float, wrong: float) -> tuple[Target, ...]:
    return (
        Target(name, "truth in ≤ 3 offered", offered, "least", lambda row: row.holds_truth, _every),
        Target(name, "auto and right", auto, "least", _right, _every),
        Target(name, "wrong among auto", wrong, "most", _wrong, lambda row: row.fixed),
    )


TARGETS: tuple[Target, ...] = (
    *_of_three("injected", 0.80, 0.50, 0.01),
    *_of_three("real", 0.35, 0.18, 0.02),
    Target("real", "true function first", 0.55, "least", lambda row: row.rank == 1, lambda row: row.rank is not None),
    Target(
        "real",
        "true function in the first 5",
        0.80,
        "least",
        lambda row: row.rank is not None and 1 <= row.rank <= 5,
        lambda row: row.rank is not None,
    ),
    *_of_three("classes", 0.90, 0.75, 0.005),
    Target("impossible", "proposed as a fix", 0.0, "most", lambda row: row.fixed, _every),
)


def scores(rows: Sequence[Row], planned: dict[str, int]) -> str:
    """Return a line of counts for each set: what was right, wrong, offered and left."""
    return "\n".join(_score_lines(rows, planned))


def target_lines(rows: Sequence[Row], sets: Sequence[str]) -> str:
    """Return the targets of these sets, one a line."""
    return "\n".join(target.line(rows) for target in TARGETS if target.set in sets)


def _score_lines(rows: Sequence[Row], planned: dict[str, int]) -> Iterator[str]:
    head = ("set", "run", "no case", "auto right", "wrong", "unknown", "offered right", "others", "abstained", "failed")
    yield "  ".join([f"{head[0]:<11}", f"{head[1]:<12}", *head[2:]])
    for name, count in planned.items():
        mine = [row for row in rows if row.set == name]
        by_right = Counter(row.right for row in mine if row.fixed)
        rest = [row for row in mine if row.counts and not row.fixed]
        broken = sum(row.status in {"hang", "error"} for row in rest)
        offered = sum(row.holds_truth for row in rest)
        others = sum(bool(row.offered) and not row.holds_truth for row in rest)
        cells = (
            len(mine) - sum(row.counts for row in mine),
            by_right["yes"],
            by_right["no"],
            by_right["unknown"],
            offered,
            others,
            len(rest) - broken - offered - others,
            broken,
        )
        shown = [str(cell).rjust(len(title)) for cell, title in zip(cells, head[2:], strict=True)]
        yield "  ".join([f"{name:<11}", f"{f'{len(mine)} of {count}':<12}", *shown])
