"""Reading from a simulated GitHub: runs, logs, artifacts, files, pull requests."""

import pytest

from app.simulator import faults, forks
from app.simulator.gitrecords import Signature
from app.simulator.journal import FaultKind
from tasks.github import downloads
from tasks.github.client import reading
from tasks.github.errors import GitHubUnavailable, NotFound, PermissionMissing, RateLimited, Rejected, TokenRejected
from tasks.github.protocol import Account, Job, Pull, Run

JUNIT = b'<?xml version="1.0"?>\n<testsuites><testsuite name="pytest"/></testsuites>\n'


def failed_run(bench, log=b"2026 E   assert 5 == 0\n", artifacts=None):
    return bench.hub.add_run(
        bench.repository,
        bench.head(),
        "main",
        jobs=[("test (3.11)", b"fine\n", ""), ("test (3.12)", log, "Run pytest"), ("lint", log, "Run ruff")],
        artifacts=artifacts,
    )


def test_a_run_and_its_failed_jobs(bench) -> None:
    run = failed_run(bench)
    found = bench.reader.run(run.id)
    assert found == Run(
        id=run.id,
        attempt=1,
        name=found.name,
        path=".github/workflows/ci.yml",
        event="push",
        conclusion="failure",
        head_branch="main",
        head_sha=bench.head(),
        head_repository="acme/billing",
        html_url=found.html_url,
        pull_numbers=(),
    )
    jobs = bench.reader.failed_jobs(run.id)
    assert [(job.name, job.conclusion, job.failed_step) for job in jobs] == [
        ("test (3.12)", "failure", "Run pytest"),
        ("lint", "failure", "Run ruff"),
    ]
    assert isinstance(jobs[0], Job)


def test_runs_of_a_commit_come_newest_first(bench) -> None:
    ids = [failed_run(bench).id for _ in range(3)]
    other = bench.hub.commit(bench.repository, "topic", {"a": b""}, "x")
    assert [run.id for run in bench.reader.runs_of(bench.head())] == ids[::-1]
    assert list(bench.reader.runs_of(other)) == []


def test_the_runs_of_a_workflow_on_a_branch_are_those_of_the_branch_itself(bench) -> None:
    first, last = failed_run(bench), failed_run(bench)
    bench.hub.add_run(bench.repository, bench.head(), "main", jobs=[("t", b"", "")], event="pull_request")
    bench.hub.add_run(bench.repository, bench.head(), "topic", jobs=[("t", b"", "Run")])
    path = ".github/workflows/ci.yml"
    assert [run.id for run in bench.reader.runs_on("main", path)] == [last.id, first.id]
    assert list(bench.reader.runs_on("main", ".github/workflows/lint.yml")) == []


def test_an_earlier_attempt_tells_how_it_ended(bench) -> None:
    run = bench.hub.add_run(bench.repository, bench.head(), "main", jobs=[("t", b"", "")])
    run.attempt = 2
    bench.hub.add_jobs(bench.repository, run, [("t", b"", "Run pytest")])
    assert [bench.reader.conclusion_of(run.id, attempt) for attempt in (1, 2, 3)] == ["success", "failure", None]


def test_more_jobs_than_a_page_are_all_read(bench) -> None:
    run = bench.hub.add_run(
        bench.repository, bench.head(), "main", jobs=[(f"j{number}", b"", "Run x") for number in range(130)]
    )
    assert len(bench.reader.failed_jobs(run.id)) == 130


def test_a_log_comes_without_the_token_travelling(bench) -> None:
    """The simulator's storage answers 400 to whoever brings a credential, as GitHub's does."""
    run = failed_run(bench, log=b"line\n" * 100_000)
    job = bench.reader.failed_jobs(run.id)[0]
    assert b"".join(bench.reader.job_log(job.id)) == b"line\n" * 100_000


