"""What the event allows: forks are read only, and no stranger's code runs where secrets are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.action.checkout import head_of, within
from app.action.event import Event, check_may_run, read_event
from tasks.errors import BadInput, Refused

BASE, HEAD = "b" * 40, "a" * 40
OWN, FORK = {"full_name": "acme/billing"}, {"full_name": "mallory/billing"}


def event(tmp_path: Path, name: str, payload: Any, ref: str = "refs/heads/main") -> Event:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(payload))
    return read_event(
        {
            "GITHUB_EVENT_NAME": name,
            "GITHUB_EVENT_PATH": str(file),
            "GITHUB_REPOSITORY": "acme/billing",
            "GITHUB_SHA": BASE,
            "GITHUB_REF": ref,
        }
    )


def pull(repo: Any, ref: str = "topic") -> dict[str, Any]:
    return {"pull_request": {"head": {"ref": ref, "sha": HEAD, "repo": repo}}}


CASES = {
    "push": ("push", {}, "refs/heads/main", ("main", BASE, "")),
    "tag": ("push", {}, "refs/tags/v1", ("", BASE, "no branch")),
    "merge queue": ("merge_group", {}, "refs/heads/gh-readonly-queue/main/pr-1", ("", BASE, "no branch")),
    "own repair": ("push", {}, "refs/heads/goldseam/fix/main-0", ("goldseam/fix/main-0", BASE, "itself a repair")),
    "pull request": ("pull_request", pull(OWN), "refs/pull/1/merge", ("topic", HEAD, "")),
    "fork": ("pull_request", pull(FORK), "refs/pull/1/merge", ("topic", HEAD, "from a fork")),
    "fork that is gone": ("pull_request", pull(None), "refs/pull/1/merge", ("topic", HEAD, "from a fork")),
    "review of a fork": ("pull_request_review", pull(FORK), "refs/pull/1/merge", ("topic", HEAD, "from a fork")),
    "target": ("pull_request_target", pull(FORK), "refs/heads/main", ("main", BASE, "from a fork")),
    "run of a fork": ("workflow_run", {"workflow_run": {"head_repository": FORK}}, "refs/heads/main",
                      ("main", BASE, "from a fork")),
    "own run": ("workflow_run", {"workflow_run": {"head_repository": OWN}}, "refs/heads/main", ("main", BASE, "")),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_an_event_says_where_a_repair_may_go(case, tmp_path):
    name, payload, ref, (branch, head, because) = case
    seen = event(tmp_path, name, payload, ref)
    assert (seen.branch, seen.head) == (branch, head)
    assert because in seen.read_only
    assert bool(because) is bool(seen.read_only)


@pytest.mark.parametrize("name", ["pull_request_target", "workflow_run", "issue_comment"])
@pytest.mark.parametrize("head", [HEAD, ""], ids=["head code", "unknown"])
def test_no_strangers_code_runs_where_secrets_are(name, head, tmp_path):
    with pytest.raises(Refused, match=f"Workflows on {name} have this repository's secrets"):
        check_may_run(event(tmp_path, name, pull(FORK)), head)


@pytest.mark.parametrize("name", ["pull_request_target", "workflow_run", "issue_comment"])
def test_the_trusted_commit_may_run_there(name, tmp_path):
    check_may_run(event(tmp_path, name, pull(FORK)), BASE)


@pytest.mark.parametrize("name", ["pull_request", "push"])
def test_elsewhere_any_commit_may_run(name, tmp_path):
    check_may_run(event(tmp_path, name, pull(FORK)), HEAD)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"pull_request": {"head": "x"}}', "\xff"])
def test_an_event_that_cannot_be_read_is_no_event_of_our_own(text, tmp_path):
    file = tmp_path / "event.json"
    file.write_text(text, encoding="latin-1")
    variables = {"GITHUB_EVENT_NAME": "push", "GITHUB_REPOSITORY": "a/b", "GITHUB_SHA": BASE}
    with pytest.raises(BadInput, match="nobody can tell whether this is a fork"):
        read_event({**variables, "GITHUB_EVENT_PATH": str(file)})


def test_outside_a_runner_the_sentence_says_so():
    with pytest.raises(BadInput, match="for the runner of GitHub Actions"):
        read_event({})


class TestCheckout:
    def test_the_head_is_read_loose_packed_and_detached(self, tmp_path):
        git = tmp_path / ".git"
        (git / "refs" / "heads").mkdir(parents=True)
        (git / "HEAD").write_text("ref: refs/heads/main\n")
        (git / "packed-refs").write_text(f"# pack-refs with: peeled\n{BASE} refs/heads/main\n")
        assert head_of(tmp_path / "deep" / "er", tmp_path) == BASE
        (git / "refs" / "heads" / "main").write_text(f"{HEAD}\n")
        assert head_of(tmp_path, tmp_path) == HEAD
        (git / "HEAD").write_text(f"{BASE}\n")
        assert head_of(tmp_path, tmp_path) == BASE

    @pytest.mark.parametrize("text", ["ref: ../../HEAD\n", "ref: refs/heads/none\n", "zzz\n", f"{BASE}0\n", "\0\n"])
    def test_a_head_that_cannot_be_told_is_none(self, text, tmp_path):
        (tmp_path / ".git").mkdir()
        (tmp_path / ".git" / "HEAD").write_text(text)
        assert head_of(tmp_path, tmp_path) == ""

    def test_a_checkout_within_the_workspace_is_its_own(self, tmp_path):
        (tmp_path / ".git").mkdir()
        (tmp_path / ".git" / "HEAD").write_text(BASE)
        inner = tmp_path / "pull-request"
        (inner / ".git").mkdir(parents=True)
        (inner / ".git" / "HEAD").write_text(HEAD)
        assert head_of(inner / "src", tmp_path) == HEAD
        assert within(inner / "src", tmp_path) == "src/"
        assert within(tmp_path, tmp_path) == ""

    def test_a_link_to_another_git_directory_is_not_followed(self, tmp_path):
        (tmp_path / ".git").write_text("gitdir: /elsewhere\n")
        assert head_of(tmp_path, tmp_path) == ""
