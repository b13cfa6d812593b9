"""The repairing step where there is nothing to repair with, and what decides whether the job goes red."""

from __future__ import annotations

import venv
from pathlib import Path

import pytest
from action_runner import Job, commands_in

from app.action.interpreter import interpreter
from app.action.run import _checkout, _fails
from app.cli.action import _end
from fixers.evidence import Trace
from fixers.model import Reason
from tasks.errors import BadInput, EnvironmentFailed

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "trace-1.0.json"
STRANGE = "b" * 40


def only_error(job: Job) -> str:
    """Return what the one annotation of a job says that ended before anything ran."""
    assert job.conclusion == "failure"
    assert [step.conclusion for step in job.steps.values()] == ["success", "failure", "skipped", "skipped", "skipped"]
    assert job.artifacts == {}
    (said,) = job.commands
    assert (said.name, said.properties) == ("error", {"title": "Goldseam"})
    return said.message


def test_head_code_where_secrets_are_ends_the_job_before_anything_runs(workflow):
    fork = {"ref": "topic", "sha": workflow.head, "repo": {"full_name": "mallory/billing"}}
    environment = workflow.environment("pull_request_target", {"pull_request": {"head": fork}}, GITHUB_SHA=STRANGE)
    job = workflow.run({"token": workflow.token()}, environment)
    assert "Workflows on pull_request_target have this repository's secrets" in only_error(job)
    assert list(workflow.hub.requests) == []


def test_a_bad_input_ends_the_job_in_one_annotation(open_workflow):
    workflow = open_workflow({"m.py": "x = 1\n"})
    said = only_error(workflow.run({"fail-on": "sometimes"}, workflow.environment()))
    assert said.startswith("The input fail-on must be 'fixed', 'declined', 'error' or 'never'")


def test_without_an_environment_the_job_says_so_everywhere(open_workflow, tmp_path):
    venv.create(tmp_path / "bare", symlinks=True)
    workflow = open_workflow({"m.py": "x = 1\n", "test_m.py": "def test_m():\n    assert False\n"})
    job = workflow.run({"python": str(tmp_path / "bare" / "bin" / "python")}, workflow.environment())
    assert job.conclusion == "failure", job.log
    assert job.steps["run"].conclusion == "success", job.log
    assert (job.outputs["status"], job.outputs["reason"]) == ("declined", "environment_failed")
    assert job.outputs["patch-path"] == ""
    assert job.steps["run"].summary.startswith("## Goldseam: declined, environment failed\n")
    assert [said.properties["title"] for said in job.commands] == ["Goldseam: environment_failed"]
    assert {file.name for file in job.artifacts["goldseam-test-0"].iterdir()} == {"result.json", "trace.md"}


FIXED, DECLINED, BROKEN, GREEN = "fixed", "declined", "broken", "green"


@pytest.mark.parametrize(
    ("fail_on", "red"),
    [
        ("fixed", {FIXED, DECLINED, BROKEN}),
        ("declined", {DECLINED, BROKEN}),
        ("error", {BROKEN}),
        ("never", set()),
    ],
)
def test_the_step_fails_as_the_workflow_wants(fail_on, red):
    golden = Trace.model_validate_json(GOLDEN.read_bytes())
    outcomes = {
        FIXED: golden,
        DECLINED: golden.model_copy(update={"status": "declined", "reason": Reason.AMBIGUOUS}),
        BROKEN: golden.model_copy(update={"status": "declined", "reason": Reason.ENVIRONMENT_FAILED}),
        GREEN: golden.model_copy(update={"status": "nothing_to_fix"}),
    }
    assert {name for name, trace in outcomes.items() if _fails(trace, fail_on)} == red


@pytest.mark.parametrize("path", ["../elsewhere", "none", "m.py", "/"])
def test_a_path_that_is_no_directory_of_the_checkout_is_bad_input(path, tmp_path):
    (tmp_path / "m.py").touch()
    with pytest.raises(BadInput, match="The input path must name a directory of the checkout"):
        _checkout(Path(path), tmp_path)


class TestInterpreter:
    def test_a_version_managers_script_is_seen_through(self, small_python, tmp_path, monkeypatch):
        script = tmp_path / "python"
        script.write_text(f'#!/bin/sh\nexec {small_python} "$@"\n')
        script.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        assert interpreter("", tmp_path) == small_python

    def test_a_relative_one_is_that_of_the_checkout(self, small_python):
        assert interpreter("bin/python", small_python.parent.parent) == small_python

    def test_a_new_one_is_left_to_goldseam(self, tmp_path):
        assert interpreter("new", tmp_path) is None

    def test_without_any_it_says_what_to_do(self, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(BadInput, match=r"Run actions/setup-python before"):
            interpreter("", tmp_path)

    def test_what_is_no_interpreter_is_bad_input(self, tmp_path):
        with pytest.raises(BadInput, match="cannot be run as a Python interpreter"):
            interpreter("/bin/false", tmp_path)


@pytest.mark.parametrize(
    "error", [RuntimeError("x\n::add-path::/evil\n"), EnvironmentFailed("No.", "tail\n##[set-env name=A]b")], ids=str
)
def test_whatever_ends_a_step_is_one_annotation_and_no_other_command(error, capsys):
    def step() -> None:
        raise error

    with pytest.raises(SystemExit) as caught:
        _end(step)
    log = capsys.readouterr().out
    (said,) = commands_in(log)
    assert (said.name, caught.value.code) == ("error", 3 if isinstance(error, EnvironmentFailed) else 4)
    assert "evil" in log or "set-env" in log
