"""What was measured, side by side, and which figures are held."""

from __future__ import annotations

import statistics
from typing import Any

SHARE = 0.6
"""Of Probot's rate, which stores nothing, to hold with every acknowledgement durable."""
PACED, P99 = 200, 250.0
"""At this rate, a second, this many milliseconds at most for 99 of 100 answers."""
PEER = "probot"


def table(found: dict[str, dict[str, Any]]) -> list[str]:
    """Return the rows side by side."""
    head = f"{'':<22}{'a second':>9}{'CPU us':>8}{'p50':>7}{'p95':>7}{'p99':>7}{'max':>8}   {f'at {PACED}/s: p50':>14}"
    lines = [f"{head}{'p99':>7}{'max':>8}{'errors':>8}{'accepted':>10}{'rows':>8}{'MB':>6}"]
    for name, row in found.items():
        fast, paced = row["fast_ms"], row["paced_ms"]
        lines.append(
            f"{name:<22}{row['rate']:>9}{row['cpu_us']:>8}"
            f"{fast['p50']:>7}{fast['p95']:>7}{fast['p99']:>7}{fast['max']:>8}   "
            f"{paced['p50']:>14}{paced['p99']:>7}{paced['max']:>8}{row['errors']:>8}{row['accepted']:>10}"
            f"{'none' if row['rows'] is None else row['rows']:>8}{row['all_processes_mb']:>6}"
        )
    return lines


def verdicts(found: dict[str, dict[str, Any]]) -> list[str]:
    """Say of each figure whether it is held."""
    lines = []
    for name, row in found.items():
        if name == PEER:
            continue
        ratio = statistics.median(ours / peer for ours, peer in zip(row["rates"], found[PEER]["rates"], strict=True))
        met = "met" if ratio >= SHARE else "missed"
        lines.append(f"{name}: {ratio:.2f} x {PEER}, each answer durable: {met} ({SHARE})")
        late = row["paced_ms"]["p99"]
        lines.append(f"{name}: p99 {late} ms at {PACED}/s: {'met' if late <= P99 else 'missed'} ({P99:.0f} ms)")
        lost = row["accepted"] - row["rows"]
        lines.append(f"{name}: {lost} accepted deliveries lost, {row['errors']} errors")
    return lines
