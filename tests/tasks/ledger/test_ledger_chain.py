"""The chain finds every kind of tampering, and concurrent writers never fork it."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from tasks.ledger.chain import Broken, Verified, append, entries, verify
from tasks.ledger.entry import GENESIS, LedgerEntry, Note, digest
from tasks.store.database import Store
from tasks.store.models import LedgerRow


def note(number: int, attempt: int | None = None) -> Note:
    return Note(kind="outcome", action="pull.draft", result="done", why=f"Entry {number} é ☃.", attempt=attempt)


def fill(store: Store, count: int = 10) -> None:
    for number in range(1, count + 1):
        with store.write() as session:
            append(session, note(number, attempt=number % 2))


def column(name: str, seq: int, change: Callable[[str], object]) -> Callable[[Session], None]:
    def tamper(session: Session) -> None:
        row = session.get_one(LedgerRow, seq)
        session.execute(update(LedgerRow).where(LedgerRow.seq == seq).values({name: change(getattr(row, name))}))

    return tamper


def flip(value: str, at: int) -> str:
    raw = bytearray(value.encode())
    raw[at] ^= 1
    return raw.decode("latin-1")


def swap(session: Session) -> None:
    """Exchange the contents of 4 and 5, and renumber and relink nothing."""
    four, five = session.get_one(LedgerRow, 4), session.get_one(LedgerRow, 5)
    (four.entry, five.entry) = (five.entry, four.entry)


def insert(session: Session) -> None:
    """Slip an entry with a right hash of its own between 4 and 5."""
    session.execute(text("UPDATE ledger SET seq = seq + 100 WHERE seq >= 5"))
    session.execute(text("UPDATE ledger SET seq = seq - 99 WHERE seq >= 100"))
    before = session.get_one(LedgerRow, 4)
    forged = LedgerEntry(**note(99).model_dump(), seq=5, ts="2026-11-22T15:00:00.000000Z", prev=before.hash)
    real = session.execute(select(LedgerRow).where(LedgerRow.seq == 6)).scalar_one()
    real.prev = "moved away so that the forged link fits the unique column"
    session.flush()
    session.add(
        LedgerRow(
            seq=5,
            attempt_id=None,
            kind="outcome",
            entry=forged.canonical().decode(),
            prev=before.hash,
            hash=digest(before.hash, forged.canonical()),
        )
    )


def rewrite_one(session: Session) -> None:
    """Change an entry and give it its right new hash; the next entry still names the old one."""
    row = session.get_one(LedgerRow, 4)
    row.entry = row.entry.replace("Entry 4", "Entry 7")
    row.hash = digest(row.prev, row.entry.encode())


TAMPERING = {
    "delete the first": (lambda s: s.execute(text("DELETE FROM ledger WHERE seq = 1")), 1),
    "delete one in the middle": (lambda s: s.execute(text("DELETE FROM ledger WHERE seq = 4")), 4),
    "delete and renumber": (
        lambda s: [
            s.execute(text(sql))
            for sql in ("DELETE FROM ledger WHERE seq = 10", "UPDATE ledger SET seq=10 WHERE seq=9")
        ],
        9,
    ),
    "swap two": (swap, 4),
    "insert one": (insert, 6),
    "rewrite one with a right hash": (rewrite_one, 5),
    "rewrite the last with its old hash": (column("entry", 10, lambda e: e.replace("done", "deny")), 10),
    "flip the hash": (column("hash", 4, lambda h: flip(h, 20)), 4),
    "flip the link": (column("prev", 4, lambda h: flip(h, 20)), 4),
    "empty the hash": (column("hash", 4, lambda _: ""), 4),
    "change the kind beside the entry": (column("kind", 4, lambda _: "intent"), 4),
    "change the attempt beside the entry": (column("attempt_id", 4, lambda _: 5), 4),
    "replace by rubbish": (column("entry", 4, lambda _: "{}"), 4),
}


@pytest.mark.parametrize(("tamper", "first_bad"), TAMPERING.values(), ids=TAMPERING)
def test_tampering_is_found_at_the_first_bad_entry(store: Store, tamper, first_bad: int) -> None:
    fill(store)
    with store.write() as session:
        tamper(session)
    with store.read() as session:
        found = verify(session)
    assert isinstance(found, Broken)
    assert (found.seq, found.exit_code) == (first_bad, 2)
    assert str(first_bad) in found.why


def test_every_flipped_byte_of_an_entry_is_found(sqlite_store: Store) -> None:
    fill(sqlite_store, 3)
    with sqlite_store.read() as session:
        original = session.get_one(LedgerRow, 2).entry
    for at in range(len(original.encode())):
        with sqlite_store.write() as session:
            session.execute(update(LedgerRow).where(LedgerRow.seq == 2).values(entry=flip(original, at)))
        with sqlite_store.read() as session:
            found = verify(session)
        assert isinstance(found, Broken), at
        assert found.seq == 2, at


def test_an_untouched_chain_verifies_and_names_its_head(store: Store) -> None:
    with store.read() as session:
        assert verify(session) == Verified(0, GENESIS)
    fill(store)
    with store.read() as session:
        head = session.get_one(LedgerRow, 10).hash
        assert verify(session) == Verified(10, head)
        assert [entry.seq for entry in entries(session, attempt_id=1)] == [1, 3, 5, 7, 9]
        assert entries(session, attempt_id=0)[-1].hash == head


def test_concurrent_writers_make_one_chain_without_gaps(store: Store) -> None:
    """T108, without the kill."""

    def write(number: int) -> None:
        with store.write() as session:
            append(session, note(number))

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(write, range(100)))
    with store.read() as session:
        found = verify(session)
    assert isinstance(found, Verified)
    assert found.entries == 100


def test_a_rolled_back_change_leaves_no_entry_and_no_gap(store: Store) -> None:
    fill(store, 2)
    with pytest.raises(ZeroDivisionError), store.write() as session:
        _ = append(session, note(3)).seq / 0
    fill(store, 1)
    with store.read() as session:
        assert isinstance(found := verify(session), Verified)
        assert found.entries == 3


def test_the_hash_is_the_published_one() -> None:
    """A reader with nothing but the specification comes to the same hash; this one was worked out by hand."""
    entry = LedgerEntry(**note(1).model_dump(), seq=1, ts="2026-11-22T15:00:00.000000Z", prev=GENESIS)
    canonical = json.dumps(
        json.loads(entry.model_dump_json(exclude={"hash"})), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    assert entry.canonical() == canonical
    assert digest(GENESIS, b"{}") == "sha256:" + HAND_WORKED


HAND_WORKED = "df2fad6a42533aaab95db7d32ba62a1222257cd5908f1f5eb7ce850d55dc0709"
