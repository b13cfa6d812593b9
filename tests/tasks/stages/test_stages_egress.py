"""A secret that found its way into what would be published: refused, told to nobody outside, written down."""

import base64
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select
from stages_fakes import FIXED, MENDED, SOURCE, Desk, Hub

from fixers.model import FileEdit
from fixers.patch import unified
from tasks.ledger.chain import Verified, entries, verify
from tasks.report.outgoing import EgressBlocked, Outgoing
from tasks.stages.egress import guarded
from tasks.store.effects import of_attempt
from tasks.store.models import LedgerRow
from tasks.store.states import State

CANARY = "canary-5Kd8Wq2Zx7Lm4Tn9"
IN_BASE64 = base64.b64encode(CANARY.encode()).decode()


@dataclass
class GuardedDesk(Desk):
    """A desk whose writer is the one that the publish worker gets."""

    outgoing: Outgoing = field(default_factory=lambda: Outgoing({"canary": CANARY}))

    @contextmanager
    def writer(self, attempt):
        with super().writer(attempt) as hub:
            yield guarded(hub, self.outgoing)


@pytest.fixture
def guarded_desk(desk: Desk) -> GuardedDesk:
    desk.hub.policy("autonomy: draft_pr")
    return GuardedDesk(desk.turns, desk.hub)


def patched(line: str) -> str:
    return unified([FileEdit("src/fees.py", SOURCE, MENDED + line)])


THIEVES = {
    "title, body and message": FIXED.model_copy(update={"sentence": f"`{CANARY}` becomes 1."}),
    "split in the title": FIXED.model_copy(update={"sentence": f"{CANARY[:10]}' '{CANARY[10:]}"}),
    "file": FIXED.model_copy(update={"patch": patched(f"KEY = {CANARY[::-1]!r}\n")}),
    "file, base64": FIXED.model_copy(update={"patch": patched(f"KEY = {IN_BASE64!r}\n")}),
    "token in a file": FIXED.model_copy(update={"patch": patched(f"KEY = 'ghp_{'x9Y8z7' * 6}'\n")}),
}


@pytest.mark.parametrize("trace", THIEVES.values(), ids=THIEVES)
def test_what_would_carry_a_secret_out_is_refused(guarded_desk, trace):
    desk = guarded_desk
    desk.engine.trace = trace
    attempt_id = desk.attempt()
    assert desk.run(attempt_id) is State.DECLINED
    assert not {line.split()[0] for line in desk.hub.journal} - {"branch"}
    with desk.turns.store.read() as session:
        denied = [entry for entry in entries(session, attempt_id=attempt_id) if entry.action == "egress"]
        assert [(entry.result, entry.why[:16]) for entry in denied] == [("deny", "Blocked: egress.")]
        assert isinstance(verify(session), Verified)
        assert CANARY not in "".join(session.scalars(select(LedgerRow.entry)))
        assert {effect.outcome for effect in of_attempt(session, attempt_id)} <= {"done", "blocked"}
        assert "" not in {effect.outcome for effect in of_attempt(session, attempt_id)}
    assert desk.run(attempt_id) is State.DECLINED


def test_a_worker_that_dies_while_it_refuses_refuses_again(guarded_desk, monkeypatch):
    desk = guarded_desk
    desk.engine.trace = FIXED.model_copy(update={"patch": patched(f"KEY = {CANARY!r}\n")})
    attempt_id = desk.attempt()
    import tasks.stages.publish as publishing  # noqa: PLC0415 - patched here only

    real = publishing.blocked

    def dying(*_: object) -> State:
        raise OSError("the worker dies here")

    monkeypatch.setattr(publishing, "blocked", dying)
    with pytest.raises(OSError, match="dies here"):
        desk.run(attempt_id)
    monkeypatch.setattr(publishing, "blocked", real)
    assert desk.run(attempt_id) is State.DECLINED
    assert [line.split()[0] for line in desk.hub.journal] == ["branch"]


def test_the_guard_looks_at_every_call_that_changes_something():
    """A call that is new to the guard is looked at, until somebody says that it only reads."""

    class Growing(Hub):
        def announce(self, channel: str, *, words: list[str]) -> str:
            return channel + "".join(words)

    writer = guarded(Growing(), Outgoing({"canary": CANARY}))
    assert writer.announce("here", words=["a"]) == "herea"
    assert writer.branch_sha(CANARY) is None
    for words in ([CANARY], ["", CANARY[:8], CANARY[8:]], [IN_BASE64]):
        with pytest.raises(EgressBlocked):
            writer.announce("here", words=words)
    with pytest.raises(EgressBlocked):
        writer.create_branch(f"goldseam/fix/{CANARY}", "0" * 40)


def test_a_file_that_held_a_token_before_may_be_committed(guarded_desk):
    desk = guarded_desk
    held = f"KEY = 'ghp_{'x9Y8z7' * 6}'\n"
    red = desk.hub.trees[desk.hub.branches["main"]]
    red["src/fees.py"] = (held + SOURCE).encode()
    desk.engine.trace = FIXED.model_copy(
        update={"patch": unified([FileEdit("src/fees.py", held + SOURCE, held + MENDED)]), "sentence": "Mended."}
    )
    # The fake's plain body quotes the patch with its context, so the request itself is what is refused.
    assert desk.run(desk.attempt()) is State.DECLINED
    assert [line.split()[0] for line in desk.hub.journal] == ["branch", "commit"]


def test_an_honest_proposal_goes_out(guarded_desk):
    assert guarded_desk.run(guarded_desk.attempt()) is State.WATCHING


def test_no_writer_is_opened_without_its_guard():
    text = (Path(__file__).parents[3] / "app/server/publish.py").read_text()
    assert text.count(" writing(") == text.count("yield guarded(writer, ") == 1
