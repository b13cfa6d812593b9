"""Comments, reactions, reviews, reviewers and issues: each once, whatever answer is lost."""

from __future__ import annotations

import pytest

from app.simulator import reviews as rules
from app.simulator.documents import node
from app.simulator.journal import FaultKind
from tasks.broker.known import PERMISSIONS
from tasks.github.client import writing
from tasks.github.errors import Conflict, GitHubUnavailable, NotFound, PermissionMissing, Rejected
from tasks.github.protocol import Suggestion

BRANCH = "goldseam/0a1b2c-main"
FIXED = b"def late_fee(days):\n    return 5 if days > 3 else 0\n"


@pytest.fixture
def number(bench) -> int:
    """A pull request of ours."""
    bench.writer.create_branch(BRANCH, bench.head())
    bench.writer.commit(BRANCH, bench.head(), "Fix", {"billing/fees.py": FIXED})
    bench.repository.roles["kim"] = "write"
    return bench.writer.open_pull(head=BRANCH, base="main", title="t", body="b", draft=True).number


def remark(bench, number: int, state: rules.State = "COMMENTED"):
    where = rules.Remark("billing/fees.py", 2, "/goldseam retry look here")
    kim, pull = bench.hub.account("kim"), bench.repository.pulls[number]
    return rules.review_comment(bench.hub, bench.repository, pull, kim, where, state=state)


def twice(write):
    """Lose the answer of the first call, and call again."""
    with pytest.raises(GitHubUnavailable):
        write()
    return write()


def test_a_comment_whose_answer_was_lost_is_found_again(bench, number) -> None:
    bench.fault("POST", "/comments", FaultKind.DROP_AFTER_COMMIT)
    made = twice(lambda: bench.writer.comment(number, "Proof <!-- goldseam:1 -->"))
    assert list(bench.repository.comments) == [made]


def test_only_the_own_bots_comment_is_ours(bench, number) -> None:
    for login in ("kim", "other[bot]"):
        bench.hub.comment(bench.repository, number, login, "<!-- goldseam:sticky -->")
    assert bench.reader.find_comment(number, "<!-- goldseam:sticky -->") is None
    ours = bench.writer.comment(number, "Now <!-- goldseam:sticky -->")
    found = bench.reader.find_comment(number, "<!-- goldseam:sticky -->")
    assert (found.id, found.body) == (ours, "Now <!-- goldseam:sticky -->")
    bench.writer.edit_comment(ours, "Later <!-- goldseam:sticky -->")
    assert bench.reader.find_comment(number, "goldseam:sticky").body == "Later <!-- goldseam:sticky -->"


def test_a_comment_is_found_behind_many(bench, number) -> None:
    for n in range(130):
        bench.hub.comment(bench.repository, number, "kim", f"{n}")
    ours = bench.writer.comment(number, "<!-- goldseam:sticky -->")
    assert bench.reader.find_comment(number, "goldseam:sticky").id == ours


def test_an_answer_hangs_on_the_root_of_its_thread_and_is_made_once(bench, number) -> None:
    root = remark(bench, number)
    kim = bench.hub.account("kim")
    follow_up = rules.reply(bench.hub, bench.repository, root, kim, "/goldseam explain")
    bench.fault("POST", "/replies", FaultKind.DROP_AFTER_COMMIT)
    made = twice(lambda: bench.writer.reply(number, "review_comment", follow_up.id, "Because."))
    assert bench.repository.review_comments[made].in_reply_to == root.id
    assert [each.body for each in bench.repository.review_comments.values()].count("Because.") == 1


def test_other_answers_are_comments_below_the_pull_request(bench, number) -> None:
    for where in ("comment", "review"):
        made = bench.writer.reply(number, where, 1, f"To {where}")
        assert bench.repository.comments[made].body == f"To {where}"


def test_each_kind_of_comment_takes_a_reaction_once(bench, number) -> None:
    said, line = bench.hub.comment(bench.repository, number, "kim", "Hm"), remark(bench, number)
    review = bench.repository.reviews[line.review_id]
    for _ in range(2):
        bench.writer.react("comment", said.id, "eyes")
        bench.writer.react("review_comment", line.id, "+1")
        bench.writer.react("review", review.id, "confused", node("PRR", review.id))
    assert [[each.content for each in thing.reactions] for thing in (said, line, review)] == [
        ["eyes"],
        ["+1"],
        ["confused"],
    ]


def test_a_suggestion_is_one_review_with_a_fence_that_holds(bench, number) -> None:
    pull = bench.writer.pull(number)
    text = '    """Say ```so```."""\n    return 7'
    suggestions = [Suggestion("billing/fees.py", 1, 2, text, "Like this?"), Suggestion("billing/fees.py", 2, 2, "")]
    bench.fault("POST", "/reviews", FaultKind.DROP_AFTER_COMMIT)
    made = twice(lambda: bench.writer.suggest(number, pull.head_sha, suggestions, "Two <!-- goldseam:s -->"))
    assert list(bench.repository.reviews) == [made]
    first, second = bench.repository.review_comments.values()
    assert (first.start_line, first.line) == (1, 2)
    assert first.body == f"Like this?\n\n````suggestion\n{text}\n````"
    assert (second.start_line, second.body) == (None, "```suggestion\n```")


def test_a_suggestion_outside_the_diff_is_rejected_whole(bench, number) -> None:
    pull = bench.writer.pull(number)
    suggestions = [Suggestion("billing/fees.py", 2, 2, "x"), Suggestion("README.md", 1, 1, "x")]
    with pytest.raises(Rejected, match="part of the diff"):
        bench.writer.suggest(number, pull.head_sha, suggestions, "Two")
    assert not bench.repository.reviews