def test_a_netrc_does_not_add_a_credential(bench, tmp_path, monkeypatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login kim password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    run = failed_run(bench)
    assert b"".join(bench.reader.job_log(bench.reader.failed_jobs(run.id)[0].id))


def test_an_endless_log_is_cut_and_never_held_whole(bench) -> None:
    given = 0

    def endless():
        nonlocal given
        while True:
            given += 1
            yield b"x" * 65536

    run = failed_run(bench, log=endless)
    job = bench.reader.failed_jobs(run.id)[0]
    got = sum(len(chunk) for chunk in downloads.job_log(bench.reader._repository, job.id, most_bytes=10_000_000))
    assert got == 10_000_000
    assert given * 65536 < 40_000_000


def test_a_link_that_grew_too_old_is_asked_for_again(bench) -> None:
    run = failed_run(bench)
    job = bench.reader.failed_jobs(run.id)[0]
    bench.fault("GET", "^/_blobs/", status=403)
    assert b"assert 5" in b"".join(bench.reader.job_log(job.id))


def test_storage_that_stays_away_is_to_be_tried_later(bench) -> None:
    run = failed_run(bench)
    job = bench.reader.failed_jobs(run.id)[0]
    bench.fault("GET", "^/_blobs/", FaultKind.DROP_BEFORE, times=9)
    with pytest.raises(GitHubUnavailable):
        list(bench.reader.job_log(job.id))


def test_a_deleted_log_is_not_found(bench) -> None:
    bench.fault("GET", "/logs$", status=410)
    run = failed_run(bench)
    with pytest.raises(NotFound, match="retention"):
        list(bench.reader.job_log(bench.reader.failed_jobs(run.id)[0].id))
    with pytest.raises(NotFound):
        list(bench.reader.job_log(1))


def test_junit_reports_are_found_by_their_root(bench) -> None:
    run = failed_run(
        bench,
        artifacts={
            "wheels": {"pkg.whl": b"x" * 1000},
            "test-results": {
                "out/junit.xml": JUNIT,
                "single.XML": b'<testsuite name="go"><testcase name="bad \x01 character"/></testsuite>',
                "coverage.xml": b"<coverage/>",
                "evil.xml": b'<!DOCTYPE x [<!ENTITY a "aa">]><testsuite>&a;</testsuite>',
                "broken.xml": b"\x00\x01",
                "junit.txt": JUNIT,
            },
        },
    )
    found = dict(bench.reader.junit_reports(run.id))
    assert sorted(found) == ["test-results/out/junit.xml", "test-results/single.XML"]
    assert found["test-results/out/junit.xml"] == JUNIT


def test_a_hostile_artifact_does_not_hide_an_honest_one(bench) -> None:
    run = failed_run(
        bench, artifacts={"junit-bomb": {"b.xml": b"<testsuite>" + b" " * 50_000_000}, "junit-good": {"a.xml": JUNIT}}
    )
    assert dict(bench.reader.junit_reports(run.id)) == {"junit-good/a.xml": JUNIT}


def test_a_run_without_artifacts_has_no_reports(bench) -> None:
    assert list(bench.reader.junit_reports(failed_run(bench).id)) == []


def test_files_and_branches(bench) -> None:
    reader = bench.reader
    assert reader.default_branch() == "main"
    assert reader.file_at("billing/fees.py", bench.head()) == bench.repository.git("show", "main:billing/fees.py")
    assert reader.branch_sha("main") == bench.head()
    assert reader.branch_sha("nothing/here") is None
    for absent in ("nothing.py", "billing", "../etc/passwd", "/etc/passwd", ""):
        assert reader.file_at(absent, "main") is None, absent


def test_a_file_over_a_megabyte_is_refused_and_not_taken_for_empty(bench) -> None:
    with pytest.raises(Rejected, match="bytes"):
        bench.reader.file_at("billing/big.csv", "main")


def test_a_clone_url_has_no_credentials(bench) -> None:
    assert bench.reader.clone_url() == f"{bench.hub.url}/acme/billing.git"


@pytest.mark.parametrize("name", ["acme", "acme/..", "a/b/c", "acme/x?y", "../app", "acme/x\n"])
def test_odd_repository_names_reach_no_address(bench, name) -> None:
    with pytest.raises(Exception, match="OWNER/NAME"), reading(bench.endpoint, "t", name):
        pass
    assert not bench.asked("GET")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param({"status": 500}, GitHubUnavailable, id="500"),
        pytest.param({"status": 503}, GitHubUnavailable, id="503"),
        pytest.param({"status": 401, "message": "Bad credentials"}, TokenRejected, id="401"),
        pytest.param({"status": 403, "message": "Resource not accessible by integration"}, PermissionMissing, id="403"),
        pytest.param({"status": 403, "message": "This installation has been suspended"}, PermissionMissing, id="held"),
        pytest.param({"status": 404, "message": "Not Found"}, NotFound, id="404"),
        pytest.param({"status": 422, "message": "Validation Failed"}, Rejected, id="422"),
        pytest.param({"status": 418, "message": "teapot"}, Rejected, id="odd"),
    ],
)
def test_each_answer_has_one_meaning(bench, answer, error) -> None:
    bench.fault("GET", "/repos/acme/billing$", times=5, **answer)
    with pytest.raises(error):
        bench.reader.default_branch()


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        pytest.param({"status": 403, "headers": {"Retry-After": "7"}}, 7, id="named"),
        pytest.param({"status": 429, "headers": {"Retry-After": "9"}}, 9, id="429"),
        pytest.param({"status": 429}, 60, id="429-unnamed"),
        pytest.param({"status": 403, "message": "You have exceeded a secondary rate limit."}, 60, id="by-its-words"),
        pytest.param({"status": 403, "message": "API rate limit exceeded for installation ID 1."}, 60, id="primary"),
    ],
)
def test_a_rate_limit_ends_at_once_and_names_the_wait(bench, answer, wait) -> None:
    """Waiting is the queue's work: one request, no sleep, the time in the error."""
    bench.fault("GET", "/repos/acme/billing$", times=5, **answer)
    with pytest.raises(RateLimited) as caught:
        bench.reader.default_branch()
    assert caught.value.retry_after == wait
    assert len(bench.asked("GET")) == 1


