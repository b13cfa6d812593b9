"""Writing to a simulated GitHub: each effect once, whatever is lost on the way."""

from dataclasses import replace

import pytest

from app.simulator.journal import FaultKind
from tasks.broker.known import PERMISSIONS
from tasks.github.client import writing
from tasks.github.errors import Conflict, GitHubUnavailable, NotFound, PermissionMissing, Rejected
from tasks.github.protocol import Annotation, CheckAction, CheckOutput

BRANCH = "goldseam/0a1b2c-main"
FIXED = {"billing/fees.py": b"def late_fee(days):\n    return 5 if days > 3 else 0\n"}
MESSAGE = "Charge from the fourth day\n\nThe test says so.\n"


@pytest.fixture
def base(bench) -> str:
    bench.writer.create_branch(BRANCH, bench.head())
    return bench.head()


@pytest.fixture
def repaired(bench, base) -> str:
    return bench.writer.commit(BRANCH, base, MESSAGE, FIXED).sha


def opened(bench, **changes):
    return bench.writer.open_pull(
        **({"head": BRANCH, "base": "main", "title": "t", "body": "b", "draft": False} | changes)
    )


def test_a_branch_is_created_once(bench) -> None:
    bench.writer.create_branch(BRANCH, bench.head())
    bench.writer.create_branch(BRANCH, bench.head())
    assert bench.head(BRANCH) == bench.head()
    assert bench.made() == ["ref"]


def test_a_branch_that_stands_elsewhere_is_left_alone(bench) -> None:
    theirs = bench.hub.commit(bench.repository, BRANCH, {"a": b"1"}, "Theirs")
    with pytest.raises(Conflict):
        bench.writer.create_branch(BRANCH, bench.head())
    assert bench.head(BRANCH) == theirs


def test_a_commit_is_whole_verified_and_ours(bench, base) -> None:
    made = bench.writer.commit(BRANCH, base, MESSAGE, FIXED | {"new/file.py": b"\x00\xff"})
    assert made.verified
    assert bench.head(BRANCH) == made.sha
    git = bench.repository.git
    assert git("show", f"{made.sha}:billing/fees.py") == FIXED["billing/fees.py"]
    assert git("show", f"{made.sha}:new/file.py") == b"\x00\xff"
    assert git("log", "-1", "--format=%P %B", made.sha).decode().strip() == f"{base} {MESSAGE.strip()}"
    assert git("diff", "--name-only", base, made.sha).decode().split() == ["billing/fees.py", "new/file.py"]


def test_a_commit_whose_answer_was_lost_is_found_again(bench, base) -> None:
    bench.fault("POST", "/api/graphql", FaultKind.DROP_AFTER_COMMIT)
    with pytest.raises(GitHubUnavailable):
        bench.writer.commit(BRANCH, base, MESSAGE, FIXED)
    again = bench.writer.commit(BRANCH, base, MESSAGE, FIXED)
    assert again.sha == bench.head(BRANCH)
    assert again.verified
    assert bench.made().count("commit") == 1


@pytest.mark.parametrize(
    "theirs",
    [
        pytest.param((FIXED, "Another message"), id="other-message"),
        pytest.param(({"billing/fees.py": b"pass\n"}, MESSAGE), id="other-content"),
        pytest.param((FIXED | {"evil.py": b"1"}, MESSAGE), id="one-file-more"),
    ],
)
def test_a_head_that_is_not_our_commit_is_a_conflict(bench, base, theirs) -> None:
    files, message = theirs
    head = bench.hub.commit(bench.repository, BRANCH, files, message)
    with pytest.raises(Conflict):
        bench.writer.commit(BRANCH, base, MESSAGE, FIXED)
    assert bench.head(BRANCH) == head


def test_a_push_between_look_and_commit_is_a_conflict(bench, base, monkeypatch) -> None:
    """The look saw the old head; GitHub itself then refuses."""
    writer = bench.writer
    monkeypatch.setattr("tasks.github.commits.branch_sha", lambda *_: base)
    head = bench.hub.commit(bench.repository, BRANCH, {"a": b"1"}, "Theirs")
    with pytest.raises(Conflict, match="Expected branch to point"):
        writer.commit(BRANCH, base, MESSAGE, FIXED)
    assert bench.head(BRANCH) == head


