"""Everything Goldseam's own client asks is what GitHub's description takes, and it understands what comes back."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from graphql_contract import check_mutation
from rest_contract import check_exchange

from app.simulator import keys
from app.simulator import reviews as rules
from app.simulator.documents import node
from app.simulator.hub import Hub
from app.simulator.journal import Exchange
from app.simulator.logs import job_log
from app.simulator.records import Repository
from app.simulator.server import serve
from tasks.github.client import reading, writing
from tasks.github.protocol import Annotation, CheckAction, CheckOutput, Reader, Suggestion, Writer
from tasks.github.session import Endpoint

pytestmark = pytest.mark.github_contract

FILES = {"fees.py": b"RATE = 5\n", "run.sh": b"#!/bin/sh\n"}
READ = {"actions": "read", "checks": "read", "contents": "read", "pull_requests": "read"}
WRITE = {
    **READ,
    "actions": "write",
    "checks": "write",
    "contents": "write",
    "issues": "write",
    "pull_requests": "write",
}
REPORT = b'<testsuites><testsuite name="pytest" tests="1"/></testsuites>'


@pytest.fixture(scope="module")
def exchanges(tmp_path_factory) -> Iterator[list[Exchange]]:
    hub = Hub(tmp_path_factory.mktemp("hub"), keys.generate().public, clock=time.time)
    with serve(hub):
        repo = hub.add_repository("acme/billing", FILES)
        head = repo.git.refs()["refs/heads/main"]
        log = job_log("pytest", "1 failed", exit_code=1, at=hub.now())
        run = hub.add_run(repo, head, "main", jobs=[("test", log, "Run")], artifacts={"junit": {"report.xml": REPORT}})
        endpoint = Endpoint(f"{hub.url}/api/v3", seconds_between_requests=0, seconds_between_writes=0)
        with reading(endpoint, hub.mint(repo, READ).value, "acme/billing") as reader:
            read(reader, run.id, head)
        with writing(endpoint, hub.mint(repo, WRITE).value, "acme/billing") as writer:
            write(writer, head)
            talk(writer, hub, repo)
            tidy(writer, hub, repo, run.id)
        yield list(hub.requests)


def read(reader: Reader, run: int, head: str) -> None:
    assert reader.default_branch() == "main"
    assert reader.run(run).head_sha == head
    assert [found.id for found in reader.runs_of(head)] == [run]
    assert [found.id for found in reader.runs_on("main", ".github/workflows/ci.yml")] == [run]
    assert reader.conclusion_of(run, 1) == "failure"
    (job,) = reader.failed_jobs(run)
    assert b"1 failed" in b"".join(reader.job_log(job.id))
    assert [body for _, body in reader.junit_reports(run)] == [REPORT]
    assert reader.file_at("fees.py", head) == FILES["fees.py"]
    assert reader.file_at("nowhere.py", head) is None
    assert reader.branch_sha("nowhere") is None
    assert reader.files_in("", head) == ("fees.py", "run.sh")
    assert reader.files_in(".github", head) == ()
    assert reader.subjects("main", 50) == ("Start",)
    assert reader.own_account().login == "goldseam[bot]"
    assert (reader.permission("acme").level, reader.permission("nobody").level) == ("admin", "none")


def write(writer: Writer, head: str) -> None:
    writer.create_branch("goldseam/1", head)
    writer.create_branch("goldseam/1", head)
    fixed = writer.commit("goldseam/1", head, "fix: rate\n\nBecause.", {"fees.py": b"RATE = 6\n"})
    assert fixed.verified
    pull = writer.open_pull(head="goldseam/1", base="main", title="fix: rate", body="**Red**", draft=True)
    again = writer.open_pull(head="goldseam/1", base="main", title="fix: rate", body="**Red**", draft=True)
    assert (again.number, writer.pull(pull.number).head_sha) == (pull.number, fixed.sha)
    assert writer.find_pull("goldseam/1", "main") is not None
    writer.update_pull(pull.number, title="fix: the rate", body="**Red**, again")
    remarks = [Annotation("fees.py", 1, 1, "Here.", title="Cause")] * 51
    output = CheckOutput("Fixed", "One line.", "The trace.", remarks)
    retry = CheckAction("Retry", "Run the repair again", "retry")
    for _ in range(2):
        writer.create_check(
            name="Goldseam",
            head_sha=fixed.sha,
            conclusion="success",
            output=output,
            external_id="attempt-1",
            actions=[retry],
        )
    assert [each.number for each in writer.pulls_of(fixed.sha)] == [1]
    assert [each.number for each in writer.open_pulls("goldseam/")] == [1]
    assert [each.path for each in writer.pull_files(1)] == ["fees.py"]
    assert [each.sha for each in writer.pull_commits(1)] == [fixed.sha]
    assert writer.changed_files(head, fixed.sha) == ("fees.py",)


def talk(writer: Writer, hub: Hub, repo: Repository) -> None:
    pull, kim = repo.pulls[1], hub.account("kim")
    repo.roles["kim"] = "write"
    repo.teams.add("billing")
    comment = hub.comment(repo, 1, "kim", "/goldseam explain")
    line = rules.review_comment(hub, repo, pull, kim, rules.Remark("fees.py", 1, "/goldseam retry"))
    review = rules.review(hub, repo, pull, kim, "CHANGES_REQUESTED", "Not so")
    writer.react("comment", comment.id, "eyes")
    writer.react("review_comment", line.id, "+1")
    writer.react("review", review.id, "confused", node("PRR", review.id))
    for where, identity in (("comment", comment.id), ("review_comment", line.id), ("review", review.id)):
        assert writer.reply(1, where, identity, f"To {where}") == writer.reply(1, where, identity, f"To {where}")
    writer.review_remarks(1, line.review_id)
    sticky = writer.comment(1, "Superseded. <!-- goldseam:sticky -->")
    assert writer.find_comment(1, "goldseam:sticky").id == sticky
    writer.edit_comment(sticky, "Back. <!-- goldseam:sticky -->")
    writer.suggest(1, pull.head_sha, [Suggestion("fees.py", 1, 1, "RATE = 7")], "So?")
    writer.add_labels(1, ["goldseam"])
    writer.request_reviewers(1, ["kim", "stranger"], ["billing"])


def tidy(writer: Writer, hub: Hub, repo: Repository, run: int) -> None:
    writer.rerun_failed(run, attempt=1)
    writer.set_draft(1, draft=False)
    writer.set_draft(1, draft=True)
    writer.create_branch("goldseam/beside", repo.pulls[1].head_sha)
    writer.move_branch("goldseam/beside", repo.pulls[1].base_sha, expected=repo.pulls[1].head_sha)
    writer.close_pull(1)
    assert writer.delete_branch("goldseam/1", repo.pulls[1].head_sha)
    assert writer.delete_branch("goldseam/1", repo.pulls[1].head_sha)
    issue = writer.open_issue("Cannot propose", "Why <!-- goldseam:issue -->", ["goldseam"])
    assert (writer.find_issue("goldseam:issue"), writer.find_issue("nothing")) == (issue, None)
    writer.close_issue(issue)
    assert writer.find_issue("goldseam:issue") is None


def test_every_call_of_the_client_is_as_described(exchanges, openapi, schema) -> None:
    asked = {(exchange.method, *exchange.path.split("/")[4:5]) for exchange in exchanges}
    assert asked >= {
        ("GET", "actions"),
        ("GET", "contents"),
        ("POST", "git"),
        ("POST", "pulls"),
        ("PATCH", "pulls"),
        ("POST", "check-runs"),
        ("POST", "issues"),
        ("PATCH", "issues"),
        ("DELETE", "git"),
        ("GET", "compare"),
        ("GET", "collaborators"),
        ("POST",),  # GraphQL
    }
    problems = {
        problem
        for exchange in exchanges
        for problem in (
            check_mutation(exchange, schema) if exchange.path == "/graphql" else check_exchange(exchange, openapi)
        )
    }
    assert sorted(problems) == []
