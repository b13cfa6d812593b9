"""How many signed deliveries a second are acknowledged, beside Probot; Goldseam stores each before it answers.

The servers stand side by side on the same cores and are asked in turn, round after round, so
that what else the machine does falls on all of them. A fifth of the requests are redeliveries.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from benchmarks import load_burst
from benchmarks.load_client import Fired, fire
from benchmarks.load_postgresql import postgresql
from benchmarks.load_posts import posts
from benchmarks.load_servers import PROBOT, Served, goldseam, probot
from benchmarks.load_stored import Stored, stored
from benchmarks.load_table import PACED, PEER, table, verdicts
from benchmarks.machine import ROOT, machine


@click.command()
@click.option("--rounds", default=5, show_default=True)
@click.option("--count", default=4000, show_default=True, help="Of requests, for each server in each round.")
@click.option("--connections", default=64, show_default=True)
@click.option("--size", default=20_000, show_default=True, help="Of a payload, in bytes.")
@click.option("--repeats", default=0.2, show_default=True, help="The share of redeliveries.")
@click.option("--paced-seconds", default=60, show_default=True)
@click.option("--burst", default=10_000, show_default=True)
@click.option("--cache", default=ROOT / ".cache", show_default=True, type=click.Path(path_type=Path))
@click.option("--results", default=ROOT / "benchmarks" / "results", type=click.Path(path_type=Path))
def main(
    *,
    rounds: int,
    count: int,
    connections: int,
    size: int,
    repeats: float,
    paced_seconds: int,
    burst: int,
    cache: Path,
    results: Path,
) -> None:
    """Measure the receiving of deliveries, beside Probot."""
    cache.mkdir(parents=True, exist_ok=True)
    facts = {**machine(), "peer": PROBOT, "size": size, "repeats": repeats, "connections": connections}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="goldseam-load-", dir=cache)))
        servers = {
            "goldseam, SQLite": stack.enter_context(goldseam(folder / "sqlite")),
            "goldseam, PostgreSQL": stack.enter_context(
                goldseam(folder / "pg", stack.enter_context(postgresql(folder)))
            ),
            PEER: stack.enter_context(probot(cache)),
        }
        rows = {name: Row(name, served, size, repeats) for name, served in servers.items()}
        for row in rows.values():
            row.ask(300, connections)  # warm
            row.fast.clear()
            row.cpu = 0.0
        for number in range(rounds):
            for row in rows.values():
                click.echo(f"round {number + 1}  {row.ask(count, connections)}")
        for row in rows.values():
            row.pace(PACED * paced_seconds, connections)
        found = {name: row.document() for name, row in rows.items()}
        with goldseam(folder / "burst") as served:
            largest, drained = load_burst.largest(served), load_burst.burst(served, burst, connections)
    document = {**facts, "load_after": os.getloadavg()[0], "servers": found, "largest": largest, "burst": drained}
    for line in (*table(found), f"25 MiB  {largest}", f"burst   {drained}", *verdicts(found)):
        click.echo(line)
    target = results / f"load-{datetime.now(UTC):%Y-%m-%d}.json"
    target.write_text(json.dumps(document, indent=1) + "\n")
    click.echo(f"written to {os.path.relpath(target)}")


class Row:
    """One server and what was seen of it."""

    def __init__(self, name: str, served: Served, size: int, repeats: float) -> None:
        self.name, self.served = name, served
        self.source = posts(served.target, size=size, repeats=repeats)
        self.accepted: set[str] = set()
        self.fast: list[Fired] = []
        self.paced = Fired()
        self.cpu = 0.0

    def ask(self, count: int, connections: int) -> str:
        """Ask as fast as it answers."""
        before = self.served.cpu_seconds()
        fired = fire(self.served.target, self.source, count=count, connections=connections)
        self.cpu += self.served.cpu_seconds() - before
        self.accepted |= fired.accepted
        self.fast.append(fired)
        return f"{self.name:<22}{fired.rate:7.0f}/s   {os.getloadavg()[0]:.1f} load"

    def pace(self, count: int, connections: int) -> None:
        """Ask at the paced rate."""
        self.paced = fire(self.served.target, self.source, count=count, connections=connections, rate=PACED)
        self.accepted |= self.paced.accepted

    def document(self) -> dict[str, Any]:
        """Return what was seen, for the table and the file."""
        url = self.served.database_url
        kept = stored(url) if url else Stored(0, 0)
        resident, together = self.served.memory()
        return {
            "rates": [round(each.rate) for each in self.fast],
            "rate": round(statistics.median(each.rate for each in self.fast)),
            "cpu_us": round(1e6 * self.cpu / max(1, sum(len(each.latencies) for each in self.fast))),
            "errors": sum(each.errors + sum(n for s, n in each.statuses.items() if s >= 300) for each in self._all()),
            "accepted": len(self.accepted),
            "rows": kept.rows if url else None,
            "fast_ms": _percentiles(self.fast),
            "paced_ms": _percentiles([self.paced]),
            "largest_process_mb": resident >> 20,
            "all_processes_mb": together >> 20,
        }

    def _all(self) -> list[Fired]:
        return [*self.fast, self.paced]


def _percentiles(fired: list[Fired]) -> dict[str, float]:
    together = Fired(latencies=[each for one in fired for each in one.latencies])
    shares = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))
    return {name: round(together.percentile(share), 1) for name, share in shares}


if __name__ == "__main__":
    main()
