"""Check runs: what GitHub takes, and what it refuses."""

from __future__ import annotations

import pytest

OUTPUT = {"title": "Flaky", "summary": "Fails 3 of 10 runs."}
REMARK = {"path": "billing/fees.py", "start_line": 2, "end_line": 2, "annotation_level": "warning", "message": "Here."}


def create(bench, **changed):
    given = {"name": "Goldseam", "head_sha": bench.head(), "status": "completed", "conclusion": "neutral"}
    return bench.repository().create_check_run(**{**given, "output": OUTPUT, **changed})


def test_a_check_run_is_made_and_found_again(bench) -> None:
    made = create(bench, external_id="attempt-1")
    (found,) = bench.repository().get_commit(bench.head()).get_check_runs(check_name="Goldseam")
    assert (found.id, found.external_id, found.conclusion) == (made.id, "attempt-1", "neutral")
    assert (found.output.title, found.output.summary, found.app.slug) == ("Flaky", "Fails 3 of 10 runs.", "goldseam")


def test_annotations_are_added_to_those_that_stand(bench) -> None:
    made = create(bench, output={**OUTPUT, "annotations": [REMARK] * 50})
    made.edit(output={**OUTPUT, "annotations": [REMARK] * 2})
    assert made.output.annotations_count == 52
    assert made.get_annotations().totalCount == 52


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"conclusion": "excellent"}, id="conclusion"),
        pytest.param({"status": "done", "conclusion": "success"}, id="status"),
        pytest.param({"head_sha": "0" * 40}, id="no-such-commit"),
        pytest.param({"output": {"title": "x"}}, id="no-summary"),
        pytest.param({"output": {**OUTPUT, "text": "x" * 65_536}}, id="long-text"),
        pytest.param({"output": {**OUTPUT, "annotations": [REMARK] * 51}}, id="many-annotations"),
        pytest.param({"output": {**OUTPUT, "annotations": [{"path": "x"}]}}, id="half-an-annotation"),
        pytest.param({"actions": [{"label": "x", "description": "y", "identifier": "z"}] * 4}, id="many-actions"),
        pytest.param({"actions": [{"label": "x" * 21, "description": "y", "identifier": "z"}]}, id="long-action"),
    ],
)
def test_what_github_refuses_is_a_422(bench, refusal, changed) -> None:
    assert refusal(lambda: create(bench, **changed)).status == 422
    assert bench.repo.checks == {}


def test_a_refused_update_changes_nothing(bench, refusal) -> None:
    made = create(bench)
    refusal(lambda: made.edit(conclusion="success", output={"title": "x", "summary": "y" * 65_536}))
    assert bench.repo.checks[made.id].conclusion == "neutral"


def test_a_completed_check_needs_a_conclusion(bench, refusal) -> None:
    made = bench.repository().create_check_run("Goldseam", bench.head(), status="in_progress")
    assert made.completed_at is None
    assert refusal(lambda: made.edit(status="completed")).status == 422
    made.edit(conclusion="success")
    assert (made.status, made.conclusion) == ("completed", "success")


def test_the_check_runs_of_jobs_belong_to_github_actions(bench, refusal) -> None:
    run = bench.hub.add_run(bench.repo, bench.head(), "main", jobs=[("test", b"", "Run pytest")])
    check = bench.repository().get_check_run(run.jobs[0].id)
    assert (check.app.slug, check.app.id, check.conclusion) == ("github-actions", 15368, "failure")
    assert refusal(lambda: check.edit(conclusion="success")).status == 403