def test_a_used_up_hour_names_its_end(bench) -> None:
    bench.hub.gate.rate_limit = 0
    with pytest.raises(RateLimited) as caught:
        bench.reader.default_branch()
    assert 3500 < caught.value.retry_after < 3700


def test_a_passing_fault_of_a_read_is_not_noticed(bench) -> None:
    bench.fault("GET", "/repos/acme/billing$", status=502)
    assert bench.reader.default_branch() == "main"


def test_a_pull_request(bench) -> None:
    bench.hub.commit(bench.repository, "goldseam/x", {"a": b"1"}, "Repair")
    made = bench.writer.open_pull(head="goldseam/x", base="main", title="t", body="b", draft=True)
    found = bench.reader.pull(made.number)
    assert found == made
    assert found == Pull(
        number=made.number,
        node_id=made.node_id,
        state="open",
        merged=False,
        draft=True,
        head_branch="goldseam/x",
        head_sha=bench.head("goldseam/x"),
        base_branch="main",
        body="b",
        html_url=made.html_url,
        title="t",
        author_login="goldseam[bot]",
        author_id=bench.hub.app.bot.id,
        head_repository="acme/billing",
        base_sha=bench.head(),
        mergeable=True,
    )
    assert found.node_id


def test_who_acts_is_asked_once(bench) -> None:
    reader = bench.reader
    assert reader.own_account() == reader.own_account() == Account("goldseam[bot]", bench.hub.app.bot.id)
    assert bench.asked("POST").count("/graphql") == 1


@pytest.mark.parametrize(
    ("login", "role", "private", "may"),
    [
        pytest.param("kim", "maintain", True, "maintain", id="maintain"),
        pytest.param("kim", "triage", True, "triage", id="triage"),
        pytest.param("kim", "write", True, "write", id="write"),
        pytest.param("kim", None, True, "none", id="stranger"),
        pytest.param("kim", None, False, "read", id="stranger-of-a-public-repository"),
        pytest.param("no/body", None, False, "none", id="nobody"),
    ],
)
def test_what_an_account_may_do(bench, login, role, private, may) -> None:
    bench.repository.private = private
    bench.hub.account("kim")
    if role:
        bench.repository.roles["kim"] = role
    access = bench.reader.permission(login)
    assert access.level == may
    assert access.account_id == (None if "/" in login else bench.hub.account(login).id)


