"""The fault matrix: each crash point met by each fault, in three variants; what strikes, and what is struck."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from faults_oracles import look_at
from faults_rig import LEASE_SECONDS, SWEEP_SECONDS, Bench, Rig, end, rig, until

from tasks.failpoint import K

SEEDS = 3
SAMPLE = 24
_AWAY_SECONDS = 0.5
"""For how long a server or a network is away."""
_STOP_GRACE_SECONDS = 1.0
"""An effect that is under way when a stop is set may still appear."""
_PASSAGES = {
    K.LEASED: (1, 3, 5),
    K.SANDBOX: (1, 2, 2),
    K.INTENDED: (1, 2, 3),
    K.CONCLUDED: (1, 2, 4),
    K.APPENDED: (1, 3, 6),
}
"""Which passage of a process strikes, by seed, at points that one attempt passes several times."""


class Fault(StrEnum):
    """What happens at the crash point."""

    WORKER = "kill -9 worker"
    PARENT = "kill -9 parent"
    REDIS_KILLED = "Redis killed"
    REDIS_FLUSHED = "Redis flushed"
    DATABASE = "database restart"
    NETWORK = "network cut"
    HANG = "hang"


@dataclass(frozen=True, slots=True)
class Cell:
    """One run: where, what, which variant."""

    point: K
    fault: Fault
    seed: int

    @property
    def postgres(self) -> bool:
        """Whether it runs on PostgreSQL; SQLite has no server that could be restarted."""
        return self.fault is Fault.DATABASE or self.seed == 1 or (self.seed == 2 and self.number % 2 == 1)

    @property
    def number(self) -> int:
        """The cell's place in the matrix of points and faults."""
        return list(K).index(self.point) * len(Fault) + list(Fault).index(self.fault)

    @property
    def late(self) -> bool:
        """Whether what waits at the point goes on only when the trouble is over."""
        return self.seed == 1

    @property
    def stopped(self) -> bool:
        """Whether a person stops the server while it recovers."""
        return self.seed == 2

    @property
    def failpoint(self) -> str:
        """The text that arms the point."""
        action = "kill9" if self.fault is Fault.WORKER else "hang"
        return f"{self.point}:{action}:{_PASSAGES.get(self.point, (1, 1, 1))[self.seed]}"

    def __str__(self) -> str:
        return f"{self.point} {self.point.name.lower()}, {self.fault}, seed {self.seed}"


@dataclass(frozen=True, slots=True)
class Result:
    """What a cell showed."""

    cell: Cell
    why: str
    """Empty when everything held."""
    recovered_seconds: float
    """From the fault to the attempt at rest."""
    seconds: float


def matrix(seeds: int = SEEDS) -> tuple[Cell, ...]:
    """Return every cell, by seed, point and fault."""
    return tuple(Cell(point, fault, seed) for seed in range(seeds) for point in K for fault in Fault)


