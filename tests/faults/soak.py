"""Run one server for hours while something breaks every minute, and see that nothing is lost and nothing grows.

`make soak` runs half an hour; `OPTIONS="--minutes 480"` a night. New red runs come all the time.
"""

from __future__ import annotations

import json
import os
import random
import signal
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from faults_oracles import check_records, memory_of, mounts, one_pull_request
from faults_rig import LEASE_SECONDS, Rig, bench, end, groups, rig, until

from app.simulator.records import Repository

ROOT = Path(__file__).resolve().parents[2]
_AWAY_SECONDS = 2.0
_LOOK_SECONDS = 5.0
_MOST_GROWTH = 24 << 20
"""Of all processes together, from the first quarter to the last; a new process is smaller than an old one."""
_LONGEST_REST_SECONDS = 120.0
_REPOSITORIES_EACH = 40
"""Of one installation: what it may write in an hour is the limit of another test."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the server takes at a moment."""

    seconds: float
    processes: int
    memory: int
    """Resident bytes of all processes together."""
    descriptors: int
    attempts: int


@click.command()
@click.option("--minutes", default=30.0, show_default=True)
@click.option("--every", default=60.0, show_default=True, help="Seconds from one fault to the next.")
@click.option("--pause", default=6.0, show_default=True, help="Seconds from one red run to the next.")
@click.option("--seed", default=0, show_default=True)
@click.option("--sqlite", is_flag=True, help="On SQLite instead of PostgreSQL; then no database is restarted.")
@click.option("--results", default=ROOT / "benchmarks" / "results", type=click.Path(path_type=Path))
def main(*, minutes: float, every: float, pause: float, seed: int, sqlite: bool, results: Path) -> None:
    """Soak a server; exit 1 unless every law holds at the end."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    copies = {"analyze": 2, "publish": 2}
    with bench() as shared, rig(shared, postgres=not sqlite, copies=copies) as server:
        mounts_before = mounts()
        server.start()
        soak = Soak(server, random.Random(seed), sqlite=sqlite)
        soak.run(60 * minutes, every, pause)
        until(lambda: server.rested(len(soak.repositories)), "No rest", seconds=_LONGEST_REST_SECONDS)
        soak.look()
        why = soak.broken(mounts_before)
    found = soak.document() | {"minutes": minutes, "every": every, "seed": seed, "why": why}
    path = results / f"soak-{datetime.now(UTC):%Y-%m-%d}.json"
    path.write_text(json.dumps(found, indent=1) + "\n")
    for line in soak.lines():
        click.echo(line)
    click.echo("Every law holds." if not why else f"BROKE: {why}")
    click.echo(f"Written to {os.path.relpath(path)}.")
    sys.exit(bool(why))


class Soak:
    """A server under repeated faults."""

    def __init__(self, server: Rig, chance: random.Random, *, sqlite: bool) -> None:
        self.server, self.chance = server, chance
        self.blows: Mapping[str, Callable[[], None]] = {
            "kill -9 worker": self._kill,
            "hang": self._hang,
            "kill -9 parent": self._parent,
            "Redis killed": self._redis_killed,
            "Redis flushed": self.server.bench.redis.flush,
            "network cut": self._network,
            **({} if sqlite else {"database restart": self.server.bench.postgres.restart}),
        }
        self.repositories: list[Repository] = []
        self.readings: list[Reading] = []
        self.struck: Counter[str] = Counter()
        self._deck: list[str] = []
        self._began = time.monotonic()

    def run(self, seconds: float, every: float, pause: float) -> None:
        """Send red runs, strike and look, for so long."""
        over, strike, look = self._began + seconds, self._began + every, self._began
        while time.monotonic() < over:
            number = len(self.repositories)
            repository, red = self.server.red(f"soak-{number // _REPOSITORIES_EACH}/number-{number}")
            self.repositories.append(repository)
            self.server.send(repository, red)
            if time.monotonic() > look:
                self.look()
                look = time.monotonic() + _LOOK_SECONDS
            if time.monotonic() > strike:
                name = self._drawn()
                self.blows[name]()
                self.struck[name] += 1
                strike = time.monotonic() + every
            time.sleep(pause)

    def _drawn(self) -> str:
        """Draw the next fault: each once before any comes again."""
        if not self._deck:
            self._deck = sorted(self.blows)
            self.chance.shuffle(self._deck)
        return self._deck.pop()

    def look(self) -> None:
        """Note what the server takes now."""
        numbers = list(self.server.bench.nursery.descendants())
        self.readings.append(
            Reading(
                round(time.monotonic() - self._began, 1),
                len(numbers),
                sum(map(memory_of, numbers)),
                sum(map(_descriptors, numbers)),
                len(self.repositories),
            )
        )

    def broken(self, mounts_before: int) -> str:
        """End the server; return the law that was broken, empty when none was."""
        ours = {str(number) for number in self.server.bench.nursery.descendants()}
        try:
            attempts = {attempt.repository: attempt for attempt in self.server.attempts()}
            assert len(attempts) == len(self.repositories), f"{len(attempts)} attempts of {len(self.repositories)}"
            for repository in self.repositories:
                one_pull_request(attempts[repository.full_name], repository)
            end(self.server)
            check_records(self.server)
            left = sorted(path.name for path in self.server.bench.temporary.iterdir())
            assert not left, f"temporary files are left: {left[:5]}"
            assert mounts() == mounts_before, "mounts are left"
            stay = [path.name for path in groups() - self.server.groups_before if path.name.split("-")[1] in ours]
            assert not stay, f"control groups are left: {stay}"
            growth = self._growth("memory")
            assert growth <= _MOST_GROWTH, f"memory grew by {growth >> 20} MiB"
        except AssertionError as error:
            return str(error) or repr(error)
        return ""

    def document(self) -> dict[str, object]:
        """Return what was seen, for the file."""
        return {
            "repositories": len(self.repositories),
            "deliveries": len(self.server.accepted),
            "faults": dict(self.struck),
            "growth_bytes": self._growth("memory"),
            "growth_descriptors": self._growth("descriptors"),
            "readings": [asdict(reading) for reading in self.readings[:: max(1, len(self.readings) // 200)]],
        }

    def lines(self) -> Sequence[str]:
        """Return the same for a reader."""
        last = self.readings[-1]
        struck = ", ".join(f"{count} {name}" for name, count in self.struck.most_common())
        grown = self._growth("memory") / (1 << 20)
        done = f"{len(self.repositories)} red runs, {len(self.server.accepted)} deliveries, "
        held = f"Memory of all processes {last.memory >> 20} MiB at the end, {grown:+.1f} MiB "
        return (
            f"{done}{sum(self.struck.values())} faults: {struck}.",
            f"{held}from the first quarter to the last; open files {self._growth('descriptors'):+d}.",
        )

    def _growth(self, what: str) -> int:
        """Return the difference of the medians of the last and the first quarter, without the first looks."""
        settled = [reading for reading in self.readings if reading.seconds > 4 * LEASE_SECONDS]
        quarter = max(1, len(settled) // 4)
        values = [int(getattr(reading, what)) for reading in settled]
        return round(statistics.median(values[-quarter:]) - statistics.median(values[:quarter])) if values else 0

    def _any(self) -> int:
        workers = [n for n in self.server.bench.nursery.descendants() if n != self.server.supervisor]
        return self.chance.choice(workers)

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._any(), signal.SIGKILL)

    def _hang(self) -> None:
        number = self._any()
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGSTOP)
            time.sleep(1.5 * LEASE_SECONDS)
            os.kill(number, signal.SIGCONT)

    def _parent(self) -> None:
        self.server.kill_parent()
        time.sleep(_AWAY_SECONDS)
        self.server.start()

    def _redis_killed(self) -> None:
        self.server.bench.redis.kill()
        time.sleep(_AWAY_SECONDS)
        self.server.bench.redis.start()

    def _network(self) -> None:
        self.server.bench.proxy.cut()
        time.sleep(_AWAY_SECONDS)
        self.server.bench.proxy.heal()


def _descriptors(process: int) -> int:
    try:
        return sum(1 for _ in Path(f"/proc/{process}/fd").iterdir())
    except OSError:
        return 0


if __name__ == "__main__":
    main()
