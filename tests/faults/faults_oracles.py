"""What must hold after every fault, whatever it was: the laws by which nothing is lost and nothing repeated.

Ground truth is the simulator's journal of what came to be on GitHub; what Goldseam's
own tables say is compared with it in both directions.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner
from faults_rig import CANARY, Rig, groups
from sqlalchemy import select

from app.cli.main import cli
from app.simulator.records import Repository
from tasks.ledger.entry import LedgerEntry
from tasks.store.models import Attempt, Delivery, DeliveryState, Effect, LedgerRow
from tasks.store.states import State
from tasks.store.tables import Base

MOST_MEMORY = 400 << 20
"""Of one process; two thirds of it are what a fork shares with its parent."""
MOST_DISK = 30 << 20
_MADE = re.compile(
    r"(?P<kind>ref|commit|pull|check|label) (?P<where>[^:#]+)[:#](?:refs/heads/[^@]+@)?(?P<id>[^\s:]+)(?::\S+)?"
)
_KINDS = {"ref": "branch", "label": "labels"}
_UNSEEN = {"slot"}
"""Kinds of rows among the effects of which nobody sees anything: a place within a limit."""


@dataclass(frozen=True)
class Evidence:
    """A server after a fault, with everything that the oracles ask about."""

    server: Rig
    repository: Repository
    descendants: dict[int, str]
    memory: int
    mounts: int
    base_before: str
    struck: int

    def check(self, appeared_while_stopped: Sequence[str]) -> None:
        """Ask every oracle; the server has ended. AssertionError names the law that was broken."""
        (attempt,) = self.server.attempts()
        check_records(self.server)
        one_pull_request(attempt, self.repository)
        _nothing_is_left_behind(self)
        assert not appeared_while_stopped, f"appeared during a stop: {appeared_while_stopped}"
        assert self.memory < MOST_MEMORY, f"a process took {self.memory >> 20} MB"
        disk = sum(path.stat().st_size for path in _kept(self.server))
        assert disk < MOST_DISK, f"the data directory takes {disk >> 20} MB"
        head = self.repository.git.refs()["refs/heads/main"]
        assert head == self.base_before, "the default branch moved"


def look_at(server: Rig, repository: Repository, struck: int) -> Evidence:
    """Note, while the server runs, what can only be seen then."""
    descendants = server.bench.nursery.descendants()
    memory = max((memory_of(pid) for pid in descendants), default=0)
    run = list(repository.runs.values())[-1]
    return Evidence(server, repository, descendants, memory, mounts(), run.head_sha, struck)


def check_records(server: Rig) -> None:
    """Assert what tables, ledger and GitHub's journal say of everything that the server has done."""
    _each_delivery_has_one_row_and_one_outcome(server)
    _journal_and_ledger_agree(server)
    _ledger_verifies(server)
    _no_secret_left(server)


def _each_delivery_has_one_row_and_one_outcome(server: Rig) -> None:
    with server.store.read() as session:
        rows = session.execute(select(Delivery.guid, Delivery.state, Delivery.reason)).all()
    assert server.accepted, "no delivery was accepted"
    times = Counter(row.guid for row in rows)
    for guid in server.accepted:
        assert times[guid] == 1, f"delivery {guid} has {times[guid]} rows"
    for row in rows:
        assert row.state is DeliveryState.DONE, f"delivery {row.guid} is {row.state}"
        assert row.reason, f"delivery {row.guid} is done without an outcome"


def one_pull_request(attempt: Attempt, repository: Repository) -> None:
    """Assert that the attempt ended in the one pull request of its repository, at the head of its branch."""
    assert attempt.state is State.WATCHING, f"the attempt is {attempt.state}: {attempt.sentence}"
    pulls = list(repository.pulls.values())
    assert len(pulls) == 1, f"{len(pulls)} pull requests"
    assert attempt.pull_number == pulls[0].number, "the attempt names another pull request"
    head = repository.git.refs()[f"refs/heads/{pulls[0].head_branch}"]
    assert pulls[0].head_sha == head, "the pull request does not stand at its branch"


