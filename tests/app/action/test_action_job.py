"""The action's steps, run as the runner runs them, on a project whose tests are really red."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from action_runner import Job, commands_in
from action_workflow import Workflow

from app.action.result import ActionResult


@dataclass(frozen=True)
class Repaired:
    workflow: Workflow
    job: Job
    token: str


@pytest.fixture(scope="module")
def repaired(open_workflow: Callable[..., Workflow]) -> Repaired:
    """Run the whole action once: a red main branch, a token, a pull request."""
    workflow = open_workflow()
    token = workflow.token()
    # What jobs do: the project's own packages would shadow ours by any of these.
    (workflow.workspace / "app").mkdir()
    (workflow.workspace / "app" / "__init__.py").write_text("raise SystemExit('the project was imported')\n")
    environment = workflow.environment(PYTHONPATH=str(workflow.workspace))
    return Repaired(workflow, workflow.run({"token": token}, environment), token)


def test_the_job_ends_well_and_says_what_it_found(repaired):
    assert repaired.job.conclusion == "success", repaired.job.log
    outputs = repaired.job.outputs
    assert (outputs["status"], outputs["reason"], outputs["fixer"]) == ("fixed", "", "search:wrong-comparison")
    assert outputs["sentence"].startswith("Fixed: billing/fees.py, line 10.")
    assert outputs["artifact-url"].endswith("/goldseam-test-0")
    assert outputs["withheld"] == ""


def test_the_patch_is_one_that_git_applies_to_the_checkout(repaired):
    patch = Path(repaired.job.outputs["patch-path"])
    apply = ("git", "-C", str(repaired.workflow.workspace), "apply", "--check", str(patch))
    subprocess.run(apply, check=True)
    assert "+    return min(days * RATE, CAP) if days > GRACE else 0" in patch.read_text()


def test_nothing_is_written_into_the_checkout(repaired):
    status = ("git", "-C", str(repaired.workflow.workspace), "status", "--porcelain", "--ignored")
    said = subprocess.run(status, check=True, capture_output=True, text=True).stdout
    assert said.split() == ["??", "app/"]


def test_the_artifact_holds_patch_trace_and_evidence(repaired):
    kept = repaired.job.artifacts["goldseam-test-0"]
    assert {file.name for file in kept.iterdir()} == {"goldseam.patch", "trace.md", "evidence.json", "result.json"}
    result = ActionResult.model_validate_json((kept / "result.json").read_bytes())
    assert (result.commit, result.directory) == (repaired.workflow.head, "")


def test_the_faulty_line_is_annotated_and_nothing_else_is_commanded(repaired):
    run = [(said.name, said.properties) for said in repaired.job.steps["run"].commands]
    title = "Goldseam: a proven repair"
    assert run == [("error", {"file": "billing/fees.py", "line": "10", "endLine": "10", "title": title})]
    assert [said.name for said in repaired.job.commands if said not in repaired.job.steps["run"].commands] == ["notice"]


def test_the_summary_shows_patch_proof_and_trace(repaired):
    page = repaired.job.steps["run"].summary
    assert page.startswith("## Goldseam: a proven repair\n")
    for part in (
        "-    return min(days * RATE, CAP) if days >= GRACE else 0",
        "| failing tests |",
        "### 4. What was tried",
    ):
        assert part in page


def test_the_pull_request_is_a_draft_into_the_red_branch(repaired):
    (pull,) = repaired.workflow.repository.pulls.values()
    assert repaired.job.outputs["pull-request-number"] == str(pull.number)
    assert repaired.job.outputs["pull-request-url"].endswith(f"/pull/{pull.number}")
    assert (pull.draft, pull.base_branch, pull.head_branch[:18]) == (True, "main", "goldseam/fix/main-")
    assert b"days > GRACE" in repaired.workflow.repository.git("show", f"{pull.head_sha}:billing/fees.py")
    assert "actions/runs/77" in pull.body
    assert "goldseam verify evidence.json" in pull.body
    assert "/attempts/" not in pull.body


def test_only_the_step_that_opens_the_pull_request_sees_the_token(repaired):
    seen = {name for name, step in repaired.job.steps.items() if repaired.token in step.environment.values()}
    assert seen == {"publish"}
    left = [file for file in repaired.workflow.scratch.rglob("*") if file.is_file() and "github" not in file.parts]
    assert left
    assert [file for file in left if repaired.token.encode() in file.read_bytes()] == []
    assert repaired.token not in repaired.job.log


def test_the_token_needs_no_more_than_contents_and_pull_requests(repaired):
    used = {name for effect in repaired.workflow.hub.journal for name in effect.permissions}
    assert used == {"contents", "pull_requests", "metadata"}
    assert all(effect.status < 300 for effect in repaired.workflow.hub.journal)


NAME = "x%0A::add-mask::e\n##[set-env name=PATH]evil"
HOSTILE = "##[set-env name=PATH]evil"
# The tool quotes the line and the path, and a path may hold anything but a slash.
LINT = {"services/a,line=1::b/mod.py": f"import os  # {HOSTILE}\n\nWORD = 1\n"}


@pytest.fixture(scope="module")
def stranger(open_workflow: Callable[..., Workflow]) -> Repaired:
    """Run the action on a pull request from a fork whose text wants to command the runner, with a token given."""
    workflow = open_workflow(LINT)
    token = workflow.token()
    fork = {"ref": NAME, "sha": "1" * 40, "repo": {"full_name": "mallory/billing"}}
    environment = workflow.environment("pull_request", {"pull_request": {"head": fork}})
    inputs = {
        "token": token,
        "path": "services",
        "python": "python",
        "test-command": "ruff check --output-format full .",
        "artifact-name": "",
    }
    environment["PATH"] = ":".join(environment["PATH"].split(":")[1:])  # the interpreter that has ruff
    return Repaired(workflow, workflow.run(inputs, environment), token)


def test_a_fork_gets_its_repair_and_nothing_is_written(stranger):
    assert stranger.job.conclusion == "success", stranger.job.log
    assert stranger.job.outputs["status"] == "fixed"
    assert "This is a pull request from a fork" in stranger.job.outputs["withheld"]
    assert "This is a pull request from a fork" in stranger.job.steps["run"].summary
    assert stranger.workflow.hub.journal == []
    assert list(stranger.workflow.hub.requests) == []


def test_paths_of_a_project_in_a_directory_begin_at_the_root(stranger):
    patch = Path(stranger.job.outputs["patch-path"]).read_text()
    assert patch.startswith("--- a/services/a,line=1::b/mod.py\n")
    (said,) = [said for said in stranger.job.commands if said.name == "error"]
    assert said.properties["file"] == "services/a,line=1::b/mod.py"
    assert said.properties["line"] == "1"


def test_a_strangers_text_commands_nothing(stranger):
    printed = [line for line in stranger.job.log.splitlines() if HOSTILE in line and not line.startswith("::")]
    assert commands_in("\n".join(printed)), "nothing was printed that could have been a command"
    assert {said.name for said in stranger.job.commands} == {"error", "notice"}
    assert stranger.job.env == {}
    assert stranger.job.path == []
