"""From a red run to an open pull request: seconds on the simulator, cold and with a warm environment, by stage.

`python -m benchmarks.latency`. The whole server runs as `goldseam up` starts it. To hold with a warm environment:
20 s beyond six times the suite's own run time.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from app.demo.stack import Stack, announce, stack
from app.simulator import sample
from app.simulator.logs import job_log
from app.simulator.sample import Sample
from benchmarks.machine import machine
from fixers.evidence import Observed
from tasks.store import documents, incidents
from tasks.store.database import Store
from tasks.store.documents import Kind
from tasks.store.models import Attempt, Delivery, LedgerRow
from tasks.store.states import TERMINAL, State

BEYOND_SECONDS, TIMES = 20.0, 6
_LONGEST_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Passage:
    """One attempt's way through the stages."""

    attempt: int
    seconds: float
    """From the sending of the first delivery to the open pull request."""
    stages: dict[str, float]
    """Seconds that passed until each state was left; `received` counts from the sending."""


@click.command()
@click.option("--out", type=click.Path(path_type=Path), help="Where to write the result as JSON.")
def main(out: Path | None) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="goldseam-latency-") as place, stack(Path(place) / "data") as running:
        red = sample.red_main(running.hub)
        found = [_passage(running, red)]
        click.echo(_line("cold", found[0]))
        # Once more and not oftener: policy lets a repository have two new pull requests an hour.
        found.append(_passage(running, _red_again(running, red, found[0].attempt)))
        click.echo(_line("warm", found[1]))
        suite = _suite_seconds(running, found[-1].attempt)
    _report(found, suite, out)


def _red_again(running: Stack, red: Sample, attempt: int) -> Sample:
    """Take the repair as merged, and break the same line in a newer commit."""
    store = running.story.store
    with store.write() as session:
        row = session.get_one(Attempt, attempt)
        row.state = State.DONE
        if row.incident_id is not None:
            incidents.close(session, row.incident_id, because="merged", by="benchmark")
    hub, repository, branch = running.hub, red.repository, red.repository.default_branch
    changed = {"billing/fees.py": f"{sample.RED}# again\n".encode()}
    sha = hub.commit(repository, branch, changed, "Shorten late_fee again")
    log = job_log(sample.COMMAND, sample.OUTPUT, exit_code=1, at=hub.now())
    report = {"test-report": {"report.xml": sample.REPORT.encode()}}
    return Sample(
        repository, hub.add_run(repository, sha, branch, jobs=[("test", log, sample.FAILED_STEP)], artifacts=report)
    )


def _passage(running: Stack, red: Sample) -> Passage:
    began = time.time()
    announce(running.hub, red)
    store = running.story.store
    latest = time.monotonic() + _LONGEST_SECONDS
    while time.monotonic() < latest:
        with store.read() as session:
            row = session.scalars(select(Attempt).where(Attempt.head_sha == red.run.head_sha)).one_or_none()
        if row is not None and row.state in TERMINAL | {State.WATCHING}:
            if row.state is not State.WATCHING:
                raise SystemExit(f"The attempt ended {row.state}: {row.sentence}")
            return _timed(store, row, began)
        time.sleep(0.05)
    raise SystemExit("No pull request within ten minutes.")


def _timed(store: Store, attempt: Attempt, began: float) -> Passage:
    """Read from the ledger when each state was left."""
    with store.read() as session:
        rows = session.scalars(
            select(LedgerRow.entry).where(LedgerRow.attempt_id == attempt.id).order_by(LedgerRow.seq)
        )
        moves = [entry for entry in map(json.loads, rows) if entry["kind"] == "state"]
        stored = session.scalars(select(Delivery.received_at).where(Delivery.attempt_id == attempt.id)).first()
    stages, last = {}, began
    if stored is not None:
        stages["stored"], last = stored.timestamp() - began, stored.timestamp()
    for move in moves:
        before, _, _ = move["action"].partition(">")
        at = datetime.fromisoformat(move["ts"]).timestamp()
        stages[before or "parsed"], last = at - last, at
    return Passage(attempt.id, last - began, {name: round(seconds, 2) for name, seconds in stages.items()})


def _suite_seconds(running: Stack, attempt: int) -> float:
    """Return how long the suite ran in its first, plain run."""
    with running.story.store.read() as session:
        return documents.get(session, attempt, Kind.REPRODUCTION, Observed).suite_seconds


def _line(kind: str, each: Passage) -> str:
    parts = ", ".join(f"{name} {seconds:g}" for name, seconds in each.stages.items())
    return f"{kind}  {each.seconds:6.1f} s  {parts}"


def _report(found: list[Passage], suite: float, out: Path | None) -> None:
    limit = BEYOND_SECONDS + TIMES * suite
    held = "met" if found[1].seconds <= limit else "missed"
    click.echo(f"suite {suite:.2f} s; to hold {limit:.1f} s; warm {found[1].seconds:.1f} s: {held}")
    if out is not None:
        result: dict[str, Any] = {"machine": machine(), "suite_seconds": round(suite, 3), "to_hold": round(limit, 1)}
        rows = [{"seconds": round(each.seconds, 2), "stages": each.stages} for each in found]
        out.write_text(json.dumps(result | {"cold": rows[0], "warm": rows[1]}, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