def sample(count: int = SAMPLE) -> tuple[Cell, ...]:
    """Return cells along the points, with the faults and the seeds in turn: a rule, so that nobody picks them."""
    points, faults = list(K), list(Fault)
    return tuple(Cell(points[n * len(points) // count], faults[n % len(faults)], seed=n % SEEDS) for n in range(count))


def run(cell: Cell, shared: Bench) -> Result:
    """Run a cell on a fresh server and ask every oracle."""
    began, recovered, why = time.monotonic(), 0.0, ""
    try:
        recovered = _run(cell, shared)
    except AssertionError as error:
        why = str(error) or repr(error)
    finally:
        shared.proxy.heal()
    return Result(cell, why, round(recovered, 2), round(time.monotonic() - began, 2))


def repeat(server: Rig) -> None:
    """Send everything again, under the old id and under a new one: nothing may come of it."""
    for delivery in list(server.accepted.values()):
        for each in (server.hub.redeliver(delivery), server.hub.deliver(delivery.event, _payload(delivery.payload))):
            assert server.accept(each), "a repeated delivery was not acknowledged"
    until(server.rested, "No rest after the repeats")


def _run(cell: Cell, shared: Bench) -> float:
    copies = {"analyze": 2, "publish": 2} if cell.fault is Fault.HANG else {}
    with rig(shared, postgres=cell.postgres, failpoint=cell.failpoint, copies=copies) as server:
        server.start()
        repository, red = server.red(f"acme/{cell.point.lower()}-{cell.number}-{cell.seed}-{time.monotonic_ns()}")
        sending = server.send(repository, red)
        struck = server.reached()
        moment = time.monotonic()
        quiet = _strike(cell, server, struck)
        sending.join()
        until(server.rested, lambda: f"No rest; {_whereabouts(server)}")
        recovered = time.monotonic() - moment
        repeat(server)
        evidence = look_at(server, repository, struck)
        end(server)
        evidence.check(quiet)
    return recovered


def _strike(cell: Cell, server: Rig, struck: int) -> Sequence[str]:
    """Let the fault happen and pass; return what appeared on GitHub while a person had stopped the server."""
    if not cell.stopped:
        _BLOWS[cell.fault](cell, server, struck)
        return ()
    server.stop_file.touch()
    time.sleep(_STOP_GRACE_SECONDS)
    before = server.effects()
    blow = threading.Thread(target=_BLOWS[cell.fault], args=(cell, server, struck))
    blow.start()
    blow.join()
    time.sleep(LEASE_SECONDS + 2 * SWEEP_SECONDS)
    appeared = server.effects()[len(before) :]
    server.stop_file.unlink()
    return appeared


def _worker(cell: Cell, server: Rig, struck: int) -> None:
    """Nothing more to do: the failpoint killed it, and its parent starts another one."""


def _parent(cell: Cell, server: Rig, struck: int) -> None:
    server.kill_parent()
    if cell.late:
        time.sleep(_AWAY_SECONDS)
    server.release()
    server.start()


def _redis_killed(cell: Cell, server: Rig, struck: int) -> None:
    server.bench.redis.kill()
    if not cell.late:
        server.release()
    time.sleep(_AWAY_SECONDS)
    server.bench.redis.start()
    server.release()


def _redis_flushed(cell: Cell, server: Rig, struck: int) -> None:
    server.bench.redis.flush()
    server.release()
    if cell.late:
        time.sleep(_AWAY_SECONDS)
        server.bench.redis.flush()


def _database(cell: Cell, server: Rig, struck: int) -> None:
    if not cell.late:
        threading.Timer(0.05, server.release).start()
    server.bench.postgres.restart()
    server.release()


def _network(cell: Cell, server: Rig, struck: int) -> None:
    server.bench.proxy.cut()
    if not cell.late:
        server.release()
    time.sleep(_AWAY_SECONDS)
    server.bench.proxy.heal()
    server.release()


def _hang(cell: Cell, server: Rig, struck: int) -> None:
    """Stop the whole process for longer than its lease, so that another one takes over, and let it go on."""
    os.kill(struck, signal.SIGSTOP)
    server.release()
    time.sleep(1.5 * LEASE_SECONDS)
    with suppress(ProcessLookupError):
        os.kill(struck, signal.SIGCONT)


_BLOWS = {
    Fault.WORKER: _worker,
    Fault.PARENT: _parent,
    Fault.REDIS_KILLED: _redis_killed,
    Fault.REDIS_FLUSHED: _redis_flushed,
    Fault.DATABASE: _database,
    Fault.NETWORK: _network,
    Fault.HANG: _hang,
}


def _payload(raw: bytes) -> dict[str, object]:
    found: dict[str, object] = json.loads(raw)
    return found


def _whereabouts(server: Rig) -> str:
    states = [f"{a.state} (fence {a.fence}, held by {a.lease_owner})" for a in server.attempts()]
    answers = [delivery.status_code for delivery in server.hub.deliveries]
    return f"attempts: {states}, on GitHub: {server.effects()}, deliveries answered {answers[-5:]}"
