"""What the stages ask of GitHub, for one repository and with one token.

`Reader` works with the token of the analyze stage and cannot write. `Writer` is
made only by the publish stage. The one implementation is in this package; tests
and the simulator exercise it over HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from tasks.github.records import (
    Access,
    Account,
    Annotation,
    CheckAction,
    CheckOutput,
    Commit,
    CommitInfo,
    Conclusion,
    Job,
    PostedComment,
    Pull,
    PullFile,
    Reaction,
    ReviewRemark,
    Run,
    Suggestion,
    Where,
)

__all__ = [
    "Access",
    "Account",
    "Annotation",
    "CheckAction",
    "CheckOutput",
    "Commit",
    "CommitInfo",
    "Conclusion",
    "Job",
    "PostedComment",
    "Pull",
    "PullFile",
    "Reaction",
    "Reader",
    "ReviewRemark",
    "Run",
    "Suggestion",
    "Where",
    "Writer",
]


class Reader(Protocol):
    """Read access to one repository."""

    def default_branch(self) -> str:
        """Name of the default branch."""

    def run(self, run_id: int) -> Run:
        """Return the run as it is now."""

    def runs_of(self, head_sha: str) -> Sequence[Run]:
        """Return the workflow runs of a commit, newest first (for events that name no run)."""

    def red_runs(self, count: int) -> Sequence[Run]:
        """Return the last workflow runs of the repository that ended in failure, newest first."""

    def runs_on(self, branch: str, path: str) -> Sequence[Run]:
        """Return the last completed runs of a workflow on a branch itself, newest first."""

    def conclusion_of(self, run_id: int, attempt: int) -> str | None:
        """Return how an attempt of a run ended; None when that is not known any more."""

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

    def last_pull(self, head: str) -> Pull | None:
        """Return the newest pull request from branch `head` of this repository, open or not, or None."""

    def clone_url(self) -> str:
        """HTTPS address for git, without credentials."""

    def own_account(self) -> Account:
        """Return the bot that the token acts as."""

    def permission(self, login: str) -> Access:
        """Return what an account may do here now; `none` for a stranger and for nobody."""

    def pulls_of(self, sha: str) -> Sequence[Pull]:
        """Return the pull requests that hold the commit (for runs of forks, which name none)."""

    def open_pulls(self, head_prefix: str) -> Sequence[Pull]:
        """Return the open pull requests from branches of this repository that begin so, newest first."""

    def pull_files(self, number: int) -> Sequence[PullFile]:
        """Return what a pull request changes, 3,000 files at most."""

    def pull_commits(self, number: int) -> Sequence[CommitInfo]:
        """Return the commits of a pull request, oldest first, 250 at most."""

    def subjects(self, ref: str, count: int) -> Sequence[str]:
        """Return the whole messages of the last commits, newest first."""

    def changed_files(self, base: str, head: str) -> Sequence[str]:
        """Return the paths that differ between the merge base and `head`, old names included, 300 files at most."""

    def holds(self, ref: str, sha: str) -> bool:
        """Say whether a branch (or commit) has the commit in its history; not so after a force push."""

    def files_in(self, folder: str, ref: str) -> Sequence[str]:
        """Return the paths of the files right in a folder (`""` is the root); none when there is no such folder."""

    def find_comment(self, number: int, marker: str) -> PostedComment | None:
        """Return the first comment of our own bot that holds the marker, or None."""

    def review_remarks(self, number: int, review_id: int) -> Sequence[ReviewRemark]:
        """Return the lines that a review comments on, 100 at most; comments on lines that are gone are left out."""


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

    def close_pull(self, number: int) -> None:
        """Close a pull request; one that is closed or merged stays as it is."""

    def set_draft(self, number: int, draft: bool) -> None:
        """Turn a pull request into a draft, or take it out of draft."""

    def delete_branch(self, name: str, expected: str) -> bool:
        """Delete a branch that stands at `expected`; False when it stands elsewhere and was left alone.

        True when it is gone, whoever deleted it.
        """

    def move_branch(self, name: str, sha: str, *, expected: str) -> None:
        """Point a branch that stands at `expected` to another commit, forwards or not; Conflict when it moved."""

    def add_labels(self, number: int, names: Sequence[str]) -> None:
        """Add labels to a pull request or issue; GitHub makes those that are new."""

    def request_reviewers(self, number: int, users: Sequence[str], teams: Sequence[str]) -> None:
        """Ask people and teams (by slug) for a review; whoever GitHub does not accept is left out."""

    def suggest(self, number: int, head_sha: str, suggestions: Sequence[Suggestion], body: str) -> int:
        """Write one review with the suggestions at its lines; the same one of ours is adopted. Returns its id.

        Raises Rejected when a line is not part of the pull request's diff.
        """

    def create_check(
        self,
        *,
        name: str,
        head_sha: str,
        conclusion: Conclusion,
        output: CheckOutput,
        external_id: str,
        actions: Sequence[CheckAction] = (),
    ) -> int:
        """Create a completed check run, or update the one of ours with the same external id; returns its id."""

    def rerun_failed(self, run_id: int, *, attempt: int = 0) -> None:
        """Run the failed jobs again; a run that is past `attempt` (when given), or running, is left alone."""

    def react(self, where: Where, comment_id: int, content: Reaction, node_id: str = "") -> None:
        """React to a comment; repeating it changes nothing. A review needs its GraphQL node id."""

    def comment(self, number: int, body: str) -> int:
        """Comment on an issue or pull request; the same text of ours is adopted. Returns the comment's id."""

    def reply(self, number: int, where: Where, comment_id: int, body: str) -> int:
        """Answer in the thread of a review comment, else below the pull request; the same text of ours is adopted."""

    def edit_comment(self, comment_id: int, body: str) -> None:
        """Give a comment of ours (below an issue or pull request) another text."""

    def open_issue(self, title: str, body: str, labels: Sequence[str]) -> int:
        """Open an issue; an open one of ours with the same title and text is adopted. Returns its number."""

    def find_issue(self, marker: str) -> int | None:
        """Return the newest open issue of our own bot that holds the marker, or None."""

    def close_issue(self, number: int) -> None:
        """Close an issue."""
