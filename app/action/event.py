"""What started the workflow: read from the event file, which is a stranger's text on pull requests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from tasks.errors import BadInput, Refused

PRIVILEGED = frozenset(
    {"pull_request_target", "workflow_run", "issue_comment", "issues", "discussion", "discussion_comment"}
)
"""Events that strangers can cause, and whose runs have the base repository's secrets and a token that may write."""
OURS = "goldseam/"
"""Branches that begin so hold a repair; a repair of a repair would have no end."""
_PASSING = "gh-readonly-queue/"
"""Branches of a merge queue; they are gone when the queue has moved on."""


@dataclass(frozen=True, slots=True)
class Event:
    """The run of a workflow, as far as it says what may be done."""

    name: str
    repository: str
    repository_id: str
    commit: str
    """What the workflow runs on; for pull requests the merge of head and base."""
    branch: str
    """Where a repair would go: the head of a pull request, else the branch of the run; empty when there is none."""
    head: str
    """Where that branch stood when the event happened."""
    head_repository: str
    """Differs from the repository for a fork; empty when the fork is gone."""
    workflow: str
    run_url: str

    @property
    def fork(self) -> bool:
        """Whether the code under test is that of another repository."""
        return self.head_repository != self.repository

    @property
    def read_only(self) -> str:
        """Why nothing may be written, as a sentence; empty when something may."""
        if self.fork:
            return (
                "This is a pull request from a fork, so nothing is written: the repair is in the summary and artifact."
            )
        if not self.branch:
            return "This run belongs to no branch that lasts, so there is nothing to open a pull request into."
        if self.branch.startswith(OURS):
            return f"{self.branch} is itself a repair, and those are not repaired."
        return ""


def read_event(environment: Mapping[str, str]) -> Event:
    """Read the runner's variables and the event file; BadInput when this is no run of a workflow."""
    missing = [name for name in ("GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_REPOSITORY", "GITHUB_SHA")
               if not environment.get(name)]  # fmt: skip
    if missing:
        raise BadInput(f"This command is for the runner of GitHub Actions, which sets {', '.join(missing)}.")
    payload = _payload(Path(environment["GITHUB_EVENT_PATH"]))
    repository, commit = environment["GITHUB_REPOSITORY"], environment["GITHUB_SHA"]
    branch, head, head_repository = _branch(environment, payload)
    server, run = environment.get("GITHUB_SERVER_URL", ""), environment.get("GITHUB_RUN_ID", "")
    return Event(
        name=environment["GITHUB_EVENT_NAME"],
        repository=repository,
        repository_id=environment.get("GITHUB_REPOSITORY_ID", ""),
        commit=commit,
        branch=branch,
        head=head,
        head_repository=head_repository,
        workflow=environment.get("GITHUB_WORKFLOW", ""),
        run_url=f"{server}/{repository}/actions/runs/{run}" if server and run else "",
    )


def check_may_run(event: Event, head: str) -> None:
    """Raise Refused when a stranger's code is checked out where secrets are within its reach.

    `head` is the commit that is checked out; empty, which is refused as well, when nobody can tell.
    """
    if event.name not in PRIVILEGED or head == event.commit:
        return
    raise Refused(
        f"Workflows on {event.name} have this repository's secrets, and what is checked out "
        f"({head[:7] or 'an unknown commit'}) is not the trusted commit {event.commit[:7]}. "
        "Goldseam runs nothing here. Run it in the workflow on pull_request or push that went red instead."
    )


class _Lenient(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Repository(_Lenient):
    full_name: str = ""


class _Head(_Lenient):
    ref: str
    sha: str
    repo: _Repository | None = None


class _Pull(_Lenient):
    head: _Head


class _Run(_Lenient):
    head_repository: _Repository | None = None


class _Payload(_Lenient):
    pull_request: _Pull | None = None
    workflow_run: _Run | None = None


def _payload(file: Path) -> _Payload:
    try:
        return _Payload.model_validate(json.loads(file.read_bytes()))
    except (OSError, ValueError) as error:
        words = "is not what GitHub sends" if isinstance(error, ValidationError) else "cannot be read"
        raise BadInput(f"The event file {file} {words}, so nobody can tell whether this is a fork's code.") from error


def _branch(environment: Mapping[str, str], payload: _Payload) -> tuple[str, str, str]:
    """Return the branch that a repair would go to, its head, and the repository whose code started the run."""
    pull, run = payload.pull_request, payload.workflow_run
    if pull is not None and environment["GITHUB_EVENT_NAME"] not in PRIVILEGED:
        return pull.head.ref, pull.head.sha, pull.head.repo.full_name if pull.head.repo else ""
    name = environment.get("GITHUB_REF", "")
    branch = name.removeprefix("refs/heads/") if name.startswith("refs/heads/") else ""
    source = pull.head.repo if pull is not None else run.head_repository if run is not None else None
    strange = pull is not None or run is not None
    owner = (source.full_name if source else "") if strange else environment["GITHUB_REPOSITORY"]
    return ("" if branch.startswith(_PASSING) else branch), environment["GITHUB_SHA"], owner
