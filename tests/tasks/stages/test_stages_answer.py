"""Conversations: a command is seen, authorized, obeyed once, and answered once, whatever is killed in between."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from stages_fakes import FIXED, MENDED, PATCH, PEOPLE, RED_SHA, REPAIR, SOURCE, Desk, Killed, envelope

from fixers.evidence import Cluster, Proposal
from fixers.guidance import Remark
from fixers.model import FileEdit, Reason
from fixers.patch import digest, unified
from tasks.ledger.chain import Broken, verify
from tasks.policy.model import Autonomy, ServerPolicy
from tasks.store.models import Attempt
from tasks.store.models_people import CommandRow, CommandState
from tasks.store.states import State

BRANCH_FILE = "src/fees.py"
OTHER = SOURCE.replace("5 if", "4 if")
OTHER_PATCH = unified([FileEdit(BRANCH_FILE, SOURCE, OTHER)])
THIRD = SOURCE.replace("else 0", "else 1")
THIRD_PATCH = unified([FileEdit(BRANCH_FILE, SOURCE, THIRD)])


def proposed(desk: Desk) -> int:
    """Bring an attempt to an open pull request."""
    desk.hub.policy("autonomy: draft_pr")
    attempt = desk.attempt()
    assert desk.run(attempt) is State.WATCHING
    return attempt


def obeyed(desk: Desk, command: int | None) -> CommandState:
    """Answer a command, run what it opened, and answer it to its end."""
    assert command is not None
    state = desk.answer(command)
    if state is CommandState.WAITING:
        desk.run(row(desk, command).opened_id or 0)
        state = desk.answer(command)
    return state


def row(desk: Desk, command: int) -> CommandRow:
    with desk.turns.store.read() as session:
        return session.get_one(CommandRow, command)


def stored(desk: Desk, attempt: int) -> Attempt:
    with desk.turns.store.read() as session:
        return session.get_one(Attempt, attempt)


def shown(desk: Desk) -> str:
    """Return the file as the pull request shows it."""
    return desk.hub.trees[desk.hub.branches[desk.hub.pulls[0].head_branch]][BRANCH_FILE].decode()


def faces(desk: Desk) -> list[str]:
    return [content for _, _, content in desk.hub.reactions]


def another(desk: Desk, patch: str = OTHER_PATCH) -> None:
    """Let the engine find this patch next."""
    desk.engine.trace = FIXED.model_copy(update={"patch": patch, "sentence": "Fixed: another place."})


def test_retry_shows_another_proposal_on_the_same_pull_request(either_desk: Desk) -> None:
    desk = either_desk
    first = proposed(desk)
    another(desk)
    command = desk.say("/goldseam retry look at `late_fee`")
    assert obeyed(desk, command) is CommandState.DONE
    second = row(desk, command or 0).opened_id or 0
    assert len(desk.hub.pulls) == 1
    assert shown(desk) == OTHER
    assert stored(desk, second).state is State.WATCHING
    assert stored(desk, first).state is State.SUPERSEDED
    assert faces(desk) == ["eyes", "+1"]
    guidance = desk.engine.guidance[-1]
    assert guidance is not None
    assert guidance.hint == "look at late_fee"
    assert guidance.said_by == "alice"
    assert guidance.declined == (digest(PATCH),)


def test_retry_begins_where_the_fault_is_known_to_be_real(desk: Desk) -> None:
    proposed(desk)
    desk.engine.calls.clear()
    another(desk)
    obeyed(desk, desk.say("/goldseam retry"))
    assert desk.engine.calls == ["localize", "repair", "verify"]


def test_a_retry_that_finds_nothing_leaves_the_pull_request_as_it_was(desk: Desk) -> None:
    first = proposed(desk)
    desk.engine.trace = FIXED.model_copy(
        update={"status": "declined", "reason": Reason.NO_CANDIDATE, "sentence": "None passes.", "patch": ""}
    )
    assert obeyed(desk, desk.say("/goldseam retry")) is CommandState.DONE
    assert shown(desk) == MENDED
    assert faces(desk) == ["eyes", "confused"]
    assert "None passes." in desk.hub.replies[-1][1]
    before = stored(desk, first)
    assert before.state is State.WATCHING
    assert before.superseded_by is None


def test_what_was_merged_meanwhile_is_not_written_to(desk: Desk) -> None:
    proposed(desk)
    another(desk)
    command = desk.say("/goldseam retry") or 0
    desk.answer(command)
    desk.hub.answer(1, merged=True)
    assert desk.run(row(desk, command).opened_id or 0) is State.SUPERSEDED
    assert shown(desk) == MENDED


def test_a_person_who_pushed_keeps_the_branch(desk: Desk) -> None:
    proposed(desk)
    pushed = desk.hub.push(desk.hub.pulls[0].head_branch, **{BRANCH_FILE: "# mine\n"})
    another(desk)
    command = desk.say("/goldseam retry")
    assert obeyed(desk, command) is CommandState.DONE
    assert desk.hub.branches[desk.hub.pulls[0].head_branch] == pushed
    assert "pushed" in desk.hub.replies[-1][1]


def test_undo_goes_back_and_pick_goes_on(desk: Desk) -> None:
    proposed(desk)
    desk.engine.repair_found = REPAIR.model_copy(update={"clusters": (cluster(OTHER_PATCH), cluster(THIRD_PATCH))})
    another(desk)
    obeyed(desk, desk.say("/goldseam retry"))
    assert obeyed(desk, desk.say("/goldseam alternatives")) is CommandState.DONE
    text = desk.hub.replies[-1][1]
    assert text.index("**1.**") < text.index("proposed now") < text.index("**2.**") < text.index("proposed before")
    assert "**3.**" in text
    another(desk, THIRD_PATCH)
    assert obeyed(desk, desk.say("/goldseam pick 3")) is CommandState.DONE
    picked = desk.engine.guidance[-1]
    assert picked is not None
    assert picked.picked is not None
    assert picked.picked.patch == THIRD_PATCH
    assert shown(desk) == THIRD
    assert obeyed(desk, desk.say("/goldseam undo")) is CommandState.DONE
    assert shown(desk) == OTHER
    assert obeyed(desk, desk.say("/goldseam undo")) is CommandState.DONE
    assert shown(desk) == MENDED
    body = desk.hub.pulls[0].body
    assert "undo" in body
    assert obeyed(desk, desk.say("/goldseam undo")) is CommandState.REFUSED
    assert shown(desk) == MENDED
    assert len(desk.hub.pulls) == 1


def cluster(patch: str) -> Cluster:
    made = Proposal(patch=patch, fixer="search:x", tier=2, prior=0.1, summary="It changes.", path=BRANCH_FILE, line=2)
    return Cluster(proposals=(made,), size=1)


@pytest.mark.parametrize("word", ["", "0", "4", "two", "-1", "1"])
def test_a_pick_that_names_no_other_repair_changes_nothing(desk: Desk, word: str) -> None:
    proposed(desk)
    assert obeyed(desk, desk.say(f"/goldseam pick {word}")) is CommandState.REFUSED
    assert shown(desk) == MENDED
    assert faces(desk) == ["eyes", "confused"]


def test_a_stranger_gets_one_reaction_and_nothing_else(desk: Desk) -> None:
    proposed(desk)
    before = list(desk.hub.journal)
    assert obeyed(desk, desk.say("/goldseam stop", by="bob")) is CommandState.REFUSED
    assert desk.hub.journal[len(before) :] == ["react comment 101 confused"]


def test_bots_get_nothing_unless_the_server_knows_their_number(desk: Desk) -> None:
    proposed(desk)
    before = list(desk.hub.journal)
    assert obeyed(desk, desk.say("/goldseam help", by="helper[bot]")) is CommandState.REFUSED
    assert desk.hub.journal == before
    desk.server = desk.server.model_copy(update={"command_bots": (13,)})
    assert obeyed(desk, desk.say("/goldseam help", by="helper[bot]")) is CommandState.DONE


def test_two_bots_that_answer_each_other_come_to_an_end(desk: Desk) -> None:
    """One that may command answers whatever we say with a command, for as long as we say something."""
    proposed(desk)
    desk.server = desk.server.model_copy(update={"command_bots": (13,)})
    states, heard = [], -1
    for _ in range(30):
        if len(desk.hub.replies) == heard:
            break
        heard = len(desk.hub.replies)
        states.append(obeyed(desk, desk.say("/goldseam explain", by="helper[bot]")))
    assert states == [CommandState.DONE] * 3 + [CommandState.REFUSED] * 2
    assert [body for _, body in desk.hub.replies if "a person has to go on" in body] == [desk.hub.replies[-1][1]]
    assert obeyed(desk, desk.say("/goldseam help")) is CommandState.DONE
    assert obeyed(desk, desk.say("/goldseam explain", by="helper[bot]")) is CommandState.DONE


def test_permission_is_asked_when_the_command_is_obeyed(desk: Desk) -> None:
    proposed(desk)
    command = desk.say("/goldseam explain")
    desk.hub.people["alice"] = "read"
    assert obeyed(desk, command) is CommandState.REFUSED
    assert not desk.hub.replies


@pytest.mark.parametrize(
    "body",
    [
        "> /goldseam undo",
        "```\n/goldseam undo\n```",
        "please /goldseam undo",
        "/g\N{GREEK SMALL LETTER OMICRON}ldseam undo",
        "`/goldseam undo`",
    ],
)
def test_quotes_code_and_look_alikes_are_no_commands(desk: Desk, body: str) -> None:
    proposed(desk)
    assert desk.say(body) is None


def test_the_same_comment_delivered_again_is_obeyed_once(desk: Desk) -> None:
    proposed(desk)
    another(desk)
    first = desk.say("/goldseam retry", comment=500)
    assert obeyed(desk, first) is CommandState.DONE
    assert desk.say("/goldseam retry", comment=500) in {None, first}
    assert obeyed(desk, first) is CommandState.DONE
    with desk.turns.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Attempt)) == 2
    assert faces(desk) == ["eyes", "+1"]


def test_an_unknown_word_is_answered_with_the_list_once_a_thread(desk: Desk) -> None:
    proposed(desk)
    assert obeyed(desk, desk.say("/goldseam fly")) is CommandState.REFUSED
    assert obeyed(desk, desk.say("/goldseam swim")) is CommandState.REFUSED
    assert len(desk.hub.replies) == 1
    assert "`/goldseam retry [hint]`" in desk.hub.replies[0][1]


def test_a_second_retry_waits_for_nobody(desk: Desk) -> None:
    proposed(desk)
    first = desk.say("/goldseam retry") or 0
    assert desk.answer(first) is CommandState.WAITING
    assert obeyed(desk, desk.say("/goldseam retry")) is CommandState.REFUSED
    assert "at work" in desk.hub.replies[-1][1]


def test_stop_ends_the_attempt_at_work_and_ignore_closes_for_good(desk: Desk) -> None:
    first = proposed(desk)
    command = desk.say("/goldseam retry") or 0
    desk.answer(command)
    working = row(desk, command).opened_id or 0
    assert obeyed(desk, desk.say("/goldseam stop")) is CommandState.DONE
    assert stored(desk, working).state is State.SUPERSEDED
    assert stored(desk, first).superseded_by is None
    assert obeyed(desk, desk.say("/goldseam ignore")) is CommandState.DONE
    assert desk.hub.pulls[0].state == "closed"
    assert desk.run(first) is State.DONE
    assert set(desk.hub.branches) == {"main"}
    again = desk.hub.push("main", **{"README.md": "x"})
    assert desk.run(desk.attempt(2, sha=again)) is State.DECLINED
    assert len(desk.hub.pulls) == 1


def test_approve_takes_the_digest_of_what_is_proposed_now(desk: Desk) -> None:
    proposed(desk)
    assert obeyed(desk, desk.say("/goldseam approve 12345678")) is CommandState.REFUSED
    good = digest(PATCH).removeprefix("sha256:")[:8]
    assert good in desk.hub.replies[-1][1]
    assert obeyed(desk, desk.say(f"/goldseam approve {good}")) is CommandState.DONE
    branch = desk.hub.pulls[0].head_branch
    sha, conclusion, output = desk.hub.checks["goldseam-approval:1"]
    assert (sha, conclusion) == (desk.hub.branches[branch], "success")
    assert "pushed" not in output.summary
    pushed = desk.hub.push(branch)
    assert obeyed(desk, desk.say(f"/goldseam approve {good}")) is CommandState.DONE
    sha, _, output = desk.hub.checks["goldseam-approval:1"]
    assert (sha, "Others have pushed" in output.summary) == (pushed, True)


def test_rebase_proves_the_patch_on_what_the_base_has_become(desk: Desk) -> None:
    proposed(desk)
    assert obeyed(desk, desk.say("/goldseam rebase")) is CommandState.DONE
    assert "merges as it is" in desk.hub.replies[-1][1]
    moved = SOURCE + "\nRATE = 5\n"
    head = desk.hub.push("main", **{BRANCH_FILE: moved})
    mended = moved.replace(">=", ">")
    another(desk, unified([FileEdit(BRANCH_FILE, moved, mended)]))
    assert obeyed(desk, desk.say("/goldseam rebase")) is CommandState.DONE
    assert shown(desk) == mended
    assert desk.engine.orders[-1].head_sha == head
    assert set(desk.hub.branches) == {"main", desk.hub.pulls[0].head_branch}


def test_replay_says_whether_the_same_comes_out(desk: Desk) -> None:
    proposed(desk)
    branch = desk.hub.branches[desk.hub.pulls[0].head_branch]
    assert obeyed(desk, desk.say("/goldseam replay")) is CommandState.DONE
    assert "gives the same patch and trace" in desk.hub.replies[-1][1]
    another(desk)
    assert obeyed(desk, desk.say("/goldseam replay")) is CommandState.DONE
    assert "differs first at patch" in desk.hub.replies[-1][1]
    assert desk.hub.branches[desk.hub.pulls[0].head_branch] == branch


def test_a_review_that_requests_changes_retries_with_its_lines(desk: Desk) -> None:
    proposed(desk)
    another(desk)
    desk.hub.remarks[41] = (Remark(path=BRANCH_FILE, line=2),)
    review = {
        "id": 41,
        "node_id": "R41",
        "body": "Not this one.",
        "state": "changes_requested",
        "user": {"id": 11, "login": "alice", "type": "User"},
    }
    pull = {"number": 1, "head": {"ref": desk.hub.pulls[0].head_branch, "sha": "a" * 40}, "base": {"ref": "main"}}
    command = desk.deliver("r1", "pull_request_review", envelope(action="submitted", review=review, pull_request=pull))
    assert obeyed(desk, command) is CommandState.DONE
    guidance = desk.engine.guidance[-1]
    assert guidance is not None
    assert guidance.remarks == (Remark(path=BRANCH_FILE, line=2),)
    assert ("review", 41, "eyes") in desk.hub.reactions


def test_at_observe_nothing_is_answered(desk: Desk) -> None:
    proposed(desk)
    desk.server = ServerPolicy(autonomy=Autonomy.OBSERVE)
    before = list(desk.hub.journal)
    assert obeyed(desk, desk.say("/goldseam help")) is CommandState.REFUSED
    assert desk.hub.journal == before


def test_a_stop_leaves_the_command_for_later(desk: Desk) -> None:
    proposed(desk)
    command = desk.say("/goldseam explain") or 0
    (stop,) = desk.turns.stop.files
    stop.touch()
    assert desk.answer(command) is CommandState.RECEIVED
    stop.unlink()
    assert desk.answer(command) is CommandState.DONE


@pytest.mark.parametrize("at", ["react", "reply", "commit", "edit", "check"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_anywhere_a_conversation_ends_the_same(desk: Desk, at: str, when: str) -> None:
    proposed(desk)
    another(desk)
    command = desk.say("/goldseam retry") or 0
    desk.hub.kill_at = (at, when)
    for _ in range(3):
        try:
            state = obeyed(desk, command)
            break
        except Killed:
            continue
    assert state is CommandState.DONE
    assert shown(desk) == OTHER
    assert len(desk.hub.replies) <= 1 + (at == "reply" and when == "after")
    assert sorted(set(faces(desk))) == ["+1", "eyes"]
    assert len([line for line in desk.hub.journal if line.startswith("commit")]) == 2
    with desk.turns.store.read() as session:
        assert not isinstance(verify(session), Broken)


@pytest.mark.parametrize("pushed", [False, True])
def test_after_the_merge_the_branch_goes_unless_somebody_pushed_to_it(desk: Desk, pushed: bool) -> None:
    first = proposed(desk)
    another(desk)
    command = desk.say("/goldseam retry") or 0
    obeyed(desk, command)
    branch = desk.hub.pulls[0].head_branch
    if pushed:
        desk.hub.push(branch, **{"README.md": "mine"})
    desk.hub.answer(1, merged=True)
    assert desk.run(row(desk, command).opened_id or 0) is State.DONE
    assert (branch in desk.hub.branches) is pushed
    assert stored(desk, first).state is State.SUPERSEDED


def pressed(desk: Desk, identifier: str, external_id: str, *, by: str = "alice") -> int | None:
    """Let somebody press a button of the check run."""
    check = {
        "id": 9,
        "name": "Goldseam",
        "head_sha": RED_SHA,
        "external_id": external_id,
        "app": {"id": 77, "slug": "goldseam"},
    }
    desk.said += 1
    return desk.deliver(
        f"b{desk.said}",
        "check_run",
        envelope(
            action="requested_action",
            check_run=check,
            requested_action={"identifier": identifier},
            sender={"login": by, "id": PEOPLE[by], "type": "User"},
        ),
    )


def test_a_button_of_the_check_run_retries_what_was_declined(desk: Desk) -> None:
    """No pull request to comment on yet: the check run is where to ask, and the answer is a pull request."""
    desk.hub.policy("autonomy: draft_pr")
    good = desk.engine.trace
    desk.engine.trace = FIXED.model_copy(
        update={"status": "declined", "reason": Reason.BUDGET_EXHAUSTED, "sentence": "Too slow.", "patch": ""}
    )
    assert desk.run(desk.attempt()) is State.DECLINED
    assert desk.hub.buttons["goldseam:1"] == ("retry",)
    assert obeyed(desk, pressed(desk, "retry", "goldseam:1", by="bob")) is CommandState.REFUSED
    desk.engine.trace = good
    assert obeyed(desk, pressed(desk, "retry", "goldseam:1")) is CommandState.DONE
    assert len(desk.hub.pulls) == 1
    assert shown(desk) == MENDED
    assert desk.hub.buttons["goldseam:1"] == ("retry", "explain", "stop")


def test_a_ticked_box_of_the_body_retries(desk: Desk) -> None:
    proposed(desk)
    another(desk)
    box = "- [{}] <!-- goldseam:box=retry --> Try again"
    pull = {
        "number": 1,
        "body": box.format("x"),
        "updated_at": "2026-11-30T12:00:00Z",
        "head": {"ref": desk.hub.pulls[0].head_branch, "sha": "a" * 40},
        "base": {"ref": "main"},
    }
    changes = {"body": {"from": box.format(" ")}}
    sender = {"login": "alice", "id": PEOPLE["alice"], "type": "User"}
    edited = envelope(action="edited", pull_request=pull, changes=changes, sender=sender)
    assert obeyed(desk, desk.deliver("e1", "pull_request", edited)) is CommandState.DONE
    assert shown(desk) == OTHER
    assert not desk.hub.reactions
