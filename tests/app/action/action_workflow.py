"""The action in a job of its own: a checkout, an event, and GitHub as the simulator is."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from action_runner import Job, run_action

from app.simulator.hub import Hub
from app.simulator.records import Repository
from app.simulator.server import Simulator

ROOT = Path(__file__).resolve().parents[3]
ACTION = ROOT / "action.yml"


@dataclass(frozen=True)
class Workflow:
    """A repository on the simulator, its checkout, and the place where the runner keeps its files."""

    hub: Hub
    simulator: Simulator
    repository: Repository
    workspace: Path
    scratch: Path
    python: Path

    @property
    def head(self) -> str:
        return self.repository.git.refs()[f"refs/heads/{self.repository.default_branch}"]

    def token(self, **permissions: str) -> str:
        return self.hub.mint(self.repository, permissions or {"contents": "write", "pull_requests": "write"}).value

    def environment(self, event: str = "push", payload: Mapping[str, Any] | None = None, **more: str) -> dict[str, str]:
        """Return what the runner sets for every step."""
        file = self.scratch / "event.json"
        file.write_text(json.dumps(payload or {"ref": "refs/heads/main"}))
        path = os.pathsep.join((str(self.python.parent), str(Path(sys.executable).parent), os.environ["PATH"]))
        return {
            "PATH": path,
            "HOME": str(self.scratch),
            "LANG": "C.UTF-8",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(file),
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_REPOSITORY": self.repository.full_name,
            "GITHUB_REPOSITORY_ID": str(self.repository.id),
            "GITHUB_RUN_ID": "77",
            "GITHUB_SERVER_URL": self.simulator.url,
            "GITHUB_SHA": self.head,
            "GITHUB_WORKFLOW": "ci",
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": str(self.scratch / "temp"),
            "no_proxy": "127.0.0.1",
            **more,
        }

    def run(self, inputs: Mapping[str, str], environment: Mapping[str, str]) -> Job:
        """Run the action in a job; Goldseam's environment stands already, as after a first use in the same job."""
        installed(Path(environment["RUNNER_TEMP"]))
        return run_action(
            ACTION,
            inputs,
            environment=environment,
            github={"api_url": f"{self.simulator.url}/api/v3"},
            scratch=self.scratch / "steps",
        )


def installed(temporary: Path) -> None:
    """Put this interpreter where the action would have installed its own, under the name that the script gives it."""
    locked = (ROOT / "requirements" / "run.txt").read_bytes() + f"{ROOT}\n".encode()
    home = temporary / f"goldseam-{hashlib.sha256(locked).hexdigest()[:12]}"
    (home / "bin").mkdir(parents=True, exist_ok=True)
    python = home / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (home / "complete").touch()


def check_out(repository: Repository, workspace: Path) -> None:
    """Check a repository out as actions/checkout does."""
    subprocess.run(("git", "clone", "-q", str(repository.git.path), str(workspace)), check=True)