def test_the_history_is_read_newest_first_with_whole_messages(bench) -> None:
    bench.hub.commit(bench.repository, "main", {"a": b"1"}, "feat: One\n\nSigned-off-by: Kim <kim@example.test>")
    bench.hub.commit(bench.repository, "main", {"a": b"2"}, "feat: Two")
    assert bench.reader.subjects("main", 2) == (
        "feat: Two",
        "feat: One\n\nSigned-off-by: Kim <kim@example.test>",
    )


def test_changed_files_name_both_sides_of_a_rename(bench) -> None:
    base = bench.head()
    text = bench.repository.git("show", f"{base}:billing/fees.py")
    bench.repository.git("update-ref", "refs/heads/moved", base)
    tree = bench.repository.git.write_tree(
        base, bench.repository.git.whole_files({"billing/rates.py": text}, ["billing/fees.py"])
    )
    who = Signature("kim", "kim@example.test", bench.hub.now())
    head = bench.repository.git.write_commit(tree, [base], "Move", who)
    assert bench.reader.changed_files(base, head) == ("billing/fees.py", "billing/rates.py")


def test_a_branch_holds_its_history_until_it_is_rewritten(bench) -> None:
    first = bench.head()
    second = bench.hub.commit(bench.repository, "main", {"a": b"1"}, "Two")
    side = bench.hub.commit(bench.repository, "side", {"b": b"1"}, "Side")
    assert [bench.reader.holds("main", sha) for sha in (first, second, side)] == [True, True, False]
    faults.force_push(bench.hub, bench.repository, "main")
    assert not bench.reader.holds("main", second)


def test_the_files_right_in_a_folder(bench) -> None:
    assert bench.reader.files_in("", "main") == ("README.md",)
    assert bench.reader.files_in("billing", "main") == ("billing/big.csv", "billing/fees.py")
    assert bench.reader.files_in("nowhere", "main") == ()
    assert bench.reader.files_in("README.md", "main") == ()


def from_fork(bench) -> tuple[int, str]:
    kims = forks.fork(bench.hub, bench.repository, "kim")
    head = bench.hub.commit(kims, "goldseam/fix", {"a.py": b"1\n"}, "One", author="kim")
    return forks.open_from_fork(bench.hub, bench.repository, kims, "goldseam/fix", "main", "Mine").number, head


def test_a_pull_request_says_whose_branch_it_comes_from(bench) -> None:
    number, head = from_fork(bench)
    pull = bench.reader.pull(number)
    assert (pull.head_repository, pull.author_login, pull.title) == ("kim/billing", "kim", "Mine")
    assert [each.number for each in bench.reader.pulls_of(head)] == [number]
    # Anybody can name a branch of his fork so: those are not ours.
    assert bench.reader.open_pulls("goldseam/") == []
    assert bench.reader.find_pull("goldseam/fix", "main") is None


def test_open_pull_requests_are_chosen_by_their_branch(bench) -> None:
    for branch in ("goldseam/fix/a", "other"):
        bench.hub.commit(bench.repository, branch, {branch: b"1"}, "x")
        bench.writer.open_pull(head=branch, base="main", title="t", body="b", draft=False)
    (pull,) = bench.reader.open_pulls("goldseam/")
    assert (pull.head_branch, pull.head_repository) == ("goldseam/fix/a", "acme/billing")


def test_a_pull_request_tells_files_and_commits(bench) -> None:
    number, head = from_fork(bench)
    (file,) = bench.reader.pull_files(number)
    assert (file.path, file.status, file.patch) == ("a.py", "added", "@@ -0,0 +1 @@\n+1")
    (commit,) = bench.reader.pull_commits(number)
    assert (commit.sha, commit.message) == (head, "One")
