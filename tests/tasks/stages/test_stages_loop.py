"""The whole loop over a repository in memory: what ends where, and what is visible outside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from stages_fakes import (
    FIXED,
    LOST_RUNNER,
    MENDED,
    OBSERVED,
    PATCH,
    RED_SHA,
    TEST,
    Desk,
    check_run,
    check_suite,
    envelope,
    pull_closed,
    workflow_run,
)

from fixers.evidence import Trace
from fixers.model import Declined, FileEdit, Reason
from fixers.patch import unified
from tasks.errors import BadInput, EnvironmentFailed, Retryable
from tasks.ledger.chain import Verified, entries, verify
from tasks.policy.model import Autonomy, ServerPolicy
from tasks.stages.documents import Order
from tasks.stages.ending import give_up
from tasks.store import documents
from tasks.store.documents import Kind
from tasks.store.models import Attempt, Delivery, Effect, Incident
from tasks.store.states import STAGES, State


def status(sha: str = RED_SHA, branch: str = "main") -> dict[str, object]:
    """A red status of a CI system that is not GitHub's."""
    return envelope(
        sha=sha, state="failure", context="ci/elsewhere", target_url="https://ci.example/1", branches=[{"name": branch}]
    )


def test_another_ci_systems_word_is_enough_when_the_tests_fail_here(desk: Desk) -> None:
    desk.hub.policy("autonomy: draft_pr")
    attempt = desk.deliver("s1", "status", status())
    assert attempt is not None
    assert desk.run(attempt) is State.WATCHING
    with desk.turns.store.read() as session:
        order = documents.get(session, attempt, Kind.ORDER, Order)
    assert order.expected == (TEST,)
    assert order.fingerprint
    assert row(desk, attempt).incident_id is not None
    moved = desk.hub.push("main", **{"README.md": "x"})
    again = desk.deliver("s2", "status", status(moved))
    assert again is not None
    assert desk.run(again) is State.SUPERSEDED  # the same fault, whose pull request is open


def test_another_ci_systems_old_commit_is_left_alone(desk: Desk) -> None:
    desk.hub.push("main", **{"README.md": "x"})
    attempt = desk.deliver("s1", "status", status())
    assert attempt is not None
    assert desk.run(attempt) is State.SUPERSEDED
    assert desk.engine.calls == []


def row(desk: Desk, attempt_id: int) -> Attempt:
    with desk.turns.store.read() as session:
        return session.get_one(Attempt, attempt_id)


def incidents(desk: Desk) -> list[Incident]:
    with desk.turns.store.read() as session:
        return list(session.scalars(select(Incident).order_by(Incident.id)))


def delivered(desk: Desk, guid: str) -> str:
    with desk.turns.store.read() as session:
        return session.scalars(select(Delivery.reason).where(Delivery.guid == guid)).one()


def only_check(desk: Desk) -> tuple[str, str, str, str]:
    """Return the one visible effect there is: the commit, conclusion, title and text of a check run."""
    assert [line.split()[0] for line in desk.hub.journal] == ["check"]
    ((sha, conclusion, output),) = desk.hub.checks.values()
    return sha, conclusion, output.title, output.text


def ledger_holds(desk: Desk) -> None:
    """O3 and O4: the chain verifies, and each visible effect has exactly one outcome in it."""
    with desk.turns.store.read() as session:
        found = verify(session)
        assert isinstance(found, Verified), found
        ids = session.scalars(select(Attempt.id)).all()
        outcomes = [entry for one in ids for entry in entries(session, attempt_id=one) if entry.kind == "outcome"]
        intents = [entry for one in ids for entry in entries(session, attempt_id=one) if entry.kind == "intent"]
        concluded = session.scalars(select(Effect.key).where(Effect.outcome != "")).all()
    made = [str(entry.effect.key) for entry in outcomes if entry.effect]
    assert sorted(made) == sorted(concluded)
    assert set(made) <= {entry.effect.key for entry in intents if entry.effect}
    assert {key.split(":")[0] for key in made} == {line.split()[0] for line in desk.hub.journal}


