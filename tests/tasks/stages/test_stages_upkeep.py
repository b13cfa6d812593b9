"""Looking after our own pull requests: stale ones go, others' stay, and what cannot be opened is said once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select
from stages_fakes import LOG, RED_SHA, SOURCE, Desk

from fixers.model import FileEdit
from fixers.patch import unified
from tasks.github.errors import PermissionMissing, Rejected
from tasks.ledger.chain import entries
from tasks.ledger.entry import LedgerEntry
from tasks.stages.upkeep import STICKY
from tasks.store.models import Attempt, Incident, Purpose
from tasks.store.states import State


@pytest.fixture
def watched(desk: Desk) -> int:
    """An attempt whose draft is open."""
    desk.hub.policy("autonomy: draft_pr")
    attempt_id = desk.attempt()
    assert desk.run(attempt_id) is State.WATCHING
    return attempt_id


def green(desk: Desk, *, name: str = "ci", conclusion: str = "success", **files: str) -> str:
    """Let somebody push to the base, and its workflow end."""
    sha = desk.hub.push("main", **files)
    desk.hub.runs.append(replace(desk.hub.runs[0], id=50 + len(desk.hub.runs), head_sha=sha, name=name))
    desk.hub.runs[-1] = replace(desk.hub.runs[-1], conclusion=conclusion)
    return sha


def kinds(desk: Desk) -> list[str]:
    return [made.partition(" ")[0] for made in desk.hub.journal][5:]


def test_a_request_whose_fault_is_gone_closes_itself_and_says_why(desk: Desk, watched: int) -> None:
    sha = green(desk)
    branch = desk.hub.pull(1).head_branch
    assert desk.run(watched) is State.DONE
    assert (desk.hub.pull(1).state, desk.hub.pull(1).merged) == ("closed", False)
    assert branch not in desk.hub.branches
    ((number, body),) = desk.hub.replies
    assert (number, f"green again at {sha[:7]}" in body, STICKY in body) == (1, True, True)
    assert kinds(desk) == ["reply", "close", "delete"]
    with desk.turns.store.read() as session:
        assert session.scalars(select(Incident)).one().closed_because == "gone"


def test_a_fault_that_was_gone_and_comes_back_is_worked_on(desk: Desk, watched: int) -> None:
    """It was nobody's refusal."""
    green(desk)
    desk.run(watched)
    assert desk.run(desk.attempt(2, sha=desk.hub.push("main"))) is State.WATCHING


@pytest.mark.parametrize(
    "happens",
    [
        pytest.param(lambda desk: None, id="nothing"),
        pytest.param(lambda desk: desk.hub.push("main"), id="no-run-yet"),
        pytest.param(lambda desk: green(desk, conclusion="failure"), id="still-red"),
        pytest.param(lambda desk: green(desk, name="lint"), id="another-workflow"),
        pytest.param(
            lambda desk: (green(desk), desk.hub.push(desk.hub.pull(1).head_branch)), id="somebody-pushed-to-the-branch"
        ),
    ],
)
def test_a_request_stays_while_it_is_of_use_or_somebody_elses(
    desk: Desk, watched: int, happens: Callable[[Desk], object]
) -> None:
    happens(desk)
    assert desk.run(watched) is State.WATCHING
    assert desk.hub.pull(1).state == "open"
    assert kinds(desk) == []


def test_a_rerun_that_went_red_again_counts_more_than_the_green_one(desk: Desk, watched: int) -> None:
    sha = green(desk)
    desk.hub.runs.append(replace(desk.hub.runs[-1], id=999, head_sha=sha, conclusion="failure"))
    assert desk.run(watched) is State.WATCHING


def test_a_request_whose_base_is_gone_closes_itself(desk: Desk) -> None:
    desk.hub.policy("autonomy: draft_pr")
    desk.hub.branches["feature"] = RED_SHA
    attempt_id = desk.attempt(head_branch="feature")
    desk.run(attempt_id)
    del desk.hub.branches["feature"]
    assert desk.run(attempt_id) is State.DONE
    assert desk.hub.pull(1).state == "closed"


MORE = LOG.replace(
    b"FAILED tests/test_fees.py::test_last_day_of_grace - assert 5 == 0",
    b"FAILED tests/test_fees.py::test_last_day_of_grace - assert 5 == 0\n"
    b"2026-11-22T14:02:01.0000000Z FAILED tests/test_fees.py::test_first_day - assert 5 == 0",
).replace(b"1 failed", b"2 failed")
OTHER = LOG.replace(b"test_last_day_of_grace", b"test_first_day")


def test_a_request_that_a_later_one_repairs_as_well_is_closed_with_a_link(desk: Desk, watched: int) -> None:
    later = desk.attempt(2, sha=desk.hub.push("main", **{"src/fees.py": SOURCE + "# moved on\n"}), log=MORE)
    assert desk.run(later) is State.WATCHING
    assert desk.run(watched) is State.DONE
    ((number, body),) = desk.hub.replies
    assert number == 1
    assert body.startswith("#2 repairs the same tests, at the newer commit ")
    assert [desk.hub.pull(number).state for number in (1, 2)] == ["closed", "open"]
    with desk.turns.store.read() as session:
        reasons = [row.closed_because for row in session.scalars(select(Incident).order_by(Incident.id))]
    assert reasons == ["superseded", ""]
    assert desk.run(later) is State.WATCHING, "the later one is not superseded by what is gone"


