"""What the Action costs beside `goldseam fix`: installing itself, and its own part of a repair.

Runs the action's own scripts on the simulator's sample project, as the runner would: `python -m benchmarks.action`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.simulator import keys, sample
from app.simulator.hub import Hub
from app.simulator.records import Repository

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Print seconds of wall-clock time, the median of each kind of run, in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="of each kind")
    parser.add_argument("--install", action="store_true", help="measure an installation from the package index too")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="goldseam-bench-") as scratch:
        place = Path(scratch)
        environment = _environment(place)
        if asked.install:
            print(f"install, nothing cached     {_install(environment):6.1f} s")
        _timed(_FIX, environment)  # compiles what a first run compiles
        turns = [(_timed(_FIX, environment), _timed(_STEP, environment)) for _ in range(asked.runs)]
        fix, step = (_middle(each) for each in zip(*turns, strict=True))
        print(f"goldseam fix                {fix}")
        print(f"the repairing step          {step}")
        print(f"the step beyond the command {_Cost(step.wall - fix.wall, step.own - fix.own)}")


_FIX = ("-m", "app.cli.main", "fix", ".", "--python", sys.executable)
_STEP = ("-I", "-m", "app.cli.main", "action", "run")


@dataclass(frozen=True, slots=True)
class _Cost:
    """Seconds of the clock, and of processor time in our own process: what runs in sandboxes is not in the second."""

    wall: float
    own: float

    def __str__(self) -> str:
        return f"{self.wall:6.1f} s by the clock, {self.own:5.2f} s of processor time in our own process"


def _middle(costs: Sequence[_Cost]) -> _Cost:
    return _Cost(statistics.median(cost.wall for cost in costs), statistics.median(cost.own for cost in costs))


def _timed(arguments: tuple[str, ...], environment: Mapping[str, str]) -> _Cost:
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    place = environment["GITHUB_WORKSPACE"]
    done = subprocess.run((sys.executable, *arguments), cwd=place, env=environment, capture_output=True, check=False)
    if done.returncode:
        sys.exit(done.stdout.decode() + done.stderr.decode())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return _Cost(time.perf_counter() - began, own)


def _install(environment: Mapping[str, str]) -> float:
    own = {**environment, "INPUT_TRUST_TARGET": "true", "PIP_NO_CACHE_DIR": "1", "UV_NO_CACHE": "1"}
    began = time.perf_counter()
    subprocess.run((str(ROOT / "scripts" / "install-action"),), env=own, check=True, stdout=sys.stderr)
    return time.perf_counter() - began


def _environment(place: Path) -> dict[str, str]:
    repository = sample.red_main(Hub(place / "github", keys.generate().public)).repository
    workspace = place / "workspace"
    subprocess.run(("git", "clone", "-q", str(repository.git.path), str(workspace)), check=True)
    event = place / "event.json"
    event.write_text(json.dumps({"ref": "refs/heads/main"}))
    return {
        **os.environ,
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        "PYTHONPATH": str(ROOT),
        "XDG_CACHE_HOME": str(place / "cache"),
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_OUTPUT": str(place / "output"),
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_REPOSITORY": repository.full_name,
        "GITHUB_SHA": _head(repository),
        "GITHUB_STEP_SUMMARY": str(place / "summary.md"),
        "GITHUB_WORKSPACE": str(workspace),
        "RUNNER_TEMP": str(place),
    }


def _head(repository: Repository) -> str:
    return repository.git.refs()[f"refs/heads/{repository.default_branch}"]


if __name__ == "__main__":
    main()
