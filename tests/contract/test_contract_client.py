"""Everything Goldseam's own client asks is what GitHub's description takes, and it understands what comes back."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from graphql_contract import check_mutation
from rest_contract import check_exchange

from app.simulator import keys
from app.simulator.hub import Hub
from app.simulator.journal import Exchange
from app.simulator.logs import job_log
from app.simulator.server import serve
from tasks.github.client import reading, writing
from tasks.github.protocol import Annotation, CheckOutput, Reader, Writer
from tasks.github.session import Endpoint

pytestmark = pytest.mark.github_contract

FILES = {"fees.py": b"RATE = 5\n", "run.sh": b"#!/bin/sh\n"}
READ = {"actions": "read", "checks": "read", "contents": "read", "pull_requests": "read"}
WRITE = {**READ, "checks": "write", "contents": "write", "issues": "write", "pull_requests": "write"}
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
            comment = hub.comment(repo, 1, "kim", "/goldseam explain")
            writer.react(comment.id, "eyes")
        yield list(hub.requests)


def read(reader: Reader, run: int, head: str) -> None:
    assert reader.default_branch() == "main"
    assert reader.run(run).head_sha == head
    assert [found.id for found in reader.runs_of(head)] == [run]
    (job,) = reader.failed_jobs(run)
    assert b"1 failed" in b"".join(reader.job_log(job.id))
    assert [body for _, body in reader.junit_reports(run)] == [REPORT]
    assert reader.file_at("fees.py", head) == FILES["fees.py"]
    assert reader.file_at("nowhere.py", head) is None
    assert reader.branch_sha("nowhere") is None


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
    for _ in range(2):
        writer.create_check(
            name="Goldseam", head_sha=fixed.sha, conclusion="success", output=output, external_id="attempt-1"
        )
    writer.comment(pull.number, "Superseded.")


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
