"""Runs, jobs, logs and artifacts."""

from __future__ import annotations

import io
import zipfile
from itertools import repeat

import github
import pytest
import requests

LOG = b"\xef\xbb\xbf2026-11-22T18:00:00.0000000Z ##[error]Process completed with exit code 1.\n"


@pytest.fixture
def run(bench):
    return bench.hub.add_run(
        bench.repo,
        bench.head(),
        "main",
        jobs=[("test", LOG, "Run pytest"), ("lint", b"fine\n", "")],
        artifacts={"junit": {"report.xml": b"<testsuites/>"}, "other": {"x": b""}},
    )


def test_a_run_and_its_failed_step(bench, run) -> None:
    found = bench.repository().get_workflow_run(run.id)
    assert (found.name, found.path, found.conclusion) == ("ci", ".github/workflows/ci.yml", "failure")
    assert (found.head_branch, found.head_sha, found.run_attempt) == ("main", bench.head(), 1)
    jobs = list(found.jobs("latest"))
    assert [(job.name, job.conclusion) for job in jobs] == [("test", "failure"), ("lint", "success")]
    assert [step.name for step in jobs[0].steps if step.conclusion == "failure"] == ["Run pytest"]


@pytest.mark.parametrize(
    ("wanted", "hits"),
    [
        pytest.param({}, 2, id="all"),
        pytest.param({"branch": "main"}, 1, id="branch"),
        pytest.param({"event": "pull_request"}, 1, id="event"),
        pytest.param({"status": "failure"}, 1, id="conclusion"),
        pytest.param({"status": "completed"}, 2, id="status"),
        pytest.param({"head_sha": "0" * 40}, 0, id="another-commit"),
    ],
)
def test_runs_are_filtered(bench, run, wanted, hits) -> None:
    bench.hub.add_run(bench.repo, bench.head(), "x", jobs=[("test", b"", "")], event="pull_request")
    assert bench.repository().get_workflow_runs(**wanted).totalCount == hits


def test_the_run_of_a_fork_names_the_fork_and_no_pull_request(bench) -> None:
    run = bench.hub.add_run(bench.repo, bench.head(), "patch-1", head_repository="kim/billing")
    found = bench.repository().get_workflow_run(run.id)
    assert (found.head_repository.full_name, found.head_repository.fork) == ("kim/billing", True)
    assert found.repository.full_name == "acme/billing"
    assert found.pull_requests == []
    assert found.conclusion == "startup_failure"  # it has no jobs


def log_address(bench, run) -> str:
    return next(iter(bench.repository().get_workflow_run(run.id).jobs())).logs_url()


def test_a_log_is_fetched_without_the_token(bench, run) -> None:
    address = log_address(bench, run)
    assert requests.get(address, timeout=5).content == LOG
    leaked = requests.get(address, headers={"Authorization": "Bearer x"}, timeout=5)
    assert leaked.status_code == 400


def test_a_link_lives_one_minute(bench, run) -> None:
    address = log_address(bench, run)
    bench.clock.now += 61
    assert requests.get(address, timeout=5).status_code == 403
    assert requests.get(log_address(bench, run), timeout=5).status_code == 200


def test_a_log_may_be_endless(bench) -> None:
    run = bench.hub.add_run(bench.repo, bench.head(), "main", jobs=[("test", lambda: repeat(b"x" * 65536), "Run")])
    with requests.get(log_address(bench, run), stream=True, timeout=5) as answer:
        assert len(answer.raw.read(1 << 20)) == 1 << 20


def artifact_zip(bench, number: int) -> requests.Response:
    address = f"{bench.api}/repos/acme/billing/actions/artifacts/{number}/zip"
    return requests.get(address, headers={"Authorization": f"Bearer {bench.token()}"}, timeout=5, allow_redirects=False)


def test_an_artifact_is_an_archive(bench, run) -> None:
    artifacts = {found.name: found for found in bench.repository().get_workflow_run(run.id).get_artifacts()}
    assert artifacts.keys() == {"junit", "other"}
    artifact = artifacts["junit"]
    answer = requests.get(artifact_zip(bench, artifact.id).headers["Location"], timeout=5)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.read("report.xml") == b"<testsuites/>"


def test_an_artifact_expires(bench, run) -> None:
    number = run.artifacts[0].id
    bench.clock.now += 91 * 86_400
    assert artifact_zip(bench, number).status_code == 410


def test_failed_jobs_run_again_as_a_new_attempt(bench, run) -> None:
    found = bench.repository().get_workflow_run(run.id)
    before = {job.id for job in found.jobs()}
    assert found.rerun_failed_jobs()
    assert bench.repository().get_workflow_run(run.id).run_attempt == 2
    after = {job.name: job.id for job in found.jobs()}
    assert after["test"] not in before
    assert after["lint"] in before
    assert found.jobs("all").totalCount == 3
    green = bench.hub.add_run(bench.repo, bench.head(), "main", jobs=[("test", b"", "")])
    address = f"{bench.api}/repos/acme/billing/actions/runs/{green.id}/rerun-failed-jobs"
    headers = {"Authorization": f"Bearer {bench.token()}"}
    assert requests.post(address, headers=headers, timeout=5).status_code == 403


def test_a_run_of_another_repository_is_not_found(bench, run) -> None:
    other = bench.hub.add_repository("acme/other")
    client = bench.client_with(bench.hub.mint(other).value)
    with pytest.raises(github.UnknownObjectException):
        client.get_repo("acme/other").get_workflow_run(run.id)
