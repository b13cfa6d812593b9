"""Any one way of stopping stops; what cannot be read counts as stopped."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from tasks.ledger.chain import Verified, verify
from tasks.ledger.entry import Actor
from tasks.stop import EVERYTHING, StopSwitch, repository_scope, resume, stop
from tasks.store.database import Store, open_store
from tasks.store.models import LedgerRow

ADMIN = Actor(type="admin", id="4711")


@pytest.fixture
def switch(store: Store, tmp_path: Path) -> StopSwitch:
    return StopSwitch((tmp_path / "STOP", tmp_path / "run" / "STOP"), store)


def test_nothing_set_is_not_stopped(switch: StopSwitch) -> None:
    assert switch.is_stopped(repository_id=7) is None


@pytest.mark.parametrize("which", [0, 1])
def test_a_file_stops_until_it_is_removed(switch: StopSwitch, which: int) -> None:
    path = switch.files[which]
    path.parent.mkdir(exist_ok=True)
    path.touch()
    assert (stopped := switch.is_stopped()) is not None
    assert stopped.source == "file"
    path.unlink()
    path.symlink_to("nowhere")
    assert switch.is_stopped() is not None
    path.unlink()
    assert switch.is_stopped() is None


def test_a_file_that_cannot_be_looked_at_stops(switch: StopSwitch, tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file where the directory should be")
    assert (stopped := switch.is_stopped()) is not None
    assert stopped.source == "unreadable"


def test_a_database_that_cannot_be_read_stops(store: Store, tmp_path: Path) -> None:
    assert StopSwitch((), store).is_stopped() is None
    with store.write() as session:
        session.execute(text("ALTER TABLE stops RENAME TO gone"))
    stopped = StopSwitch((), store).is_stopped()
    with store.write() as session:  # the next test finds the database as it was
        session.execute(text("ALTER TABLE gone RENAME TO stops"))
    assert stopped is not None
    assert stopped.source == "unreadable"
    assert StopSwitch((), open_store(f"sqlite:///{tmp_path}/no/such/directory.db")).is_stopped() is not None


def test_a_stop_in_the_database_has_a_scope_a_reason_and_ledger_entries(switch: StopSwitch) -> None:
    with switch.store.write() as session:
        assert stop(session, scope=repository_scope(7), actor=ADMIN, reason="it misbehaves")
        assert not stop(session, scope=repository_scope(7), actor=ADMIN, reason="again")
    assert switch.is_stopped() is None
    assert switch.is_stopped(repository_id=8) is None
    assert (stopped := switch.is_stopped(repository_id=7)) is not None
    assert stopped.reason == "4711 stopped it: it misbehaves"
    with switch.store.write() as session:
        assert stop(session, scope=EVERYTHING, actor=ADMIN, reason="drill")
        assert resume(session, scope=repository_scope(7), actor=ADMIN, reason="mended")
    assert switch.is_stopped(repository_id=8) is not None
    with switch.store.write() as session:
        assert resume(session, scope=EVERYTHING, actor=ADMIN, reason="drill over")
        assert not resume(session, scope=EVERYTHING, actor=ADMIN, reason="drill over")
    assert switch.is_stopped(repository_id=7) is None
    with switch.store.read() as session:
        assert isinstance(verify(session), Verified)
        assert session.query(LedgerRow).filter_by(kind="kill").count() == 4