def test_a_red_run_becomes_a_draft_pull_request_and_its_merge_closes_the_incident(either_desk: Desk) -> None:
    desk = either_desk
    desk.hub.policy("autonomy: draft_pr")
    attempt_id = desk.attempt()
    assert desk.run(attempt_id) is State.WATCHING
    branch = f"goldseam/fix/main-{incidents(desk)[0].fingerprint[:8]}"
    assert desk.hub.journal == [
        f"branch {branch}",
        f"commit {branch}",
        f"pull {branch} into main",
        "labels #1 goldseam",
        f"check goldseam:{attempt_id}",
    ]
    assert desk.hub.file_at("src/fees.py", branch) == MENDED.encode()
    assert desk.hub.pull(1).draft
    assert f"Goldseam-Attempt: {attempt_id}\n" in desk.hub.messages[0]
    assert desk.engine.calls == ["reproduce", "localize", "repair", "verify"]
    assert desk.engine.orders[0].expected == (TEST,)

    assert desk.run(attempt_id) is State.WATCHING  # nobody has answered yet
    desk.hub.answer(1, merged=True)
    assert desk.deliver("closed", "pull_request", pull_closed(desk.hub.pull(1))) == attempt_id
    assert desk.run(attempt_id) is State.DONE
    (incident,) = incidents(desk)
    assert (incident.closed_because, incident.closed_by) == ("merged", "pull request #1")
    assert incident.title == TEST
    ledger_holds(desk)


def test_the_ledger_in_the_commit_names_an_entry_of_the_chain(desk: Desk) -> None:
    desk.hub.policy("autonomy: pr")
    attempt_id = desk.attempt()
    desk.run(attempt_id)
    assert not desk.hub.pull(1).draft
    seq, digits = desk.hub.messages[0].split("Goldseam-Ledger: ")[1].split()[0].split("@")
    with desk.turns.store.read() as session:
        entry = next(one for one in entries(session, attempt_id=attempt_id) if one.seq == int(seq))
    assert entry.hash.removeprefix("sha256:").startswith(digits)
    assert (entry.kind, entry.action, entry.result) == ("decision", "pull.ready", "allow")


LEVELS = {
    "pr": (State.WATCHING, ["branch", "commit", "pull", "labels", "check"]),
    "draft_pr": (State.WATCHING, ["branch", "commit", "pull", "labels", "check"]),
    "suggest": (State.DONE, ["check"]),
    "observe": (State.DECLINED, []),
}


@pytest.mark.parametrize(("level", "ending"), LEVELS.items(), ids=LEVELS)
def test_each_level_shows_as_much_as_it_allows(desk: Desk, level: str, ending: tuple[State, list[str]]) -> None:
    desk.hub.policy(f"autonomy: {level}")
    assert (desk.run(desk.attempt()), [line.split()[0] for line in desk.hub.journal]) == ending
    ledger_holds(desk)


@pytest.mark.parametrize(("level", "ending"), LEVELS.items(), ids=LEVELS)
def test_the_server_lowers_what_the_repository_asks(desk: Desk, level: str, ending: tuple[State, list[str]]) -> None:
    desk.hub.policy("autonomy: pr")
    desk.server = ServerPolicy(autonomy=Autonomy[level.upper()])
    assert (desk.run(desk.attempt()), [line.split()[0] for line in desk.hub.journal]) == ending


def test_without_a_policy_file_the_patch_stands_in_the_check_run(desk: Desk) -> None:
    assert desk.run(desk.attempt()) is State.DONE
    assert only_check(desk) == (RED_SHA, "neutral", "fixed", PATCH)


def test_nobody_gets_a_writer_before_publishing(desk: Desk) -> None:
    desk.hub.policy("autonomy: pr")
    attempt_id = desk.attempt()
    while desk.turns.state_of(attempt_id) is not State.PUBLISHING:
        desk.step(attempt_id)
        assert desk.written == []
    desk.step(attempt_id)
    assert desk.written == [attempt_id]


FLAKY = Declined(Reason.FLAKY, "It fails 3 of 10 times.", "Look for time.")


