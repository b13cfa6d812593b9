"""What the stages ask of GitHub, for one repository and with one token.

`Reader` works with the token of the analyze stage and cannot write. `Writer` is
made only by the publish stage. The one implementation is in this package; tests
and the simulator exercise it over HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Run:
    """A workflow run."""

    id: int
    attempt: int
    name: str
    path: str
    event: str
    conclusion: str | None
    head_branch: str
    head_sha: str
    head_repository: str
    """Full name; differs from the repository for forks; empty when the fork is gone."""
    html_url: str
    pull_numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """A failed job of a run."""

    id: int
    name: str
    conclusion: str
    failed_step: str
    html_url: str


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request."""

    number: int
    node_id: str
    state: Literal["open", "closed"]
    merged: bool
    draft: bool
    head_branch: str
    head_sha: str
    base_branch: str
    body: str
    html_url: str


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit made through the API."""

    sha: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Annotation:
    """A remark at lines of a file, shown by a check run."""

    path: str
    start_line: int
    end_line: int
    message: str
    level: Literal["notice", "warning", "failure"] = "warning"
    title: str = ""


@dataclass(frozen=True, slots=True)
class CheckOutput:
    """What a check run shows."""

    title: str
    summary: str
    text: str = ""
    annotations: Sequence[Annotation] = ()


Conclusion = Literal["success", "failure", "neutral", "skipped", "action_required"]


class Reader(Protocol):
    """Read access to one repository."""

    def default_branch(self) -> str:
        """Name of the default branch."""

    def run(self, run_id: int) -> Run:
        """Return the run as it is now."""

    def runs_of(self, head_sha: str) -> Sequence[Run]:
        """Return the workflow runs of a commit, newest first (for events that name no run)."""

    def failed_jobs(self, run_id: int) -> Sequence[Job]:
        """Return the jobs of the latest attempt that failed or timed out."""

    def job_log(self, job_id: int) -> Iterator[bytes]:
        """Stream the log in chunks, without the token, following GitHub's redirect once; at most 2 GiB."""

    def junit_reports(self, run_id: int) -> Iterator[tuple[str, bytes]]:
        """Yield (name, XML) of JUnit files in the run's artifacts, under caps on count, size and ratio."""

    def file_at(self, path: str, ref: str) -> bytes | None:
        """Return a file of at most 1 MiB at a ref, or None when there is none."""

    def branch_sha(self, name: str) -> str | None:
        """Return the head of a branch, or None."""

    def pull(self, number: int) -> Pull:
        """Return a pull request."""

    def find_pull(self, head: str, base: str) -> Pull | None:
        """Return the open pull request from branch `head` of this repository into `base`, or None."""

    def clone_url(self) -> str:
        """HTTPS address for git, without credentials."""


class Writer(Reader, Protocol):
    """Write access to one repository; every method makes one visible effect."""

    def create_branch(self, name: str, sha: str) -> None:
        """Create a branch; existing at the same sha is success, elsewhere raises Conflict."""

    def commit(self, branch: str, expected_head: str, message: str, files: Mapping[str, bytes]) -> Commit:
        """Commit whole files on a branch through GraphQL createCommitOnBranch; raises Conflict when the head moved."""

    def open_pull(self, *, head: str, base: str, title: str, body: str, draft: bool) -> Pull:
        """Open a pull request; one that already exists for the same head and base is returned."""

    def update_pull(self, number: int, *, title: str | None = None, body: str | None = None) -> None:
        """Edit title or body."""

    def create_check(
        self, *, name: str, head_sha: str, conclusion: Conclusion, output: CheckOutput, external_id: str
    ) -> int:
        """Create a completed check run, or update the one of ours with the same external id; returns its id."""

    def react(self, comment_id: int, content: str) -> None:
        """React to an issue comment."""

    def comment(self, number: int, body: str) -> int:
        """Comment on an issue or pull request; returns the comment's id."""
