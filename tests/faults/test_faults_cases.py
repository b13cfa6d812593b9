"""Faults that are no cell of the matrix: lost answers, a full disk, a polite end, a backup that is put back."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import time
from pathlib import Path

import pytest
from faults_cells import repeat
from faults_oracles import look_at
from faults_rig import Rig, end, rig, until
from sqlalchemy import select

from app.simulator.journal import Fault, FaultKind
from app.simulator.records import Repository
from tasks.store.models import Delivery, LedgerRow
from tasks.store.states import State

pytestmark = pytest.mark.timeout(600)


def settled(server: Rig, repository: Repository, struck: int = 0) -> None:
    """Wait for rest, send everything once more, and ask every oracle."""
    until(server.rested, "No rest")
    repeat(server)
    evidence = look_at(server, repository, struck)
    end(server)
    evidence.check(())


def test_answers_that_are_lost_on_both_sides_are_asked_for_again(shared) -> None:
    """The sender does not hear that its delivery is stored, and we do not hear that the request is open."""
    with rig(shared, failpoint="K2:kill9") as server:
        shared.hub.faults.append(Fault("POST", r"/pulls$", FaultKind.DROP_AFTER_COMMIT))
        server.start()
        repository, red = server.red("acme/lost-answers")
        server.send(repository, red).join()
        settled(server, repository, server.reached())
        with server.store.read() as session:
            times = dict(session.execute(select(Delivery.guid, Delivery.times)).all())
            entries = session.scalars(select(LedgerRow.entry).where(LedgerRow.kind == "outcome")).all()
    assert max(times[guid] for guid in server.accepted) >= 3  # stored, sent again by its sender, and by `repeat`
    assert ['"result":"found"' in entry for entry in entries if '"key":"pull:' in entry] == [True]


def test_without_redis_and_with_two_beats_everything_is_stored_and_done_once(shared) -> None:
    with rig(shared, copies={"beat": 2}) as server:
        server.start()
        shared.redis.kill()
        pairs = [server.red(f"acme/many-{number}") for number in range(4)]
        for repository, red in pairs[:2]:
            server.send(repository, red).join()
        shared.redis.start()
        for repository, red in pairs[2:]:
            server.send(repository, red).join()
        shared.redis.flush()
        assert [d.status_code for d in shared.hub.deliveries if d.status_code not in {0, 202}] == []
        until(lambda: server.rested(len(pairs)), "No rest")
        assert [attempt.state for attempt in server.attempts()] == [State.WATCHING] * len(pairs)
        assert [len(repository.pulls) for repository, _ in pairs] == [1] * len(pairs)


def test_on_a_full_disk_nothing_is_acknowledged_and_nothing_is_torn(shared) -> None:
    """No process may make a file longer than the log of the database is already."""
    with rig(shared) as server:
        server.start()
        repository, red = server.red("acme/full")
        until(lambda: shared.hub.deliver("ping", {"zen": "x"}).status_code == 202, "No answer")
        for pid in shared.nursery.descendants():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        sending = server.send(repository, red)
        until(lambda: shared.hub.deliveries[-1].status_code == 503, "Something else than 503")
        assert server.accepted == {}
        for pid in shared.nursery.descendants():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        sending.join()
        settled(server, repository)


def test_a_worker_that_is_told_to_end_hands_back_and_leaves_nothing_running(shared) -> None:
    with rig(shared, failpoint="K8:hang:2", grace_seconds=1) as server:
        server.start()
        repository, red = server.red("acme/polite")
        server.send(repository, red)
        struck = server.reached()
        told = time.monotonic()
        os.kill(struck, signal.SIGTERM)
        until(lambda: struck not in shared.nursery.descendants(), "The worker goes on")
        assert time.monotonic() - told < 15
        until(lambda: not any("sleep" in words for words in shared.nursery.descendants().values()), "It sleeps on")
        settled(server, repository, struck)


@pytest.mark.matrix
def test_a_server_put_back_to_any_earlier_moment_adopts_what_it_made_since(shared, tmp_path) -> None:
    """All processes are held while the files are copied, as a power cut or a snapshot would leave them."""
    copies: list[Path] = []
    with rig(shared) as server:
        server.start()
        repository, red = server.red("acme/restored")
        sending = server.send(repository, red)
        seen: set[State] = set()
        while State.WATCHING not in seen:
            states = {attempt.state for attempt in server.attempts()}
            if states - seen:
                seen |= states
                copies.append(_copied(server, tmp_path / f"copy-{len(copies)}"))
            time.sleep(0.02)
        sending.join()
        until(server.rested, "No rest")
        accepted = dict(server.accepted)
    assert len(repository.pulls) == 1
    assert len(copies) >= 6
    for copy in copies:
        with rig(shared) as server:
            for file in copy.iterdir():
                shutil.copy(file, server.data / file.name)
            server.start()
            for delivery in accepted.values():
                until(lambda sent=delivery: shared.hub.redeliver(sent).status_code == 202, "Not acknowledged")
            until(server.rested, f"No rest from {copy.name}")
            (attempt,) = server.attempts()
            assert (attempt.state, attempt.pull_number) == (State.WATCHING, 1), attempt.sentence
            assert len(repository.pulls) == 1


def _copied(server: Rig, place: Path) -> Path:
    held = list(server.bench.nursery.descendants())
    for pid in held:
        os.kill(pid, signal.SIGSTOP)
    place.mkdir()
    for file in server.data.glob("goldseam.db*"):
        shutil.copy(file, place / file.name)
    for pid in held:
        os.kill(pid, signal.SIGCONT)
    return place
