"""A pull request for a result: opened once, and only where it may be; the step knows no engine."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from action_runner import read_values
from action_workflow import ROOT, Workflow

from app.action.event import read_event
from app.action.propose import Proposed, Withheld, propose
from app.action.publish import publish
from app.action.result import ActionResult, read_result, write_result
from app.simulator import pulls, sample
from app.simulator.journal import Fault, FaultKind
from fixers.evidence import Trace
from fixers.model import FileEdit
from fixers.patch import unified
from tasks.errors import BadInput
from tasks.github.client import writing
from tasks.github.errors import GitHubUnavailable, PermissionMissing
from tasks.github.session import Endpoint
from tasks.report.outgoing import EgressBlocked, Outgoing

FEES = "billing/fees.py"
MENDED = sample.RED.replace(">=", ">")
GOLDEN = ROOT / "tests" / "golden" / "trace-1.0.json"


def result(workflow: Workflow, commit: str = "", patch: str = "") -> ActionResult:
    """Return what a repair of the sample leaves."""
    trace = Trace.model_validate_json(GOLDEN.read_bytes())
    fixed = patch or unified([FileEdit(FEES, sample.RED, MENDED)])
    return ActionResult(commit=commit or workflow.head, trace=trace.model_copy(update={"patch": fixed}))


FILES = {FEES: sample.RED, ".github/goldseam.yml": sample.POLICY}


@pytest.fixture
def workflow(open_workflow: Callable[..., Workflow]) -> Workflow:
    """Return one without a checkout, which this step does not need."""
    return open_workflow(FILES, checkout=False)


@pytest.fixture(scope="module")
def unwritten(open_workflow: Callable[..., Workflow]) -> Workflow:
    """Return one for all tests that say that nothing was written."""
    return open_workflow(FILES, checkout=False)


def proposed(
    workflow: Workflow, found: ActionResult | None = None, *, draft: bool = True, event: str = "push", **more: object
) -> Proposed | Withheld:
    """Propose a result with a token of the least permissions."""
    seen = read_event(workflow.environment(event, **more))
    endpoint = Endpoint(f"{workflow.simulator.url}/api/v3", seconds_between_requests=0, seconds_between_writes=0)
    with writing(endpoint, workflow.token(), workflow.repository.full_name) as writer:
        return propose(writer, found or result(workflow), seen, Outgoing(), draft=draft)


@pytest.fixture
def attempt(workflow: Workflow) -> Callable[..., Proposed | Withheld]:
    return partial(proposed, workflow)


def changed(workflow: Workflow) -> list[str]:
    return [effect.path for effect in workflow.hub.journal if effect.status < 300]


def policy(workflow: Workflow, text: str) -> None:
    workflow.hub.commit(workflow.repository, "main", {".github/goldseam.yml": text.encode()}, "Say how far")


def test_it_is_opened_once_and_found_the_second_time(workflow, attempt):
    first, second = attempt(), attempt()
    assert isinstance(first, Proposed)
    assert (first.new, second) == (True, Proposed(first.number, first.url, new=False))
    assert len(workflow.repository.pulls) == 1
    assert [path.rpartition("/")[2] for path in changed(workflow)] == ["refs", "graphql", "pulls", "labels"]


def test_a_closed_one_is_not_proposed_again_even_when_its_branch_is_gone(workflow, attempt):
    pull = workflow.repository.pulls[attempt().number]
    pulls.close(workflow.hub, pull)
    for _ in range(2):
        again = attempt()
        assert isinstance(again, Withheld)
        assert f"#{pull.number} proposed a repair of this fault, and a person closed it." in again.sentence
        if f"refs/heads/{pull.head_branch}" in workflow.repository.git.refs():
            workflow.repository.git.delete_ref(f"refs/heads/{pull.head_branch}")
    assert len(workflow.repository.pulls) == 1


def test_a_fault_that_comes_back_after_the_merge_gets_a_number(workflow, attempt):
    first = workflow.repository.pulls[attempt().number]
    first.draft = False
    pulls.merge(workflow.hub, workflow.repository, first, workflow.hub.account("acme"))
    workflow.hub.commit(workflow.repository, "main", {FEES: sample.RED.encode()}, "Shorten it again")
    again = attempt()
    assert isinstance(again, Proposed)
    assert workflow.repository.pulls[again.number].head_branch == f"{first.head_branch}-2"


@pytest.mark.parametrize("kind", ["branch", "commit", "pull"])
def test_what_a_killed_run_left_is_taken_up(workflow, attempt, kind):
    calls = {"branch": r"/git/refs$", "commit": r"/graphql$", "pull": r"/pulls$"}
    workflow.hub.faults.append(Fault("POST", calls[kind], FaultKind.DROP_AFTER_COMMIT))
    with pytest.raises(GitHubUnavailable):
        attempt()
    assert isinstance(attempt(), Proposed)
    (pull,) = workflow.repository.pulls.values()
    assert len(workflow.repository.git.log(f"{workflow.head}..{pull.head_sha}")) == 1


def test_a_branch_of_somebody_else_is_left_alone(workflow, attempt):
    made = workflow.repository.pulls.pop(attempt().number)
    head = workflow.hub.commit(workflow.repository, made.head_branch, {"theirs.txt": b"1\n"}, "Mine")
    withheld = attempt()
    assert "is somebody else's" in withheld.sentence
    assert workflow.repository.git.refs()[f"refs/heads/{made.head_branch}"] == head


def test_an_open_one_is_found_even_where_there_is_room_for_no_other(workflow, attempt):
    first = attempt()
    limit = b"version: 1\nautonomy: draft_pr\nmax_open: 1\n"
    head = workflow.hub.commit(workflow.repository, "topic", {"new.txt": b"1\n"}, "Go on")
    workflow.hub.commit(workflow.repository, "main", {".github/goldseam.yml": limit}, "Say how far")
    assert attempt(result(workflow)) == Proposed(first.number, first.url, new=False)
    pull = {"pull_request": {"head": {"ref": "topic", "sha": head, "repo": {"full_name": "acme/billing"}}}}
    assert "(repo:max_open)" in attempt(event="pull_request", payload=pull).sentence


def test_it_is_written_as_the_repository_writes(workflow, attempt):
    for number in range(6):
        subject = f"fix(fees): mend {number}"
        workflow.hub.commit(workflow.repository, "main", {"notes.txt": f"{number}\n".encode()}, subject)
    workflow.hub.commit(workflow.repository, "main", {".github/dco.yml": b"require:\n  members: true\n"}, "fix: ask")
    pull = workflow.repository.pulls[attempt().number]
    assert pull.title.startswith("fix")
    assert [label.name for label in pull.labels] == ["goldseam"]
    assert "Signed-off-by: goldseam[bot]" in workflow.repository.git.commit(pull.head_sha).message


def test_a_ready_request_is_one_where_policy_lets_it(workflow, attempt):
    first = attempt(draft=False)
    assert workflow.repository.pulls[first.number].draft, "the sample's policy says draft_pr"


def test_a_ready_request_needs_no_policy_file(open_workflow):
    workflow = open_workflow({FEES: sample.RED}, checkout=False)
    assert not workflow.repository.pulls[proposed(workflow, draft=False).number].draft


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("version: 1\nautonomy: suggest\n", "repo:autonomy"),
        ("version: 1\nautonomy: pr\ndeny_paths: ['billing/**']\n", "repo:deny_paths[0]"),
        ("version: 1\nautonomy: pr\nmax_lines: 1\n", "repo:max_lines"),
        ("version: 1\nautonomy: pr\nmax_open: 0\n", "repo:max_open"),
        ("version: 9\n", "repo:invalid"),
    ],
)
def test_what_the_policy_file_denies_the_action_denies(unwritten, text, clause):
    policy(unwritten, text)
    withheld = proposed(unwritten)
    assert isinstance(withheld, Withheld)
    assert f"({clause})" in withheld.sentence
    assert changed(unwritten) == []


@pytest.mark.parametrize("path", [".github/workflows/ci.yml", "tests/test_fees.py", "setup.py"])
def test_a_forged_result_touches_nothing_that_judges_or_runs_it(unwritten, path):
    forged = result(unwritten, patch=unified([FileEdit(path, "a\n", "b\n")]))
    withheld = proposed(unwritten, forged)
    assert isinstance(withheld, Withheld)
    assert "(hard:" in withheld.sentence
    assert changed(unwritten) == []


def test_a_patch_that_is_none_is_withheld(unwritten):
    assert "cannot be read" in proposed(unwritten, result(unwritten, patch="--- a/x\nnonsense")).sentence


def test_a_repair_of_another_commit_is_withheld(unwritten):
    assert "is not the commit of this run" in proposed(unwritten, result(unwritten, commit="c" * 40)).sentence


def test_a_branch_that_differs_from_the_merge_under_test_is_withheld(workflow, attempt):
    head = workflow.hub.commit(workflow.repository, "topic", {FEES: b"other = 1\n"}, "Go on")
    pull = {"pull_request": {"head": {"ref": "topic", "sha": head, "repo": {"full_name": "acme/billing"}}}}
    withheld = attempt(event="pull_request", payload=pull)
    assert "is not the file that the repair was proven on" in withheld.sentence
    assert changed(workflow) == []


def test_a_pull_requests_repair_goes_into_its_head(workflow, attempt):
    head = workflow.hub.commit(workflow.repository, "topic", {"new.txt": b"1\n"}, "Go on")
    pull = {"pull_request": {"head": {"ref": "topic", "sha": head, "repo": {"full_name": "acme/billing"}}}}
    made = attempt(event="pull_request", payload=pull)
    assert workflow.repository.pulls[made.number].base_branch == "topic"


@pytest.fixture
def environment(workflow: Workflow, tmp_path: Path) -> dict[str, str]:
    """Return what the step itself is given."""
    folder = tmp_path / "result"
    folder.mkdir()
    write_result(result(workflow), None, folder)
    return workflow.environment(
        INPUT_TOKEN=workflow.token(),
        INPUT_RESULT_DIRECTORY=str(folder),
        INPUT_API_URL=f"{workflow.simulator.url}/api/v3",
        GITHUB_OUTPUT=str(tmp_path / "output"),
        GITHUB_STEP_SUMMARY=str(tmp_path / "summary"),
    )


def test_another_job_opens_it_from_the_artifact(workflow, environment):
    inputs = {"token": environment["INPUT_TOKEN"], "result-directory": environment["INPUT_RESULT_DIRECTORY"]}
    job = workflow.run(inputs, workflow.environment())
    assert job.conclusion == "success", job.log
    assert [name for name, step in job.steps.items() if step.conclusion != "skipped"] == ["install", "publish"]
    assert job.outputs["pull-request-number"] == "1"


def test_a_fork_is_not_even_asked_about(workflow, environment):
    fork = {"pull_request": {"head": {"ref": "x", "sha": "a" * 40, "repo": None}}}
    said = io.StringIO()
    publish({**environment, **workflow.environment("pull_request", fork)}, said)
    values = read_values(Path(environment["GITHUB_OUTPUT"]))
    assert "This is a pull request from a fork" in values["withheld"]
    assert values["pull-request-url"] == ""
    assert list(workflow.hub.requests) == []


def test_what_github_refuses_ends_the_step(workflow, environment):
    said = io.StringIO()
    with pytest.raises(PermissionMissing, match="GitHub refused"):
        publish({**environment, "INPUT_TOKEN": workflow.token(contents="read")}, said)
    assert said.getvalue() == ""


def test_a_result_that_would_carry_the_token_out_ends_in_nothing(workflow, environment):
    leaky = result(workflow)
    trace = leaky.trace.model_copy(update={"choice": f"Because {environment['INPUT_TOKEN'][::-1]}."})
    write_result(leaky.model_copy(update={"trace": trace}), None, Path(environment["INPUT_RESULT_DIRECTORY"]))
    with pytest.raises(EgressBlocked, match=r"A secret \(token\) stood in the pull request"):
        publish(environment, io.StringIO())
    assert workflow.hub.journal == []


def test_what_looks_like_a_token_is_not_quoted(workflow, attempt):
    quoted = f"ghp_{'a1B2' * 9}"
    leaky = result(workflow)
    trace = leaky.trace.model_copy(update={"choice": f"Because {quoted}."})
    pull = workflow.repository.pulls[attempt(leaky.model_copy(update={"trace": trace})).number]
    assert quoted not in pull.body
    assert "secret removed" in pull.body


@pytest.mark.parametrize("text", [None, "{}", "not json"])
def test_a_result_that_is_none_is_bad_input(text, tmp_path):
    if text is not None:
        (tmp_path / "result.json").write_text(text)
    with pytest.raises(BadInput, match=r"holds no result\.json|is no result of the Goldseam Action"):
        read_result(tmp_path)


def test_a_result_is_no_link_to_another_file(tmp_path):
    (tmp_path / "result.json").symlink_to("/etc/passwd")
    with pytest.raises(BadInput, match="is a link"):
        read_result(tmp_path)


def test_the_step_with_the_token_loads_no_engine_and_no_sandbox():
    script = (
        "import sys, app.action.publish; print(sorted(name for name in sys.modules if name.startswith(("
        "'fixers.engine', 'fixers.runner', 'tasks.sandbox', 'tasks.environment', 'tasks.workbench', 'tasks.prepare'))))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
