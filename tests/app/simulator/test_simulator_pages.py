"""Pages for people: what they show, and what they never do with hostile text."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import requests

from app.simulator import sample
from app.simulator.markdown import render
from app.simulator.records import CheckAnnotation, CheckRun


@pytest.fixture
def pull(bench):
    sha = bench.repair()
    body = "**Cause.** `>=`\n\n<details><summary>The trace</summary>\n\n1. seen\n\n</details>\n<!-- marker -->"
    return sha, bench.repository().create_pull(
        title="fix: <fee>", body=body, head="goldseam/1", base="main", draft=True
    )


def page(bench, path: str) -> str:
    answer = requests.get(f"{bench.simulator.url}{path}", timeout=5)
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "<script" not in answer.text
    return answer.text


def test_a_pull_request_is_shown_whole(bench, pull) -> None:
    bench.hub.comment(bench.repo, 1, "kim", "_looks right_")
    shown = page(bench, "/acme/billing/pull/1")
    assert "fix: &lt;fee&gt;" in shown
    assert "Draft" in shown
    assert "<strong>Cause.</strong> <code>&gt;=</code>" in shown
    assert "<details><summary>The trace</summary>" in shown
    assert "marker" not in shown
    assert re.search(r'<tr class="removed">.*>= 3', shown.replace("&gt;", ">"))
    assert re.search(r'<tr class="added">.*> 3', shown.replace("&gt;", ">"))
    assert "<em>looks right</em>" in shown


def test_the_pages_that_documents_point_at_are_there(bench, pull) -> None:
    sha, made = pull
    run = bench.hub.add_run(bench.repo, sha, "goldseam/1", jobs=[("test", b"\x1b[31m##[error]<red>\n", "Run pytest")])
    check = made.head.repo.get_commit(sha).get_check_runs()[0]
    found = bench.repository().get_workflow_run(run.id)
    job = next(iter(found.jobs()))
    addresses = [made.html_url, found.html_url, job.html_url, check.html_url, made.head.repo.html_url]
    for address in addresses:
        page(bench, address.removeprefix(bench.simulator.url))
    assert "&lt;red&gt;" in page(bench, f"/acme/billing/actions/runs/{run.id}")
    assert "Fix late fee" in page(bench, f"/acme/billing/commit/{sha}")
    assert 'id="L2"' in page(bench, f"/acme/billing/blob/{sha}/billing/fees.py")
    assert "acme/billing" in page(bench, "/")
    assert page(bench, "/acme/billing/pull/1.diff").startswith("diff --git")


def test_a_check_run_is_shown_with_its_annotations(bench) -> None:
    check = CheckRun(7, "Goldseam", bench.head(), 8, "goldseam", bench.hub.now(), "completed", "neutral")
    check.title, check.summary = "Flaky: 3 of 10", "Tried **twice**"
    check.annotations = [CheckAnnotation("billing/fees.py", 2, 2, "warning", "Late <here>.")]
    bench.repo.checks[7] = check
    shown = page(bench, "/acme/billing/runs/7")
    assert "Flaky: 3 of 10" in shown
    assert "<strong>twice</strong>" in shown
    assert "Late &lt;here&gt;." in shown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        pytest.param("<script>alert(1)</script>", "&lt;script&gt;", id="script"),
        pytest.param("<details onclick=x()>", "&lt;details onclick", id="attribute"),
        pytest.param("a <b>c</b>", "&lt;b&gt;", id="inline"),
        pytest.param("[x](javascript:alert)", "[x](javascript:alert)", id="script-link"),
        pytest.param("![pixel](https://example.org/p.png)", "[image: pixel]", id="image"),
        pytest.param("<DETAILS OPEN>\n\nx\n\n</DETAILS>", "<details open>", id="capitals"),
        pytest.param("<summary><img src=x></summary>", "<summary>&lt;img src=x&gt;</summary>", id="inside-summary"),
        pytest.param("| a |\n|---|\n| ~~b~~ |", "<s>b</s>", id="table"),
        pytest.param("one\ntwo", "one<br", id="line-break"),
    ],
)
def test_markdown_of_strangers(text, html) -> None:
    shown = str(render(text))
    assert html in shown
    assert not re.search(r"<(script|img|b|iframe)\b|<details on", shown)


@pytest.mark.parametrize("text", ["a<!-- secret -->b", "<!-- secret", "<!--\nsecret\n-->"])
def test_comments_are_hidden(text) -> None:
    assert "secret" not in str(render(text))


def test_a_person_comments_and_merges(bench, pull) -> None:
    address = f"{bench.simulator.url}/acme/billing/pull/1"
    said = requests.post(f"{address}/comments", data={"body": "/goldseam explain"}, timeout=5)
    assert "/goldseam explain" in said.text
    merged = requests.post(f"{address}/merge", timeout=5)
    assert "Merged" in merged.text
    assert [delivery.event for delivery in bench.hub.deliveries] == ["issue_comment", "push", "pull_request"]
    assert bench.hub.journal[-1].path.endswith("/pulls")  # a person's doing is no effect of a client


def test_another_sites_form_is_refused(bench, pull) -> None:
    address = f"{bench.simulator.url}/acme/billing/pull/1/merge"
    answer = requests.post(address, headers={"Origin": "https://example.org"}, timeout=5)
    assert answer.status_code == 403
    assert not bench.repo.pulls[1].merged


@pytest.mark.parametrize("path", ["/acme/nothing", "/acme/billing/pull/9", "/acme/billing/blob/main/nowhere"])
def test_what_is_not_there_is_a_404(bench, path) -> None:
    assert requests.get(f"{bench.simulator.url}{path}", timeout=5).status_code == 404


def test_the_sample_is_red_for_the_reason_its_log_says(bench, tmp_path) -> None:
    bench.hub.repositories.clear()
    red = sample.red_main(bench.hub)
    assert [run.conclusion for run in red.repository.runs.values()] == ["success", "failure"]
    tree = tmp_path / "tree"
    archive = red.repository.git("archive", "--format=tar", red.run.head_sha)
    tree.mkdir()
    subprocess.run(["tar", "-x", "-C", str(tree)], input=archive, check=True)
    done = subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    for line in sample.FAILURE.strip().splitlines():
        assert line in done.stdout
    assert "1 failed, 6 passed" in done.stdout