def _journal_and_ledger_agree(server: Rig) -> None:
    matches = [_MADE.fullmatch(effect) for effect in dict.fromkeys(server.effects())]
    assert all(matches), f"an effect of a kind that nobody knows: {server.effects()}"
    made = {(m["where"], _KINDS.get(m["kind"], m["kind"]), m["id"]) for m in matches if m}
    journal = sorted((kind, number) for _, kind, number in made)
    entries = list(_entries(server))
    outcomes = [entry for entry in entries if entry.kind == "outcome"]
    said = sorted((e.effect.key.partition(":")[0], e.effect.remote_id) for e in outcomes if e.effect)
    assert said == journal, f"the ledger says {said}, the journal {journal}"
    intents = Counter(e.effect.key for e in entries if e.kind == "intent" and e.effect)
    assert intents == Counter(e.effect.key for e in outcomes if e.effect), f"intents and outcomes differ: {intents}"
    assert set(intents.values()) == {1}, f"an intent was written twice: {intents}"
    with server.store.read() as session:
        seen = select(Effect.key, Effect.outcome, Effect.remote_id).where(Effect.kind.not_in(_UNSEEN))
        stored = session.execute(seen).all()
    assert all(row.outcome in {"found", "done"} for row in stored), f"without an outcome: {stored}"
    assert sorted((row.key.partition(":")[0], row.remote_id) for row in stored) == journal, "table and journal differ"


def _ledger_verifies(server: Rig) -> None:
    environment = {k: v for k, v in server.environment.items() if k != "GOLDSEAM_FAILPOINT"}
    result = CliRunner().invoke(cli, ["ledger", "verify"], env=environment)
    assert result.exit_code == 0, f"ledger verify ended with {result.exit_code}: {result.output}"


def _no_secret_left(server: Rig) -> None:
    hub = server.hub
    key = server.bench.key_file.read_text().splitlines()[1:-1]
    secrets = {hub.app.webhook_secret, CANARY, *key, *hub.gate.tokens}
    for place, content in _written(server):
        for secret in secrets:
            assert secret.encode() not in content, f"{secret[:7]}… is in {place}"


def _written(server: Rig) -> Iterator[tuple[str, bytes]]:
    """Yield everything that went out or was kept, under the name of its place."""
    for path in _kept(server):
        yield path.relative_to(server.data).as_posix(), path.read_bytes()
    with server.hub.lock:
        yield "requests", json.dumps([[each.path, each.body] for each in server.hub.requests]).encode()
    yield "Redis", server.bench.redis.everything()
    with server.store.read() as session:
        for table in Base.metadata.sorted_tables:
            yield f"table {table.name}", repr(session.execute(table.select()).all()).encode()


def _kept(server: Rig) -> Iterator[Path]:
    """Yield the files of the data directory, but for environments: those hold other people's packages."""
    for path in server.data.rglob("*"):
        if path.is_file() and "environments" not in path.relative_to(server.data).parts:
            yield path


def _nothing_is_left_behind(evidence: Evidence) -> None:
    temporary = sorted(p.name for p in evidence.server.bench.temporary.iterdir())
    assert not temporary, f"temporary files are left: {temporary}"
    assert mounts() == evidence.mounts, "mounts are left"
    ours = {*map(str, evidence.descendants), str(evidence.struck)}
    left = [p for p in groups() - evidence.server.groups_before if p.name.split("-")[1] in ours]
    assert not left, f"control groups are left: {left}"


def _entries(server: Rig) -> Iterator[LedgerEntry]:
    with server.store.read() as session:
        for row in session.scalars(select(LedgerRow).order_by(LedgerRow.seq)):
            yield LedgerEntry.model_validate_json(row.entry)


def mounts() -> int:
    return len(Path("/proc/self/mounts").read_text().splitlines())


def memory_of(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