def add_with_mode(bench, path: str, mode: str, content: bytes) -> str:
    git = bench.repository.git
    blob = git("hash-object", "-w", "--stdin", stdin=content).decode().strip()
    listed = git("ls-tree", bench.head()).decode() + f"{mode} blob {blob}\t{path}\n"
    tree = git("mktree", stdin=listed.encode()).decode().strip()
    identity = {
        f"GIT_{who}_{what}": "kim@example.test" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    sha = git("commit-tree", tree, "-p", bench.head(), "-m", "mode", env=identity).decode().strip()
    git("update-ref", "refs/heads/main", sha)
    return sha


def test_an_executable_stays_executable(bench) -> None:
    base = add_with_mode(bench, "manage.py", "100755", b"old\n")
    bench.writer.create_branch(BRANCH, base)
    made = bench.writer.commit(BRANCH, base, MESSAGE, FIXED | {"manage.py": b"new\n"})
    git = bench.repository.git
    assert git("ls-tree", made.sha, "manage.py").split()[0] == b"100755"
    assert git("show", f"{made.sha}:manage.py") == b"new\n"
    assert git("ls-tree", made.sha, "billing/fees.py").split()[0] == b"100644"
    assert git("diff", "--name-only", base, made.sha).decode().split() == ["billing/fees.py", "manage.py"]
    assert made.verified
    assert bench.head(BRANCH) == made.sha


def test_a_push_under_an_executable_commit_is_a_conflict(bench, monkeypatch) -> None:
    base = add_with_mode(bench, "manage.py", "100755", b"old\n")
    bench.writer.create_branch(BRANCH, base)
    head = bench.hub.commit(bench.repository, BRANCH, {"a": b"1"}, "Theirs")
    monkeypatch.setattr("tasks.github.commits.branch_sha", lambda *_: base)
    with pytest.raises(Conflict):
        bench.writer.commit(BRANCH, base, MESSAGE, {"manage.py": b"new\n"})
    assert bench.head(BRANCH) == head


def test_a_link_is_not_written_over(bench) -> None:
    base = add_with_mode(bench, "link", "120000", b"/etc/passwd")
    bench.writer.create_branch(BRANCH, base)
    with pytest.raises(Rejected, match="link"):
        bench.writer.commit(BRANCH, base, MESSAGE, {"link": b"x"})


def test_a_workflow_needs_a_right_that_we_do_not_have(bench, base) -> None:
    with pytest.raises(PermissionMissing, match="workflow"):
        bench.writer.commit(BRANCH, base, MESSAGE, {".github/workflows/ci.yml": b"on: pull_request\n"})


def test_a_pull_request_is_opened_once(bench, repaired) -> None:
    first = opened(bench)
    assert opened(bench, title="other").number == first.number
    assert bench.made().count("pull") == 1
    found = bench.writer.find_pull(BRANCH, "main")
    assert found == replace(first, mergeable=None)  # lists do not know it
    assert bench.writer.find_pull("main", BRANCH) is None


def test_a_pull_request_whose_answer_was_lost_is_adopted(bench, repaired) -> None:
    bench.fault("POST", "/pulls$", FaultKind.DROP_AFTER_COMMIT)
    with pytest.raises(GitHubUnavailable):
        opened(bench)
    assert opened(bench).number in bench.repository.pulls
    assert len(bench.repository.pulls) == 1


def test_a_list_that_lags_leads_to_a_wait_and_not_to_a_second_one(bench, repaired) -> None:
    first = opened(bench)
    bench.hub.pull_list_lag = 30.0
    with pytest.raises(GitHubUnavailable) as caught:
        opened(bench)
    assert caught.value.retry_after == 30
    bench.hub.pull_list_lag = 0.0
    assert opened(bench).number == first.number
    assert len(bench.repository.pulls) == 1


def test_a_draft_becomes_an_ordinary_one_where_the_plan_has_none(bench, repaired) -> None:
    bench.hub.private_drafts = False
    assert opened(bench, draft=True).draft is False
    assert bench.made().count("pull") == 1


def test_nothing_to_merge_is_rejected_in_githubs_words(bench, base) -> None:
    with pytest.raises(Rejected, match="No commits between"):
        opened(bench)


def test_title_and_body_are_edited_one_by_one(bench, repaired) -> None:
    number = opened(bench).number
    bench.writer.update_pull(number, body="new body")
    bench.writer.update_pull(number, title="new title")
    pull = bench.repository.pulls[number]
    assert (pull.title, pull.body) == ("new title", "new body")


def test_a_comment_is_made_once_and_people_cannot_stand_in_for_it(bench, repaired) -> None:
    number = opened(bench).number
    bench.hub.comment(bench.repository, number, "kim", "Proof <!-- goldseam:1 -->")
    first = bench.writer.comment(number, "Proof <!-- goldseam:1 -->")
    assert bench.writer.comment(number, "Proof <!-- goldseam:1 -->") == first
    assert bench.writer.comment(number, "Proof <!-- goldseam:2 -->") != first
    assert [comment.author.login for comment in bench.repository.comments.values()].count("goldseam[bot]") == 2


def check(bench, annotations: int = 0, **changes):
    marks = [Annotation("billing/fees.py", n + 1, n + 1, f"mark {n}") for n in range(annotations)]
    output = CheckOutput("title", "summary", annotations=marks)
    asked = {
        "name": "goldseam",
        "head_sha": bench.head(),
        "conclusion": "neutral",
        "output": output,
        "external_id": "a1",
    }
    return bench.writer.create_check(**(asked | changes))


def test_a_check_is_one_for_its_external_id(bench) -> None:
    first = check(bench)
    assert check(bench, conclusion="success", output=CheckOutput("t2", "s2")) == first
    record = bench.repository.checks[first]
    assert (record.conclusion, record.title, record.summary, record.status) == ("success", "t2", "s2", "completed")
    assert check(bench, external_id="a2") != first


def test_buttons_come_and_go_with_the_check(bench) -> None:
    retry = CheckAction("Retry", "Run the repair again", "retry")
    number = check(bench, actions=[retry])
    button = {"label": "Retry", "description": "Run the repair again", "identifier": "retry"}
    assert bench.repository.checks[number].actions == [button]
    check(bench)
    assert bench.repository.checks[number].actions == []


def test_a_button_with_a_long_label_is_rejected(bench) -> None:
    with pytest.raises(Rejected, match="20 characters"):
        check(bench, actions=[CheckAction("Run everything again", "Fits", "x" * 21)])


def test_many_annotations_come_in_portions_and_only_once(bench) -> None:
    number = check(bench, annotations=120)
    assert check(bench, annotations=120) == number
    assert [each.message for each in bench.repository.checks[number].annotations] == [f"mark {n}" for n in range(120)]


def test_annotations_go_on_where_they_were_cut_off(bench) -> None:
    bench.fault("PATCH", "/check-runs/", status=502)
    with pytest.raises(GitHubUnavailable):
        check(bench, annotations=120)
    number = check(bench, annotations=120)
    assert [each.message for each in bench.repository.checks[number].annotations] == [f"mark {n}" for n in range(120)]


def test_a_long_text_is_cut_where_one_can_see_it(bench) -> None:
    number = check(bench, output=CheckOutput("t", "s" * 70_000, text="x" * 65_535))
    record = bench.repository.checks[number]
    assert len(record.summary) == 65_535
    assert record.summary.endswith("the evidence bundle has the rest.")
    assert record.text == "x" * 65_535


WRITES = [
    pytest.param("git/refs", lambda bench: bench.writer.create_branch("b", bench.head()), id="branch"),
    pytest.param("graphql", lambda bench: bench.writer.commit("main", bench.head(), MESSAGE, FIXED), id="commit"),
    pytest.param("check-runs", check, id="check"),
]


@pytest.mark.parametrize(("path", "write"), WRITES)
def test_a_write_is_never_repeated_blindly(bench, path, write) -> None:
    """A 502 may follow a write that was done, so the caller looks before the next one."""
    bench.fault("POST", path, status=502, times=9)
    with pytest.raises(GitHubUnavailable):
        write(bench)
    assert len([asked for asked in bench.asked("POST") if path in asked]) == 1


@pytest.mark.parametrize(("path", "write"), WRITES)
def test_the_token_of_the_analyze_stage_writes_nothing(bench, path, write, monkeypatch) -> None:
    token = bench.hub.mint(bench.repository, PERMISSIONS["analyze"]).value
    with writing(bench.endpoint, token, "acme/billing") as writer:
        monkeypatch.setattr(type(bench), "writer", writer)
        with pytest.raises(PermissionMissing):
            write(bench)
    assert bench.made() == []


def test_a_token_of_another_repository_sees_nothing(bench) -> None:
    token = bench.hub.mint(bench.hub.add_repository("acme/other")).value
    with writing(bench.endpoint, token, "acme/billing") as writer, pytest.raises(NotFound):
        writer.update_pull(1, title="x")