@pytest.mark.parametrize("level", ["pr", "observe"])
@pytest.mark.parametrize(
    ("engine", "reason"),
    [
        ({"observed": FLAKY}, Reason.FLAKY),
        ({"unprepared": EnvironmentFailed("No Python 3.7 here.", "tail")}, Reason.ENVIRONMENT_FAILED),
        ({"unprepared": BadInput("There is no Python source.")}, Reason.UNSUPPORTED),
        (
            {"trace": Trace(goldseam_version="0", status="declined", reason=Reason.AMBIGUOUS, sentence="Three pass.")},
            Reason.AMBIGUOUS,
        ),
    ],
    ids=["flaky", "environment", "unsupported", "ambiguous"],
)
def test_a_declined_attempt_says_why_in_a_neutral_check_run_alone(
    desk: Desk, engine: dict[str, object], reason: Reason, level: str
) -> None:
    for name, value in engine.items():
        setattr(desk.engine, name, value)
    desk.hub.policy(f"autonomy: {level}")
    attempt_id = desk.attempt()
    assert desk.run(attempt_id) is State.DECLINED
    assert row(desk, attempt_id).reason is reason
    assert row(desk, attempt_id).sentence
    if level == "observe":
        assert desk.hub.journal == []
    else:
        assert only_check(desk) == (RED_SHA, "neutral", reason.value, "")
    assert incidents(desk)[0].closed_at is None
    ledger_holds(desk)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"log": LOST_RUNNER}, Reason.INFRASTRUCTURE),
        ({"log": b"make: *** [all] Error 2\n"}, Reason.UNSUPPORTED),
        ({"head_repository": "stranger/r"}, Reason.UNSUPPORTED),
        ({"head_repository": ""}, Reason.UNSUPPORTED),
    ],
    ids=["infrastructure", "no failure to read", "fork", "fork that is gone"],
)
def test_what_is_no_fault_of_this_code_is_declined_before_any_work(
    desk: Desk, fields: dict[str, object], reason: Reason
) -> None:
    attempt_id = desk.attempt(**fields)
    assert desk.run(attempt_id) is State.DECLINED
    assert row(desk, attempt_id).reason is reason
    assert only_check(desk)[:3] == (RED_SHA, "neutral", reason.value)
    assert desk.engine.orders == []
    assert incidents(desk) == []


def test_a_run_that_passed_when_run_again_is_flaky(desk: Desk) -> None:
    attempt_id = desk.attempt()
    desk.hub.runs.clear()
    desk.red(conclusion="success")
    assert desk.run(attempt_id) is State.DECLINED
    assert row(desk, attempt_id).reason is Reason.FLAKY


@pytest.mark.parametrize("conclusion", ["cancelled", "success", "skipped"])
def test_a_run_that_is_not_red_opens_nothing(desk: Desk, conclusion: str) -> None:
    run = desk.red(conclusion=conclusion)
    assert desk.deliver("g1", "workflow_run", workflow_run(run)) is None
    assert delivered(desk, "g1").startswith("Ignored: ")


def test_a_red_run_of_our_own_branch_is_never_a_new_attempt(desk: Desk) -> None:
    """T80."""
    desk.hub.policy("autonomy: pr")
    attempt_id = desk.attempt()
    desk.run(attempt_id)
    branch = desk.hub.pull(1).head_branch
    run = desk.red(2, sha=desk.hub.branches[branch], head_branch=branch)
    assert desk.deliver("g2", "workflow_run", workflow_run(run)) is None
    assert f"of attempt {attempt_id}" in delivered(desk, "g2")


def test_one_red_run_told_in_ten_events_is_one_attempt(either_desk: Desk) -> None:
    """T22: workflow_run, three checks and a suite, each delivered twice, before and after the work."""
    desk = either_desk
    desk.hub.policy("autonomy: pr")
    run = desk.red()
    events = [("workflow_run", workflow_run(run)), ("check_suite", check_suite(run))]
    events += [("check_run", check_run(run, name)) for name in ("a", "b", "c")]
    told = [desk.deliver(f"{turn}-{n}", *event) for turn in "xy" for n, event in enumerate(events)]
    assert set(told) == {told[0]}
    desk.run(told[0] or 0)
    again = [desk.deliver(f"late-{n}", *event) for n, event in enumerate(events)]
    assert set(again) == {told[0]}
    assert desk.deliver("x-0", *events[0]) is None  # the same guid: handled already
    assert len(desk.hub.pulls) == len(incidents(desk)) == 1