def test_a_later_request_about_something_else_supersedes_nothing(desk: Desk, watched: int) -> None:
    later = desk.attempt(2, sha=desk.hub.push("main", **{"src/fees.py": SOURCE + "# moved on\n"}), log=OTHER)
    assert desk.run(later) is State.WATCHING
    assert desk.run(watched) is State.WATCHING
    assert desk.hub.pull(1).state == "open"


def test_a_push_between_look_and_close_keeps_the_request(desk: Desk, watched: int) -> None:
    green(desk)
    assert desk.step(watched) is State.TIDYING
    desk.hub.push(desk.hub.pull(1).head_branch)
    assert desk.run(watched) is State.DONE
    assert desk.hub.pull(1).state == "open"
    assert kinds(desk) == []


@pytest.mark.parametrize("method", ["create_branch", "open_pull"])
@pytest.mark.parametrize(
    "error",
    [
        pytest.param(PermissionMissing("GitHub refused opening: Repository was archived @all."), id="archived"),
        pytest.param(Rejected("GitHub rejected it (422): Repository rule violations found @all"), id="branch-rules"),
    ],
)
def test_where_nothing_can_be_opened_an_issue_says_so_once(
    desk: Desk, method: str, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> object:
        raise error

    monkeypatch.setattr(desk.hub, method, refuse)
    desk.hub.policy("autonomy: pr")
    assert desk.run(desk.attempt()) is State.DONE
    desk.hub.branches["release"] = RED_SHA
    assert desk.run(desk.attempt(2, sha=desk.hub.push("release"), head_branch="release")) is State.DONE
    ((title, body),) = desk.hub.issues
    assert title == "Goldseam cannot open pull requests here"
    assert "@all" not in body
    assert set(desk.hub.branches) == {"main", "release"}
    assert [shown.title for _, _, shown in desk.hub.checks.values()] == [
        "A proven repair, which could not be proposed"
    ] * 2


def test_where_there_are_no_issues_either_the_check_run_has_to_do(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> object:
        raise PermissionMissing("GitHub refused it: archived.")

    monkeypatch.setattr(desk.hub, "open_pull", refuse)
    monkeypatch.setattr(desk.hub, "open_issue", refuse)
    desk.hub.policy("autonomy: pr")
    assert desk.run(desk.attempt()) is State.DONE
    assert len(desk.hub.checks) == 1


def conflict(desk: Desk) -> str:
    """Let the base change what stands beside the repair, so that GitHub cannot merge it."""
    moved = SOURCE + "\nRATE = 5\n"
    head = desk.hub.push("main", **{"src/fees.py": moved})
    desk.hub.pulls[0] = replace(desk.hub.pulls[0], mergeable=False)
    patch = unified([FileEdit("src/fees.py", moved, moved.replace(">=", ">"))])
    desk.engine.trace = desk.engine.trace.model_copy(update={"patch": patch})
    return head


def opened(desk: Desk) -> list[Attempt]:
    with desk.turns.store.read() as session:
        return list(session.scalars(select(Attempt).where(Attempt.purpose == Purpose.REBASE)))


def test_a_conflict_with_the_base_is_proven_anew_there_once(desk: Desk, watched: int) -> None:
    head = conflict(desk)
    for _ in range(2):
        assert desk.run(watched) is State.WATCHING
    (again,) = opened(desk)
    assert (again.follows, again.head_sha, again.pull_number) == (watched, head, 1)
    assert desk.run(again.id) is State.WATCHING
    assert (
        desk.hub.file_at("src/fees.py", desk.hub.pull(1).head_branch)
        == (SOURCE.replace(">=", ">") + "\nRATE = 5\n").encode()
    )
    assert len(desk.hub.pulls) == 1
    ledger_of_rebase = next(entry for entry in _entries(desk, again.id) if entry.kind == "state")
    assert (ledger_of_rebase.actor.id, ledger_of_rebase.why) == ("watch", "The base conflicts: rebase.")


def test_a_branch_that_only_fell_behind_is_left_as_it_is(desk: Desk, watched: int) -> None:
    conflict(desk)
    desk.hub.pulls[0] = replace(desk.hub.pulls[0], mergeable=True)
    assert desk.run(watched) is State.WATCHING
    assert opened(desk) == []


def test_a_conflict_on_a_branch_that_somebody_took_over_is_theirs(desk: Desk, watched: int) -> None:
    conflict(desk)
    desk.hub.push(desk.hub.pull(1).head_branch)
    assert desk.run(watched) is State.WATCHING
    assert opened(desk) == []


def _entries(desk: Desk, attempt_id: int) -> list[LedgerEntry]:
    with desk.turns.store.read() as session:
        return list(entries(session, attempt_id=attempt_id))
