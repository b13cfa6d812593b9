"""A failure that does not show in the sandbox: the repository's own CI may be asked once more, if it wants to be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from stages_fakes import Desk, Killed

from fixers.model import Declined, Reason
from tasks.github.errors import PermissionMissing
from tasks.ledger.chain import entries
from tasks.store.models import Attempt
from tasks.store.states import State


def said(desk: Desk) -> str:
    ((_, _, output),) = desk.hub.checks.values()
    return output.summary


@pytest.fixture
def lucky(desk: Desk) -> Desk:
    desk.engine.observed = Declined(Reason.NOT_REPRODUCED, "All 4 tests pass here at that commit.", "Compare versions.")
    return desk


def reruns(desk: Desk) -> list[str]:
    return [made for made in desk.hub.journal if made.startswith("rerun")]


def test_the_failed_jobs_are_run_again_where_the_repository_wants_it(lucky: Desk) -> None:
    lucky.hub.policy("autonomy: suggest\nrerun_failed_jobs: true")
    attempt = lucky.attempt()
    assert lucky.run(attempt) is State.DECLINED
    assert reruns(lucky) == ["rerun 1"]
    assert lucky.hub.runs[0].attempt == 2
    assert "The failed jobs are run again." in said(lucky)
    with lucky.turns.store.read() as session:
        assert [e.kind for e in entries(session, attempt_id=attempt) if e.action == "run.rerun"] == [
            "intent",
            "outcome",
        ]


@pytest.mark.parametrize("policy", ["autonomy: suggest", "autonomy: observe\nrerun_failed_jobs: true"])
def test_nothing_is_run_again_unasked(lucky: Desk, policy: str) -> None:
    lucky.hub.policy(policy)
    assert lucky.run(lucky.attempt()) is State.DECLINED
    assert reruns(lucky) == []


def test_a_failure_that_shows_here_needs_no_other_opinion(desk: Desk) -> None:
    desk.hub.policy("autonomy: draft_pr\nrerun_failed_jobs: true")
    assert desk.run(desk.attempt()) is State.WATCHING
    assert reruns(desk) == []


def test_a_run_that_somebody_ran_again_meanwhile_is_not_run_a_third_time(lucky: Desk) -> None:
    lucky.hub.policy("autonomy: suggest\nrerun_failed_jobs: true")
    attempt = lucky.attempt()
    while lucky.step(attempt) is not State.PUBLISHING:
        pass
    lucky.hub.runs[0] = replace(lucky.hub.runs[0], attempt=2)
    assert lucky.run(attempt) is State.DECLINED
    assert reruns(lucky) == []


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_around_it_they_are_run_again_once(lucky: Desk, moment: str) -> None:
    lucky.hub.policy("autonomy: suggest\nrerun_failed_jobs: true")
    lucky.hub.kill_at = ("rerun", moment)
    attempt = lucky.attempt()
    with pytest.raises(Killed):
        lucky.run(attempt)
    with lucky.turns.store.write() as session:
        session.get_one(Attempt, attempt).lease_until = None
    assert lucky.run(attempt) is State.DECLINED
    assert reruns(lucky) == ["rerun 1"]


def test_where_github_runs_nothing_again_the_answer_stands_without_it(lucky: Desk, monkeypatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionMissing("GitHub refused running it again: it is over a month old.")

    monkeypatch.setattr(lucky.hub, "rerun_failed", refuse)
    lucky.hub.policy("autonomy: suggest\nrerun_failed_jobs: true")
    assert lucky.run(lucky.attempt()) is State.DECLINED
    assert "run again" not in said(lucky)
