"""The ledger's page and the stop's: what stands there is checked, and nothing can be changed from there."""

from __future__ import annotations

import pytest
from pages_fill import Fill
from pages_reader import flat, page
from sqlalchemy import text

from tasks.ledger.chain import append
from tasks.ledger.entry import Actor, Note
from tasks.stop import EVERYTHING, repository_scope, stop

KIM = Actor(type="admin", id="kim")


def test_the_ledger_is_verified_whole_and_its_end_shown(browser, fill: Fill) -> None:
    with fill.store.write() as session:
        for number in range(205):
            last = append(session, Note(kind="kill", action="stop", result="done", why=f"Note {number}.", actor=KIM))
    shown = flat(page(browser, "/ledger"))
    assert "The chain holds from its first entry to its last: 205 entries" in shown
    assert f"Head {last.hash}" in shown
    assert "The last 200 entries" in shown
    assert "205 kill stop done Note 204. kim" in shown
    assert "Note 5." in shown
    assert "Note 4." not in shown


@pytest.mark.parametrize(
    ("forged", "says"),
    [
        pytest.param("""{"seq": 2}""", "This entry cannot be read", id="unreadable"),
        pytest.param(None, "Settled by server:autonomy.", id="reworded"),
    ],
)
def test_a_forged_entry_is_named_though_the_page_still_stands(browser, fill: Fill, forged, says) -> None:
    attempt = fill.proposed()
    change = "entry = :forged" if forged else "entry = replace(entry, '1 failure', '2 failure')"
    with fill.store.write() as session:
        session.execute(text(f"UPDATE ledger SET {change} WHERE seq = 1"), {"forged": forged} if forged else {})
    shown = flat(page(browser, "/ledger"))
    assert "The chain is broken at entry 1." in shown
    assert says in shown
    assert says in flat(page(browser, f"/attempts/{attempt}"))


def test_a_stop_is_on_every_page_with_who_and_why(browser, fill: Fill) -> None:
    attempt = fill.declined()
    assert "Stopped." not in flat(page(browser, "/"))
    with fill.store.write() as session:
        stop(session, scope=EVERYTHING, actor=KIM, reason="too many at once")
    for path, status in (
        ("/", 200),
        (f"/attempts/{attempt}", 200),
        ("/ledger", 200),
        ("/stop", 200),
        ("/attempts/9", 404),
    ):
        assert "Stopped. Nothing is shown outside, because kim stopped it: too many" in flat(
            page(browser, path, status)
        )


def test_a_stop_file_is_a_stop(browser, tmp_path) -> None:
    (tmp_path / "STOP").touch()
    assert f"the stop file {tmp_path / 'STOP'} exists; remove it" in flat(page(browser, "/"))
    assert "Everything is stopped" in flat(page(browser, "/stop"))


def test_one_stopped_repository_is_named_and_the_rest_runs(browser, fill: Fill) -> None:
    fill.declined()
    with fill.store.write() as session:
        stop(session, scope=repository_scope(7), actor=KIM, reason="release")
    assert "acme/billing is stopped. kim: release" in flat(page(browser, "/"))
    shown = flat(page(browser, "/stop"))
    assert "Running. Everything runs but what is named here." in shown
    assert "acme/billing kim" in shown


def test_the_stop_page_says_the_commands_and_has_no_button(browser, tmp_path) -> None:
    read = page(browser, "/stop")
    assert 'goldseam stop --reason "why"' in read.text
    assert 'goldseam resume --reason "why"' in read.text
    assert f"touch {tmp_path / 'STOP'}" in read.text
    assert not {"form", "button", "input"} & {tag for tag, _ in read.elements}