def test_a_job_s_check_waits_for_its_workflow_run(desk: Desk) -> None:
    """Other jobs still run then; looking now would find no red run and say so on the commit."""
    run = desk.red()
    assert desk.deliver("c", "check_run", check_run(run, "a")) is None
    assert delivered(desk, "c") == "Ignored: its workflow run tells."
    assert desk.deliver("r", "workflow_run", workflow_run(run)) is not None


def test_what_happened_days_before_it_came_is_dropped(either_desk: Desk) -> None:
    """A captured delivery under another id: its signature is good for ever, its time is not."""
    desk = either_desk
    document = workflow_run(desk.red())
    for age, taken in ((timedelta(days=10), False), (timedelta(days=3, minutes=1), False), (timedelta(days=2), True)):
        document["workflow_run"]["updated_at"] = (datetime.now(UTC) - age).isoformat()  # type: ignore[index]
        assert (desk.deliver(f"g-{age.days}", "workflow_run", document) is not None) is taken
    assert delivered(desk, "g-10") == "Dropped: it happened more than 3 days before it was delivered."


def test_a_second_workflow_that_goes_red_later_is_looked_at_as_well(desk: Desk) -> None:
    first = desk.attempt(1)
    second = desk.red(2, log=b"nothing to read\n")
    assert desk.deliver("g2", "workflow_run", workflow_run(second)) == first  # not looked at yet: one attempt
    desk.step(first)
    assert desk.deliver("g3", "workflow_run", workflow_run(second)) == first  # looked at
    third = desk.red(3, log=b"nothing to read\n", name="lint")
    later = desk.deliver("g4", "workflow_run", workflow_run(third))
    assert later not in {first, None}
    assert desk.deliver("g5", "workflow_run", workflow_run(third)) == later


def test_the_same_fault_at_the_next_commit_waits_for_the_first_attempt(desk: Desk) -> None:
    desk.hub.policy("autonomy: pr")
    first = desk.attempt(1)
    desk.step(first)
    sha = desk.hub.push("main", **{"src/other.py": "x = 1\n"})
    second = desk.attempt(2, sha=sha)
    assert desk.run(second) is State.SUPERSEDED
    assert row(desk, second).superseded_by == first
    with desk.turns.store.read() as session:  # what the logs said is shown even though nothing was run
        assert documents.get(session, second, Kind.TRACE, Trace).failures[0].test_ids == (TEST,)
    assert only_check(desk)[:3] == (sha, "neutral", "superseded")
    assert desk.run(first) is State.WATCHING
    (incident,) = incidents(desk)
    assert incident.occurrences == 2


def test_a_fault_that_was_declined_is_tried_again_at_the_next_commit(desk: Desk) -> None:
    desk.engine.observed = FLAKY
    first = desk.attempt(1)
    assert desk.run(first) is State.DECLINED
    desk.engine.observed = OBSERVED
    second = desk.attempt(2, sha=desk.hub.push("main"))
    assert desk.run(second) is State.DONE
    assert row(desk, second).incident_id == row(desk, first).incident_id


def test_a_fault_that_comes_back_after_a_merge_gets_a_branch_of_its_own(desk: Desk) -> None:
    desk.hub.policy("autonomy: pr")
    first = desk.attempt(1)
    desk.run(first)
    desk.hub.answer(1, merged=True)
    desk.run(first)
    second = desk.attempt(2, sha=desk.hub.push("main"))
    assert desk.run(second) is State.WATCHING
    assert desk.hub.pull(2).head_branch == f"{desk.hub.pull(1).head_branch}-2"
    assert len(incidents(desk)) == 2


