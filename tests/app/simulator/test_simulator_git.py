"""Real git against the simulator: clone, fetch, push, and who may."""

from __future__ import annotations

import base64
import os
import subprocess
from pathlib import Path

import pytest


def git(bench, *arguments: str, token: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    header = "Authorization: Basic " + base64.b64encode(f"x-access-token:{token}".encode()).decode()
    settings = {f"http.{bench.simulator.url}/.extraheader": header} if token else {}
    settings |= {"user.name": "Kim", "user.email": "kim@example.org", "init.defaultBranch": "main"}
    environment = {"PATH": os.environ["PATH"], "HOME": os.devnull, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    environment["GIT_CONFIG_COUNT"] = str(len(settings))
    for index, (name, value) in enumerate(settings.items()):
        environment |= {f"GIT_CONFIG_KEY_{index}": name, f"GIT_CONFIG_VALUE_{index}": value}
    return subprocess.run(["git", *arguments], env=environment, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture
def address(bench) -> str:
    return f"{bench.simulator.url}/acme/billing.git"


@pytest.fixture
def clone(bench, address, tmp_path) -> Path:
    folder = tmp_path / "clone"
    done = git(bench, "clone", "--quiet", address, str(folder), token=bench.token(contents="read"))
    assert done.returncode == 0, done.stderr
    return folder


def test_a_partial_clone_then_a_fetch_by_commit(bench, address, tmp_path) -> None:
    token, folder = bench.token(contents="read"), tmp_path / "clone"
    flags = ("--filter=blob:none", "--no-checkout", "--no-tags")
    assert git(bench, "clone", "--quiet", *flags, address, str(folder), token=token).returncode == 0
    later = bench.repair()
    assert git(bench, "fetch", "--quiet", "origin", later, token=token, cwd=folder).returncode == 0
    shown = git(bench, "show", f"{later}:billing/fees.py", token=token, cwd=folder)
    assert "days > 3" in shown.stdout
    assert token not in (folder / ".git" / "config").read_text()


def test_the_head_of_a_pull_request_can_be_fetched(bench, clone) -> None:
    sha = bench.repair()
    pull = bench.repository().create_pull(title="t", body="", head="goldseam/1", base="main")
    done = git(bench, "fetch", "origin", f"refs/pull/{pull.number}/head", token=bench.token(), cwd=clone)
    assert done.returncode == 0
    assert git(bench, "rev-parse", "FETCH_HEAD", cwd=clone).stdout.strip() == sha


def test_a_push_lands_and_is_written_down(bench, clone) -> None:
    git(bench, "commit", "--quiet", "--allow-empty", "-m", "Again", cwd=clone)
    done = git(bench, "push", "--quiet", "origin", "HEAD:refs/heads/x", token=bench.token(contents="write"), cwd=clone)
    assert done.returncode == 0, done.stderr
    sha = bench.head("x")
    (effect,) = bench.hub.journal
    assert effect.made == (f"push acme/billing:refs/heads/x@{sha}",)
    assert not bench.repository().get_commit(sha).commit.verification.verified


def test_a_push_moves_the_head_of_an_open_pull_request(bench, clone) -> None:
    bench.repair()
    pull = bench.repository().create_pull(title="t", body="", head="goldseam/1", base="main")
    git(bench, "commit", "--quiet", "--allow-empty", "-m", "Again", cwd=clone)
    git(bench, "push", "--force", "origin", "HEAD:refs/heads/goldseam/1", token=bench.token(), cwd=clone)
    assert pull.update()
    assert pull.head.sha == bench.head("goldseam/1") != bench.head()


@pytest.mark.parametrize(
    ("permissions", "said"),
    [
        pytest.param({"contents": "read"}, "403", id="read-only"),
        pytest.param({"issues": "write"}, "403", id="no-contents-at-all"),
    ],
)
def test_a_push_without_write_permission_is_refused(bench, clone, permissions, said) -> None:
    git(bench, "commit", "--quiet", "--allow-empty", "-m", "Again", cwd=clone)
    done = git(bench, "push", "origin", "HEAD:refs/heads/x", token=bench.token(**permissions), cwd=clone)
    assert done.returncode != 0
    assert said in done.stderr
    assert "refs/heads/x" not in bench.repo.git.refs()


def test_pull_request_refs_cannot_be_pushed(bench, clone) -> None:
    done = git(bench, "push", "origin", "HEAD:refs/pull/9/head", token=bench.token(), cwd=clone)
    assert done.returncode != 0
    assert "refs/pull/9/head" not in bench.repo.git.refs()


@pytest.mark.parametrize("token", ["", "ghs_1_wrong.token"], ids=["anonymous", "wrong-token"])
def test_a_private_repository_stays_private(bench, address, tmp_path, token) -> None:
    done = git(bench, "clone", address, str(tmp_path / "clone"), token=token)
    assert done.returncode != 0
    assert not (tmp_path / "clone").exists()


def test_another_repositorys_token_sees_nothing(bench, tmp_path) -> None:
    other = bench.hub.add_repository("acme/other")
    token = bench.hub.mint(other).value
    done = git(bench, "ls-remote", f"{bench.simulator.url}/acme/billing.git", token=token)
    assert "not found" in done.stderr


def test_anyone_may_clone_a_public_repository(bench, tmp_path) -> None:
    bench.hub.add_repository("acme/open", private=False)
    assert git(bench, "clone", f"{bench.simulator.url}/acme/open.git", str(tmp_path / "clone")).returncode == 0
    assert (tmp_path / "clone" / "README.md").read_text() == "# open\n"
