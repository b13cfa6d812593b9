"""The approval check: it waits at our own pull requests, passes at others, and only where it is wished for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import select, update
from stages_fakes import Desk as Office
from stages_fakes import envelope, pull_closed

from tasks.github.errors import RateLimited
from tasks.github.protocol import Pull
from tasks.ledger.chain import Verified, verify
from tasks.stages.approval import APPROVAL
from tasks.stages.bystand import pass_next
from tasks.stages.onboard import Desk
from tasks.stop import StopSwitch
from tasks.store.assignments import StoreKnown
from tasks.store.bystanders import is_wished
from tasks.store.models import LedgerRow
from tasks.store.models_people import Bystander, CommandState
from tasks.store.states import State

WISHED = "autonomy: draft_pr\napproval_check: true"
HEAD = "d" * 40


def theirs(number: int = 9, *, head: str = HEAD, branch: str = "topic", action: str = "opened") -> dict[str, object]:
    pull = Pull(number, "N9", "open", False, False, branch, head, "main", "", "https://x/9")
    return pull_closed(pull) | {"action": action}


def policy_pushed(branch: str = "main", path: str = ".github/goldseam.yml") -> dict[str, object]:
    commits = [{"added": None, "modified": ["README.md", path], "removed": []}, None]
    return envelope(ref=f"refs/heads/{branch}", before="a" * 40, after="b" * 40, commits=commits)


def settle(office: Office) -> int:
    """Do everything that waits; return how much that was."""
    desk = Desk(office.turns.store, office.turns.stop, "publish-1", office.server)
    count = 0
    while pass_next(desk, office.command_writer):
        count += 1
    return count


def checks(office: Office) -> dict[str, tuple[str, str]]:
    """Return head and conclusion of the approval checks, by external id."""
    found = office.hub.checks.items()
    return {key: (head, conclusion) for key, (head, conclusion, _) in found if key.startswith("goldseam-approval")}


@pytest.fixture
def wishing(desk: Office) -> Office:
    desk.hub.policy(WISHED)
    desk.deliver("policy", "push", policy_pushed())
    assert settle(desk) == 1
    return desk


def test_a_proposal_waits_for_an_approval_of_its_very_patch_and_passes_with_it(wishing: Office) -> None:
    attempt = wishing.attempt()
    assert wishing.run(attempt) is State.WATCHING
    head = wishing.hub.pull(1).head_sha
    assert checks(wishing) == {f"goldseam-approval:{attempt}": (head, "action_required")}
    said = wishing.hub.checks[f"goldseam-approval:{attempt}"][2].summary
    command = wishing.say(f"/goldseam approve {said.rpartition('approve ')[2][:8]}")
    assert command is not None
    assert wishing.answer(command) is CommandState.DONE
    assert checks(wishing) == {f"goldseam-approval:{attempt}": (head, "success")}


def test_it_passes_at_somebody_elses_pull_request_and_at_each_push_to_it(wishing: Office) -> None:
    wishing.deliver("opened", "pull_request", theirs())
    assert settle(wishing) == 1
    wishing.deliver("pushed", "pull_request", theirs(head="e" * 40, action="synchronize"))
    assert settle(wishing) == 1
    assert checks(wishing) == {"goldseam-approval:pull:9": ("e" * 40, "success")}
    with wishing.turns.store.read() as session:
        assert isinstance(verify(session), Verified)
        assert sum("approval:pull:7:9:" in each for each in session.scalars(select(LedgerRow.entry))) == 4


def test_pull_requests_that_were_open_when_the_policy_changed_get_it(desk: Office) -> None:
    pull = Pull(4, "N4", "open", False, False, "topic", HEAD, "main", "", "https://x/4")
    desk.hub.pulls += [pull, replace(pull, number=5, head_branch="goldseam/fix/x-1"), replace(pull, state="closed")]
    desk.hub.policy(WISHED)
    desk.deliver("policy", "push", policy_pushed())
    settle(desk)
    assert checks(desk) == {"goldseam-approval:pull:4": (HEAD, "success")}


@pytest.mark.parametrize(
    "happens",
    [
        pytest.param(lambda office: office.deliver("a", "pull_request", theirs()), id="no-wish"),
        pytest.param(lambda office: office.deliver("a", "push", policy_pushed("topic")), id="another-branch"),
        pytest.param(lambda office: office.deliver("a", "push", policy_pushed(path="setup.py")), id="another-file"),
    ],
)
def test_without_the_wish_nobody_is_asked_anything(desk: Office, happens: Callable[[Office], object]) -> None:
    happens(desk)
    assert settle(desk) == 0


def test_our_own_branches_are_no_bystanders_and_a_forks_branch_of_such_a_name_is(wishing: Office) -> None:
    wishing.deliver("own", "pull_request", theirs(branch="goldseam/fix/x-1"))
    assert settle(wishing) == 0
    fork = theirs(10, branch="goldseam/fix/x-1")
    pull = fork["pull_request"]
    assert isinstance(pull, dict)
    head = pull["head"] | {"repo": {"id": 8, "full_name": "kim/r", "fork": True}}
    wishing.deliver("fork", "pull_request", fork | {"pull_request": pull | {"head": head}})
    assert settle(wishing) == 1


def test_a_wish_that_was_taken_back_counts_from_the_push_on(wishing: Office) -> None:
    wishing.hub.policy("autonomy: draft_pr")
    wishing.deliver("back", "push", policy_pushed() | {"after": "c" * 40})
    settle(wishing)
    wishing.deliver("opened", "pull_request", theirs())
    assert settle(wishing) == 0
    assert wishing.run(wishing.attempt()) is State.WATCHING
    assert checks(wishing) == {}


def test_a_red_run_tells_of_the_wish_as_well(desk: Office) -> None:
    desk.hub.policy(WISHED)
    desk.step(desk.attempt())
    with desk.turns.store.read() as session:
        assert is_wished(session, 7)


def test_where_nothing_may_be_shown_nothing_is(desk: Office) -> None:
    desk.hub.policy("autonomy: observe\napproval_check: true")
    desk.deliver("policy", "push", policy_pushed())
    desk.deliver("opened", "pull_request", theirs())
    settle(desk)
    assert checks(desk) == {}


def test_while_goldseam_is_stopped_it_waits(wishing: Office, tmp_path) -> None:
    stop = tmp_path / "STOP"
    stop.touch()
    assert isinstance(wishing.turns.stop, StopSwitch)
    wishing.deliver("opened", "pull_request", theirs())
    assert settle(wishing) == 0
    stop.unlink()
    assert settle(wishing) == 1


def test_a_refusal_for_too_many_requests_puts_it_off_and_a_new_head_does_not_wait_for_the_old(
    wishing: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def limited(**_: object) -> int:
        raise RateLimited("Too many requests.", 900)

    wishing.deliver("opened", "pull_request", theirs())
    with monkeypatch.context() as patch:
        patch.setattr(wishing.hub, "create_check", limited)
        assert settle(wishing) == 1
    assert settle(wishing) == 0, "it waits"
    wishing.deliver("pushed", "pull_request", theirs(head="e" * 40, action="synchronize"))
    assert settle(wishing) == 1
    assert checks(wishing) == {"goldseam-approval:pull:9": ("e" * 40, "success")}


def test_a_push_while_it_is_settled_is_settled_after_it(wishing: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    create, pushes = wishing.hub.create_check, iter([theirs(head="e" * 40, action="synchronize")])

    def pushed(**said: object) -> int:
        for push in pushes:
            wishing.deliver("pushed", "pull_request", push)
        return create(**said)

    wishing.deliver("opened", "pull_request", theirs())
    monkeypatch.setattr(wishing.hub, "create_check", pushed)
    assert settle(wishing) == 2
    assert checks(wishing)["goldseam-approval:pull:9"] == ("e" * 40, "success")


def test_the_broker_lends_a_token_for_one_that_is_held_and_no_other(wishing: Office) -> None:
    wishing.deliver("opened", "pull_request", theirs())
    known = StoreKnown(wishing.turns.store)
    with wishing.turns.store.read() as session:
        number = session.scalars(select(Bystander.id)).one()
    ask = partial(known.known, f"b{number}")
    assert ask("publish") is None
    with wishing.turns.store.write() as session:
        session.execute(update(Bystander).values(lease_until=datetime(2999, 1, 1, tzinfo=UTC)))
    found = ask("publish")
    assert found is not None
    assert (found.installation_id, found.repository) == (3, "o/r")
    assert ask("analyze") is None


def test_it_has_a_name_of_its_own() -> None:
    assert APPROVAL == "Goldseam approval"