def test_a_fault_whose_pull_request_a_person_closed_is_left_alone(desk: Desk) -> None:
    desk.hub.policy("autonomy: pr")
    first = desk.attempt(1)
    desk.run(first)
    desk.hub.answer(1, merged=False)
    assert desk.run(first) is State.DONE
    assert incidents(desk)[0].closed_because == "declined"
    second = desk.attempt(2, sha=desk.hub.push("main"))
    assert desk.run(second) is State.DECLINED
    assert row(desk, second).reason is Reason.REFUSED_BY_POLICY
    assert "pull request #1" in row(desk, second).sentence
    assert len(desk.hub.pulls) == 1


def test_a_busy_base_branch_stops_only_a_patch_that_it_concerns(desk: Desk) -> None:
    """T39."""
    desk.hub.policy("autonomy: pr")
    untouched = desk.attempt(1)
    while desk.turns.state_of(untouched) is not State.PUBLISHING:
        desk.step(untouched)
    desk.hub.push("main", **{"src/other.py": "x = 1\n"})
    assert desk.run(untouched) is State.WATCHING


@pytest.mark.parametrize("gone", [False, True], ids=["changed", "gone"])
def test_a_base_that_left_the_patch_behind_supersedes_it(desk: Desk, gone: bool) -> None:
    """T39."""
    desk.server = ServerPolicy()
    attempt_id = desk.attempt(1, head_branch="feature/x")
    desk.hub.policy("autonomy: pr")
    desk.hub.branches["feature/x"] = RED_SHA
    while desk.turns.state_of(attempt_id) is not State.PUBLISHING:
        desk.step(attempt_id)
    if gone:
        del desk.hub.branches["feature/x"]
    else:
        desk.hub.push("feature/x", **{"src/fees.py": SOURCE_AFTER})
    assert desk.run(attempt_id) is State.SUPERSEDED
    assert only_check(desk)[2:] == ("superseded", "")


SOURCE_AFTER = "def late_fee(days):\n    return 7\n"


def test_a_repair_of_a_branch_goes_into_that_branch(desk: Desk) -> None:
    desk.hub.policy("autonomy: pr")
    desk.hub.branches["feature/Größe_2"] = RED_SHA
    desk.run(desk.attempt(head_branch="feature/Größe_2", event="pull_request"))
    assert desk.hub.pull(1).base_branch == "feature/Größe_2"
    assert desk.hub.pull(1).head_branch.startswith("goldseam/fix/feature-gr-e-2-")


def test_a_branch_that_a_person_took_over_is_not_written(desk: Desk) -> None:
    """T105."""
    desk.hub.policy("autonomy: pr")
    attempt_id = desk.attempt()
    while desk.turns.state_of(attempt_id) is not State.PUBLISHING:
        desk.step(attempt_id)
    branch = f"goldseam/fix/main-{incidents(desk)[0].fingerprint[:8]}"
    desk.hub.branches[branch] = RED_SHA
    theirs = desk.hub.push(branch, **{"src/fees.py": SOURCE_AFTER})
    assert desk.run(attempt_id) is State.SUPERSEDED
    assert desk.hub.branches[branch] == theirs
    assert desk.hub.pulls == []


POLICIES = {
    "denied path": "autonomy: pr\ndeny_paths: ['src/**']",
    "too many lines": "autonomy: pr\nmax_lines: 1",
}


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_a_patch_that_policy_refuses_is_not_shown_anywhere(desk: Desk, policy: str) -> None:
    desk.hub.policy(policy)
    attempt_id = desk.attempt()
    assert desk.run(attempt_id) is State.DECLINED
    assert row(desk, attempt_id).reason is Reason.REFUSED_BY_POLICY
    assert only_check(desk) == (RED_SHA, "neutral", "refused_by_policy", "")


@pytest.mark.parametrize(
    "patch",
    [
        unified([FileEdit("tests/test_fees.py", "a\n", "b\n")]),
        unified([FileEdit(".github/workflows/ci.yml", "a\n", "b\n")]),
        "this is no patch",
        "",
    ],
    ids=["tests", "workflow", "no patch", "empty"],
)
def test_no_policy_publishes_a_patch_of_the_wrong_kind(desk: Desk, patch: str) -> None:
    desk.hub.policy("autonomy: pr")
    desk.engine.trace = FIXED.model_copy(update={"patch": patch})
    assert desk.run(desk.attempt()) is State.DECLINED
    assert only_check(desk)[2:] == ("refused_by_policy", "")