def test_reviewers_whom_github_refuses_are_left_out(bench, number) -> None:
    bench.repository.teams.add("billing")
    bench.writer.request_reviewers(number, ["stranger", "kim"], ["billing", "nowhere"])
    pull = bench.repository.pulls[number]
    assert ([who.login for who in pull.reviewers], pull.review_teams) == (["kim"], ["billing"])


def test_asking_nobody_asks_nothing(bench, number) -> None:
    before = len(bench.hub.journal)
    bench.writer.request_reviewers(number, [], [])
    bench.writer.add_labels(number, [])
    assert len(bench.hub.journal) == before


def test_an_issue_is_opened_once_and_found_by_its_marker(bench, number) -> None:
    bench.fault("POST", "/issues$", FaultKind.DROP_AFTER_COMMIT)
    made = twice(lambda: bench.writer.open_issue("Cannot", "Why <!-- goldseam:i -->", ["goldseam"]))
    assert list(bench.repository.issues) == [made]
    assert bench.writer.find_issue("<!-- goldseam:i -->") == made
    bench.writer.close_issue(made)
    assert bench.writer.find_issue("<!-- goldseam:i -->") is None


def test_a_pull_request_is_no_issue(bench, number) -> None:
    bench.writer.update_pull(number, body="<!-- goldseam:i -->")
    assert bench.writer.find_issue("<!-- goldseam:i -->") is None


def test_a_pull_request_leaves_and_enters_draft(bench, number) -> None:
    for draft in (False, False, True):
        bench.writer.set_draft(number, draft)
        assert bench.writer.pull(number).draft is draft
    assert bench.made().count("pull") == 3  # opened, ready, draft: what is so already is not asked for


def test_a_closed_pull_request_stays_closed(bench, number) -> None:
    bench.writer.close_pull(number)
    bench.writer.close_pull(number)
    assert bench.writer.pull(number).state == "closed"


def test_a_branch_is_deleted_once(bench, number) -> None:
    head = bench.head(BRANCH)
    bench.fault("DELETE", "/git/refs", FaultKind.DROP_AFTER_COMMIT)
    assert twice(lambda: bench.writer.delete_branch(BRANCH, head)) is True
    assert bench.writer.branch_sha(BRANCH) is None
    assert bench.made().count("deleted") == 1


def test_a_branch_that_somebody_pushed_to_is_not_deleted(bench, number) -> None:
    theirs = bench.hub.commit(bench.repository, BRANCH, {"a": b"1"}, "Theirs")
    assert bench.writer.delete_branch(BRANCH, bench.head()) is False
    assert bench.head(BRANCH) == theirs


def test_a_branch_that_goes_between_look_and_call_is_gone(bench, number, monkeypatch) -> None:
    head = bench.head(BRANCH)
    bench.writer.delete_branch(BRANCH, head)
    monkeypatch.setattr("tasks.github.contents.branch_sha", lambda *_: head)
    assert bench.writer.delete_branch(BRANCH, head) is True


def test_failed_jobs_are_run_again_once(bench) -> None:
    run = bench.hub.add_run(bench.repository, bench.head(), "main", jobs=[("test", b"log", "pytest")])
    bench.fault("POST", "/rerun-failed-jobs", FaultKind.DROP_AFTER_COMMIT)
    twice(lambda: bench.writer.rerun_failed(run.id, attempt=1))
    assert run.attempt == 2


def test_a_running_run_is_left_alone_and_another_refusal_is_told(bench) -> None:
    run = bench.hub.add_run(bench.repository, bench.head(), "main", jobs=[("test", b"log", "pytest")])
    bench.fault("POST", "/rerun", status=403, message="The workflow run is already running")
    bench.writer.rerun_failed(run.id)
    bench.fault("POST", "/rerun", status=403, message="Unable to retry this workflow run because it is too old")
    with pytest.raises(PermissionMissing):
        bench.writer.rerun_failed(run.id)


def test_the_token_of_the_analyze_stage_says_nothing(bench, number) -> None:
    token = bench.hub.mint(bench.repository, PERMISSIONS["analyze"]).value
    before = bench.made()
    with writing(bench.endpoint, token, "acme/billing") as writer:
        for write in (
            lambda: writer.comment(number, "x"),
            lambda: writer.suggest(number, "0" * 40, [], "x"),
            lambda: writer.close_pull(number),
            lambda: writer.add_labels(number, ["x"]),
        ):
            with pytest.raises(PermissionMissing):
                write()
    assert bench.made() == before


def test_the_lines_that_a_review_objects_to_are_read(bench, number) -> None:
    made = remark(bench, number, "CHANGES_REQUESTED")
    (found,) = bench.reader.review_remarks(number, made.review_id)
    assert (found.path, found.line) == ("billing/fees.py", 2)
    with pytest.raises(NotFound):
        bench.reader.review_remarks(number, 999_999)


def test_a_branch_is_moved_only_from_where_it_is_expected(bench, number) -> None:
    ours = bench.repository.git.resolve(f"refs/heads/{BRANCH}")
    with pytest.raises(Conflict):
        bench.writer.move_branch(BRANCH, bench.head(), expected=bench.head())
    assert bench.repository.git.resolve(f"refs/heads/{BRANCH}") == ours
    bench.fault("PATCH", "/git/refs", FaultKind.DROP_AFTER_COMMIT)
    twice(lambda: bench.writer.move_branch(BRANCH, bench.head(), expected=ours))
    assert bench.repository.git.resolve(f"refs/heads/{BRANCH}") == bench.head()
