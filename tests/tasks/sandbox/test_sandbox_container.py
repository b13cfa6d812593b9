"""The container back end against a stand-in for docker: where tests run there is no daemon."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from conftest import SMALL

from fixers.runner.sandbox import Command, Ended, SandboxError
from tasks.sandbox.container import REPORT, Container

STAND_IN = f"""#!{sys.executable}
import json, os, sys
words = sys.argv[1:]
with open(os.path.join(os.environ["HOME"], "said"), "a") as said:
    said.write(json.dumps([words, sorted(os.environ)]) + "\\n")
if words[0] == "inspect":
    print(open(os.path.join(os.environ["HOME"], "oom")).read())
if words[0] == "run":
    (pipe,) = [w for w in words if w.endswith("target={REPORT}")]
    with open(pipe.split("source=")[1].split(",")[0], "wb") as report:
        report.write(b".answer")
    sys.stdout.write(sys.stdin.read().upper())
    sys.stderr.write("complaint")
    sys.exit(int(words[-1]))
"""


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Container:
    program = tmp_path / "docker"
    program.write_text(STAND_IN)
    program.chmod(0o755)
    (tmp_path / "oom").write_text("false")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GOLDSEAM_WEBHOOK_SECRET", "between us")
    return Container.here("docker", image="python@sha256:" + "0" * 64, runtime="runsc")


def exiting(tree: Path, code: int) -> Command:
    command = ("/usr/bin/python3", "-c", "x", str(code))
    return Command(command, tree, "/src/r", environment={"A": "b"}, read_only=(Path("/usr/bin"),), limits=SMALL)


def said(home: Path) -> list[list[str]]:
    return [json.loads(line)[0] for line in (home / "said").read_text().splitlines()]


def test_streams_report_and_exit_code_come_back_and_the_container_is_removed(docker, tree, tmp_path):
    found = docker.run(Command(exiting(tree, 3).argv, tree, "/src/r", stdin=b"said", limits=SMALL))
    assert (found.ended, found.exit_code, found.report) == (Ended.EXITED, 3, b"answer")
    assert (found.stdout, found.stderr) == (b"SAID", b"complaint")
    run, removed = said(tmp_path)
    assert removed == ["rm", "--force", "--volumes", run[run.index("--name") + 1]]


def test_its_argument_list_is_its_policy(docker, tree, tmp_path):
    docker.run(exiting(tree, 0))
    words = said(tmp_path)[0]
    for name, value in {
        "--network": "none",
        "--cap-drop": "ALL",
        "--security-opt": "no-new-privileges",
        "--pull": "never",
        "--user": f"{os.getuid() or 1000}:{os.getgid() or 1000}",
        "--runtime": "runsc",
        "--pids-limit": str(SMALL.processes),
        "--memory": str(SMALL.memory_bytes),
        "--memory-swap": str(SMALL.memory_bytes),
    }.items():
        assert words[words.index(name) + 1] == value
    assert "--read-only" in words
    assert "--privileged" not in words
    binds = [word for word in words if word.startswith("type=bind")]
    assert [word for word in binds if not word.endswith(",readonly")] == [word for word in binds if REPORT in word]
    assert f"type=bind,source={tree.resolve()},target=/run/goldseam/tree,readonly" in binds
    places = [words[at + 1].split(":")[0] for at, word in enumerate(words) if word == "--tmpfs"]
    assert places == ["/src/r", "/home/goldseam", "/tmp"]
    assert words[-4:] == list(exiting(tree, 0).argv)


def test_the_client_of_the_runtime_sees_no_secret_of_ours(docker, tree, tmp_path):
    docker.run(exiting(tree, 0))
    (_, environment), *_ = [json.loads(line) for line in (tmp_path / "said").read_text().splitlines()]
    assert set(environment) - {"LC_CTYPE"} == {"HOME", "PATH"}


@pytest.mark.parametrize(("oom", "ended"), [("false", Ended.SIGNALLED), ("true", Ended.MEMORY)])
def test_a_signal_and_a_memory_limit_are_told_from_an_exit(docker, tree, tmp_path, oom, ended):
    (tmp_path / "oom").write_text(oom)
    found = docker.run(exiting(tree, 137))
    assert (found.ended, found.exit_code) == (ended, -9)


def test_a_path_that_would_change_the_policy_is_refused(docker, tmp_path):
    strange = tmp_path / "a,target=etc"
    strange.mkdir()
    with pytest.raises(SandboxError, match="comma"):
        docker.run(exiting(strange, 0))


@pytest.mark.parametrize("program", ["docker", "podman"])
def test_without_the_program_or_an_image_nothing_runs(program, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match=f"there is no `{program}`"):
        Container.here(program, image="python")
    (tmp_path / program).write_text("#!/bin/sh\n")
    (tmp_path / program).chmod(0o755)
    with pytest.raises(SandboxError, match="GOLDSEAM_SANDBOX_IMAGE"):
        Container.here(program, image="")