def test_a_patch_that_does_not_fit_the_red_commit_is_not_published(desk: Desk) -> None:
    desk.hub.policy("autonomy: pr")
    desk.hub.trees[RED_SHA]["src/fees.py"] = b"something else\n"
    attempt_id = desk.attempt()
    assert desk.run(attempt_id) is State.DECLINED
    assert row(desk, attempt_id).reason is Reason.REFUSED_BY_INTEGRITY
    assert only_check(desk)[2:] == ("refused_by_integrity", "")


def test_policy_is_asked_again_at_the_moment_of_publishing(desk: Desk) -> None:
    desk.hub.policy("autonomy: pr")
    attempt_id = desk.attempt()
    while desk.turns.state_of(attempt_id) is not State.PUBLISHING:
        desk.step(attempt_id)
    desk.hub.policy("autonomy: suggest")
    assert desk.run(attempt_id) is State.DONE
    assert only_check(desk)[2:] == ("fixed", PATCH)


def test_a_broken_policy_file_shows_nothing(desk: Desk) -> None:
    desk.hub.policy("autonomy: bogus")
    assert desk.run(desk.attempt()) is State.DECLINED
    assert desk.hub.journal == []


def test_junit_tells_what_a_lost_log_cannot(desk: Desk) -> None:
    attempt_id = desk.attempt()
    del desk.hub.logs[1]
    desk.hub.junit[1] = (
        b'<testsuites><testsuite name="pytest"><testcase classname="tests.test_fees" name="test_last_day_of_grace">'
        b'<failure message="assert 5 == 0">tests/test_fees.py:5: AssertionError</failure></testcase></testsuite>'
        b"</testsuites>"
    )
    desk.step(attempt_id)
    desk.step(attempt_id)
    (order,) = desk.engine.orders
    assert order.failures[0].test_ids
    assert order.notes == ("The log of test is gone.",)


def test_the_orders_commands_come_from_the_default_branch(desk: Desk) -> None:
    """T94: the red commit's own file has no say."""
    desk.hub.branches["feature"] = RED_SHA
    desk.hub.trees[RED_SHA][".github/goldseam.yml"] = b"version: 1\nautonomy: pr\ntest_command: [evil]\n"
    desk.hub.push("main")
    desk.hub.policy("autonomy: suggest\ntest_command: [python, -m, pytest]\npython: '3.12'")
    attempt_id = desk.attempt(head_branch="feature")
    assert desk.run(attempt_id) is State.DONE
    order = desk.engine.orders[0]
    assert (order.test_command, order.python) == (("python", "-m", "pytest"), "3.12")


def test_an_attempt_that_fails_for_good_says_so(desk: Desk) -> None:
    desk.engine.observed = Retryable("The mirror is locked.")
    attempt_id = desk.attempt()
    desk.step(attempt_id)
    for _ in range(3):
        with pytest.raises(Retryable):
            desk.step(attempt_id)
        assert desk.turns.state_of(attempt_id) is State.REPRODUCING
    assert give_up(attempt_id, turns=desk.turns, sentence="It failed three times.") is State.DECIDING
    assert desk.run(attempt_id) is State.FAILED
    assert only_check(desk)[2:] == ("error", "")
    assert give_up(attempt_id, turns=desk.turns, sentence="Again.") is State.FAILED


@pytest.mark.parametrize("state", list(STAGES))
def test_a_stage_leaves_an_attempt_alone_that_is_not_its_own(desk: Desk, state: State) -> None:
    """Celery delivers late: every stage is called at an attempt in every state, and moves only its own."""
    desk.hub.policy("autonomy: pr")
    late = desk.attempt()
    while (there := desk.turns.state_of(late)) is not state:
        if there is State.WATCHING:
            desk.hub.answer(1, merged=True)
        desk.step(late)
    calls = list(desk.engine.calls)
    for other in set(STAGES) - {state}:
        assert desk.stage(STAGES[other], late) is state
    assert desk.engine.calls == calls
