"""The step that installs: what it says when a runner lacks something, and that it leaves the project alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from action_runner import commands_in, read_values
from action_workflow import ROOT, installed

Install = Callable[..., tuple[int, str]]
TOOLS = ("bash", "awk", "cat", "cut", "dirname", "env", "id", "sha256sum", "sh", "touch", "uname")


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """Return a directory of a PATH that has little; `id` says that this is an ordinary account."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        found = next(Path(place, name) for place in os.environ["PATH"].split(":") if Path(place, name).exists())
        (folder / name).symlink_to(found)
    fake(folder, "id", "echo 1001")
    return folder


def fake(folder: Path, name: str, text: str) -> None:
    (folder / name).unlink(missing_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def install(tmp_path: Path, tools: Path) -> Install:
    def run(**more: str) -> tuple[int, str]:
        environment = {
            "PATH": str(tools),
            "RUNNER_TEMP": str(tmp_path),
            "RUNNER_OS": "Linux",
            "GITHUB_OUTPUT": str(tmp_path / "output"),
            **more,
        }
        script = str(ROOT / "scripts" / "install-action")
        done = subprocess.run(
            [script],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=60,
        )
        return done.returncode, done.stdout

    return run


def error(said: tuple[int, str]) -> str:
    code, log = said
    (command,) = commands_in(log)
    assert (code, command.name) == (2, "error")
    return command.message


def test_another_system_is_told_which_runner_to_take(install):
    assert "Use a runner such as ubuntu-24.04" in error(install(RUNNER_OS="Windows"))


def test_without_a_fitting_python_it_says_which(install, tools):
    fake(tools, "python3", "exit 1")
    assert "Goldseam needs Python 3.11, 3.12 or 3.13 beside the project's own." in error(install())


def test_where_nothing_may_be_installed_it_says_what_to_type(install, tools, tmp_path):
    installed(tmp_path)
    assert "sudo apt-get install bubblewrap" in error(install())
    fake(tools, "apt-get", "exit 99")
    fake(tools, "sudo", "exit 0")
    assert "sudo apt-get install bubblewrap" in error(install(INPUT_INSTALL_BUBBLEWRAP="false"))


def test_it_installs_the_sandbox_through_sudo_without_a_password(install, tools, tmp_path):
    installed(tmp_path)
    fake(tools, "apt-get", "exit 99")
    fake(tools, "sudo", f'printf "%s\\n" "$*" >>{tmp_path}/asked')
    code, log = install()
    assert (code, commands_in(log)) == (0, [])
    asked = (tmp_path / "asked").read_text().splitlines()
    assert [line for line in asked if line != "-n true"] == [
        "-n apt-get update -qq",
        "-n env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends bubblewrap",
    ]
    python = read_values(tmp_path / "output")["python"]
    assert re.fullmatch(rf"{re.escape(str(tmp_path))}/goldseam-[0-9a-f]{{12}}/bin/python", python)


@pytest.mark.parametrize("given", [{"INPUT_TRUST_TARGET": "true"}, {"INPUT_RESULT_DIRECTORY": "x"}], ids=str)
def test_a_job_that_runs_no_sandbox_needs_none(install, tmp_path, given):
    installed(tmp_path)
    assert install(**given)[0] == 0


def test_the_lock_of_the_installer_is_cut_out_whole(tools):
    """The script installs uv first, by the hashes of the common lock."""
    program = re.search(r"awk '(.*)' ", (ROOT / "scripts" / "install-action").read_text())
    assert program
    cut = subprocess.run(
        ["awk", program[1], str(ROOT / "requirements" / "run.txt")], check=True, capture_output=True, text=True
    ).stdout
    assert re.match(r"uv==\S+ \\\n", cut)
    assert len(re.findall(r"^\S+==", cut, re.MULTILINE)) == 1
    assert cut.count("--hash=sha256:") > 10
    assert sys.version_info >= (3, 11)
