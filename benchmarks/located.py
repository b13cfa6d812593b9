"""The table and the summary of a localization run, as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.table import wilson
from benchmarks.truth import Rank

if TYPE_CHECKING:
    from benchmarks.localize import Row

TOPS = (1, 3, 5, 10)
TARGETS = {1: 0.55, 5: 0.80}
"""Shares of real bugs whose true function stands in the first so many."""
FASTER = 20.0
"""How many times faster than the peer."""
TOOLS = ("goldseam", "Ochiai", "Dstar")


def report(rows: Sequence[Row]) -> str:
    """Return the rows, then shares in the first 1, 3, 5 and 10, times with their ratio, and one line a target."""
    return "\n".join([*_table(rows), "", *_summary(rows), "", *_targets(rows)])


def _table(rows: Sequence[Row]) -> Iterator[str]:
    head = ("package", "kind", "function: goldseam, Ochiai, DStar", "statement", "cpu s (peer)")
    yield "{:<16} {:<8} {:<34} {:<18} {:<14} bug".format(*head)
    for row in rows:
        if row.missing:
            yield f"{row.package:<16} {row.kind:<8} {row.missing[:120]}"
            continue
        functions, statements = (
            " ".join(f"{_place(ranks.get(tool)):>5}" for tool in TOOLS) for ranks in (row.functions, row.statements)
        )
        yield f"{row.package:<16} {row.kind:<8} {functions:<34} {statements:<18} {_times(row):<14} {row.bug}"
        if row.peer_failed:
            yield f"    FauxPy gave no list: {row.peer_failed[:200]}"
        if row.why:
            yield f"    {'; '.join(row.why)}"
        if row.first:
            yield f"    first instead: {row.first}"


def _summary(rows: Sequence[Row]) -> Iterator[str]:
    for kind in ("real", "injected"):
        mine = [row for row in rows if row.kind == kind and "goldseam" in row.functions]
        for what in ("functions", "statements"):
            for tool in TOOLS:
                ranks = [getattr(row, what)[tool] for row in mine if tool in getattr(row, what)]
                if ranks:
                    yield f"{kind} {what} {tool}: {_shares(ranks)}, of {len(ranks)}"
    ratios = _ratios(rows)
    if ratios:
        yield f"FauxPy's time over ours, processor seconds: median {median(ratios):.1f}, least {min(ratios):.1f}"


def _targets(rows: Sequence[Row]) -> Iterator[str]:
    real = [row for row in rows if row.kind == "real" and "goldseam" in row.functions]
    for top, share in TARGETS.items():
        hits = sum(_in(row.functions["goldseam"], top) for row in real)
        low, high = wilson(hits, len(real))
        got = hits / len(real) if real else 0.0
        yield (
            f"true function in the top {top}, real: {got:.0%} ({low:.0%} to {high:.0%}) of {len(real)}, "
            f"wanted {share:.0%}: {_met(got >= share)}"
        )
    compared = [row for row in real if "Ochiai" in row.functions]
    if compared:
        mine, *peers = (sum(_in(row.functions[tool], 1) for row in compared) for tool in TOOLS)
        said = f"more often first than FauxPy, real: {mine} to {max(peers)} of {len(compared)}"
        yield f"{said}: {_met(mine > max(peers))}"
    ratios = _ratios(rows)
    if ratios:
        yield f"{FASTER:g} times faster than FauxPy: {median(ratios):.1f}: {_met(median(ratios) >= FASTER)}"


def _ratios(rows: Sequence[Row]) -> list[float]:
    pairs = [(row.spent.get("fauxpy function"), row.spent.get("goldseam")) for row in rows]
    return [peer.cpu / mine.cpu for peer, mine in pairs if peer and mine and mine.cpu]


def _shares(ranks: Sequence[Rank]) -> str:
    return ", ".join(f"top {top} {sum(_in(rank, top) for rank in ranks) / len(ranks):.0%}" for top in TOPS)


def _in(rank: Rank, top: int) -> bool:
    return 0 < rank.listed <= top


def _place(rank: Rank | None) -> str:
    return "-" if rank is None else str(rank.listed or "none")


def _times(row: Row) -> str:
    mine, peer = row.spent.get("goldseam"), row.spent.get("fauxpy function")
    return f"{mine.cpu:.1f}" + (f" ({peer.cpu:.1f})" if peer else "") if mine else ""


def _met(met: bool) -> str:
    return "met" if met else "not met"
