"""Before a repair: what no longer matters, what is not this branch's fault and what passes by chance is left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from stages_fakes import LOG, RED_SHA, TEST, Desk, workflow_run

from fixers.model import Reason
from tasks.github.protocol import Pull
from tasks.store.models import Attempt
from tasks.store.states import State

HEAD = "a" * 40
OTHER_TEST = "tests/test_fees.py::test_other"
OTHER_LOG = LOG.replace(b"test_last_day_of_grace", b"test_other")
BOTH_LOGS = OTHER_LOG.partition(b"##[error]")[0] + LOG


def ended(desk: Desk, attempt_id: int) -> tuple[State, Reason | None, str]:
    desk.run(attempt_id)
    with desk.turns.store.read() as session:
        row = session.scalars(select(Attempt).where(Attempt.id == attempt_id)).one()
    return row.state, row.reason, row.sentence


def pull_run(desk: Desk, log: bytes = LOG, *, base_log: bytes | None = LOG, numbered: bool = True) -> int:
    """Let a pull request's run go red, with a run on its base before it; return the attempt."""
    desk.hub.branches["topic"] = HEAD
    desk.hub.trees[HEAD] = desk.hub.trees[RED_SHA]
    desk.hub.pulls.append(Pull(1, "N1", "open", False, False, "topic", HEAD, "main", "", "https://x/pull/1"))
    if base_log is not None:
        desk.red(50, log=base_log)
    pulls = (1,) if numbered else ()
    run = desk.red(60, sha=HEAD, log=log, head_branch="topic", event="pull_request", pull_numbers=pulls)
    attempt_id = desk.deliver("g60", "workflow_run", workflow_run(run))
    assert attempt_id is not None
    return attempt_id


def test_a_commit_that_is_not_the_head_any_more_is_superseded(desk: Desk) -> None:
    attempt_id = desk.attempt()
    new = desk.hub.push("main", **{"src/other.py": "x = 1\n"})
    state, reason, sentence = ended(desk, attempt_id)
    assert (state, reason) == (State.SUPERSEDED, Reason.SUPERSEDED)
    assert sentence == f"main has moved on to {new[:7]}; {RED_SHA[:7]} is its head no longer."
    assert desk.engine.calls == []


def test_a_branch_that_is_gone_is_superseded(desk: Desk) -> None:
    attempt_id = desk.attempt(head_branch="topic")
    assert ended(desk, attempt_id)[1:] == (Reason.SUPERSEDED, "The branch topic is gone.")


@pytest.mark.parametrize("numbered", [True, False], ids=["run-names-pull", "pull-found-by-commit"])
def test_what_fails_on_the_base_too_is_the_base_s_fault(desk: Desk, numbered: bool) -> None:
    at_base = desk.deliver("base", "workflow_run", workflow_run(desk.red(50)))
    state, reason, sentence = ended(desk, pull_run(desk, base_log=None, numbered=numbered))
    assert (state, reason) == (State.DECLINED, Reason.BASE_IS_RED)
    assert sentence == f"The same tests fail on main at {RED_SHA[:7]}; attempt {at_base} is at it."
    assert desk.engine.calls == []


def test_only_what_the_base_does_not_fail_is_repaired(desk: Desk) -> None:
    desk.hub.policy("autonomy: pr")
    desk.run(pull_run(desk, BOTH_LOGS, base_log=OTHER_LOG))
    (order,) = desk.engine.orders[:1]
    assert order.expected == (TEST,)
    assert OTHER_TEST not in order.expected
    assert "1 of its failures are those of main, and are left to it." in order.notes
    assert order.base == "topic"


@pytest.mark.parametrize(
    "base_log", [OTHER_LOG, b"nothing to read\n", None], ids=["other-test", "unreadable", "no-run-there"]
)
def test_another_failure_of_the_base_is_no_excuse(desk: Desk, base_log: bytes | None) -> None:
    desk.hub.policy("autonomy: pr")
    assert desk.run(pull_run(desk, base_log=base_log)) is State.WATCHING
    assert desk.hub.pulls[-1].base_branch == "topic"


def test_a_green_base_is_no_excuse(desk: Desk) -> None:
    desk.hub.policy("autonomy: pr")
    desk.red(50)
    desk.hub.runs.append(replace(desk.hub.runs[-1], id=51, conclusion="success", head_sha="b" * 40))
    assert desk.run(pull_run(desk, base_log=None)) is State.WATCHING


def test_what_passed_in_an_earlier_attempt_is_flaky(desk: Desk) -> None:
    attempt_id = desk.attempt(1, attempt=3)
    desk.hub.earlier = {(1, 1): "success", (1, 2): "failure"}
    state, reason, sentence = ended(desk, attempt_id)
    assert (state, reason) == (State.DECLINED, Reason.FLAKY)
    assert sentence == "ci passed in attempt 1 and failed in attempt 3, at the same commit."


def test_what_failed_in_every_attempt_is_not(desk: Desk) -> None:
    desk.hub.policy("autonomy: pr")
    attempt_id = desk.attempt(1, attempt=2)
    desk.hub.earlier = {(1, 1): "failure"}
    assert desk.run(attempt_id) is State.WATCHING


def test_a_workflow_that_did_not_start_is_not_the_code_s_fault(desk: Desk) -> None:
    attempt_id = desk.attempt(1, conclusion="startup_failure", log=b"")
    assert ended(desk, attempt_id)[1:] == (
        Reason.UNSUPPORTED,
        "ci did not start, so nothing was run that could have failed.",
    )
