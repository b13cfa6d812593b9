"""A runner of composite actions, after GitHub's: steps with bash, environment files, commands read off every line.

It is stricter than the real one in one way: it keeps everything a line made it do, so that a test can say
that nothing else happened.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from action_expressions import condition, filled

BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
FILES = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")
SUMMARY_LIMIT = 1 << 20
KNOWN = frozenset(
    {"add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "internal-set-repo-path",
     "notice", "remove-matcher", "save-state", "set-env", "set-output", "warning"}
)  # fmt: skip
_NEW = re.compile(r"\s*::([^ ]+?)(?: (.*?))?::(.*)")
_OLD = re.compile(r"##\[([\w-]+)(?: ([^\]]*))?\](.*)")


@dataclass(frozen=True)
class Said:
    """A command that the runner took from a line."""

    name: str
    properties: Mapping[str, str]
    message: str


@dataclass
class Step:
    """What became of a step."""

    name: str
    conclusion: str = "skipped"
    outputs: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    commands: list[Said] = field(default_factory=list)
    log: str = ""
    summary: str = ""


@dataclass
class Job:
    """The action in a job: its steps by id or name, what it hands on, what it left."""

    steps: dict[str, Step]
    outputs: dict[str, str]
    artifacts: dict[str, Path]
    env: dict[str, str]
    path: list[str]

    @property
    def conclusion(self) -> str:
        return "failure" if any(step.conclusion == "failure" for step in self.steps.values()) else "success"

    @property
    def commands(self) -> list[Said]:
        return [said for step in self.steps.values() for said in step.commands]

    @property
    def log(self) -> str:
        return "".join(f"== {step.name} ({step.conclusion})\n{step.log}" for step in self.steps.values())


class BadFile(Exception):
    """An environment file that the runner would not read; it fails the step."""


def run_action(
    action: Path, inputs: Mapping[str, str], *, environment: Mapping[str, str], github: Mapping[str, str], scratch: Path
) -> Job:
    """Run a composite action in the workspace that `environment` names."""
    document = yaml.safe_load(action.read_text())
    unknown = set(inputs) - set(document["inputs"])
    assert not unknown, f"the action has no input {unknown}"
    surroundings = {"github": {"job": "test", **github}, "strategy": {"job-index": 0}, "matrix": {}, "runner": {}}
    defaults = {name: filled(str(said.get("default", "")), surroundings) for name, said in document["inputs"].items()}
    contexts: dict[str, Any] = {**surroundings, "inputs": {**defaults, **inputs}, "steps": {}}
    job = Job({}, {}, {}, {}, [])
    for number, said in enumerate(document["runs"]["steps"]):
        step = Step(said["name"])
        job.steps[said.get("id", said["name"])] = step
        failed = job.conclusion == "failure"
        if condition(str(said.get("if", "success()")), contexts, failed=failed):
            place = scratch / f"step-{number}"
            place.mkdir(parents=True)
            _step(job, step, said, contexts, {**environment, "GITHUB_ACTION_PATH": str(action.parent)}, place)
        if "id" in said:
            contexts["steps"][said["id"]] = {"outputs": step.outputs, "outcome": step.conclusion}
    job.outputs = {name: filled(said["value"], contexts) for name, said in document["outputs"].items()}
    return job


def _step(
    job: Job, step: Step, said: Mapping[str, Any], contexts: Mapping[str, Any], environment: dict[str, str], place: Path
) -> None:
    if "uses" in said:
        ACTIONS[said["uses"].partition("@")[0]](
            job, step, {k: filled(str(v), contexts) for k, v in said["with"].items()}
        )
        return
    assert said["shell"] == "bash", "the runner demands a shell of every run of a composite action"
    files = {name: place / name.lower() for name in FILES}
    for file in files.values():
        file.touch()
    own = {name: filled(str(text), contexts) for name, text in said.get("env", {}).items()}
    step.environment = {**environment, **job.env, **own, **{name: str(file) for name, file in files.items()}}
    step.environment["PATH"] = os.pathsep.join([*reversed(job.path), environment["PATH"]])
    script = place / "script.sh"
    script.write_text(filled(said["run"], contexts))
    done = subprocess.run(
        (*BASH, str(script)),
        cwd=environment["GITHUB_WORKSPACE"],
        env=step.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=240,
    )
    step.log = done.stdout.decode(errors="replace")
    step.commands = commands_in(step.log)
    step.conclusion = "failure" if done.returncode else "success"
    step.outputs = read_values(files["GITHUB_OUTPUT"])
    job.env |= read_values(files["GITHUB_ENV"])
    job.path += files["GITHUB_PATH"].read_text().splitlines()
    size = files["GITHUB_STEP_SUMMARY"].stat().st_size
    assert size <= SUMMARY_LIMIT, f"a summary of {size} bytes is not shown at all"
    step.summary = files["GITHUB_STEP_SUMMARY"].read_text()


def commands_in(log: str) -> list[Said]:
    """Return what the runner takes for commands, in both its syntaxes, between stops and their tokens."""
    found: list[Said] = []
    token = ""
    for line in re.split(r"\r\n|\n|\r", log):
        if token:
            # A token is a command like any other: only at the start of a line, and with nothing wrong about it.
            parsed = _NEW.fullmatch(line)
            if parsed and parsed[1] == token:
                token = ""
            continue
        parsed = _NEW.fullmatch(line)
        if parsed and parsed[1] == "stop-commands":
            token = parsed[3]
            assert len(token) >= 16, "a token that can be guessed stops nothing"
            continue
        if not (parsed and parsed[1] in KNOWN):
            parsed = _OLD.search(line)
        if parsed and parsed[1] in KNOWN:
            found.append(Said(parsed[1], _properties(parsed[2] or ""), _plain(parsed[3])))
    assert not token, "a step ended with commands still stopped"
    return found


def read_values(file: Path) -> dict[str, str]:
    """Read `name=value` and `name<<END … END`; BadFile where the runner would fail the step."""
    values: dict[str, str] = {}
    lines = iter(file.read_text().split("\n"))
    for line in lines:
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if heredoc > 0 and (equals < 0 or heredoc < equals):
            name, end = line[:heredoc], line[heredoc + 2 :]
            text: list[str] = []
            for inner in lines:
                if inner == end:
                    break
                text.append(inner)
            else:
                raise BadFile(f"Matching delimiter not found {end!r}")
            values[name] = "\n".join(text)
        elif equals > 0:
            values[line[:equals]] = line[equals + 1 :]
        else:
            raise BadFile(f"Invalid format {line!r}")
    return values


def _upload(job: Job, step: Step, given: Mapping[str, str]) -> None:
    source = Path(given["path"])
    if given.get("if-no-files-found") == "error" and not (source.is_dir() and any(source.iterdir())):
        step.conclusion = "failure"
        return
    assert re.fullmatch(r'[^"<>|*?:\r\n\\/]+', given["name"]), "GitHub refuses such a name"
    kept = source.parent / "artifacts" / given["name"]
    shutil.copytree(source, kept, dirs_exist_ok=given.get("overwrite") == "true")
    job.artifacts[given["name"]] = kept
    step.outputs = {"artifact-url": f"https://github.invalid/artifacts/{given['name']}"}
    step.conclusion = "success"


ACTIONS: Mapping[str, Callable[[Job, Step, Mapping[str, str]], None]] = {"actions/upload-artifact": _upload}


def _properties(text: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in text.split(",") if pair)
    return {name.strip(): _plain(value).replace("%3A", ":").replace("%2C", ",") for name, _, value in pairs}


def _plain(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
