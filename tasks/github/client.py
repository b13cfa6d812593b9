"""The implementations of `Reader` and `Writer`: one repository, one token, one connection."""

# ruff: noqa: D102 - the promise of each method stands in the protocol

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import github.Auth
from github.Repository import Repository
from github.Requester import Requester

from tasks.github import (
    checks,
    comments,
    commits,
    contents,
    downloads,
    history,
    issues,
    junit,
    people,
    pulls,
    reviews,
    runs,
)
from tasks.github.errors import translated
from tasks.github.gate import Gate
from tasks.github.names import checked_repository
from tasks.github.protocol import (
    Access,
    Account,
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
    Reader,
    ReviewRemark,
    Run,
    Suggestion,
    Where,
    Writer,
)
from tasks.github.session import Endpoint, connected


@contextmanager
def reading(endpoint: Endpoint, token: str, repository: str, gate: Gate | None = None) -> Iterator[Reader]:
    """Open read access to `owner/name` with an installation token; closed on leaving."""
    with _opened(endpoint, token, repository, gate) as (opened, url):
        yield RepositoryReader(opened, url)


@contextmanager
def writing(endpoint: Endpoint, token: str, repository: str, gate: Gate | None = None) -> Iterator[Writer]:
    """Open write access to `owner/name`; only the publish stage has a token for it."""
    with _opened(endpoint, token, repository, gate) as (opened, url):
        yield RepositoryWriter(opened, url)


@contextmanager
def _opened(endpoint: Endpoint, token: str, repository: str, gate: Gate | None) -> Iterator[tuple[Repository, str]]:
    checked_repository(repository)
    with connected(endpoint, github.Auth.Token(token), gate) as requester:
        yield _repository(requester, repository), f"{endpoint.web_url}/{repository}.git"


def _repository(requester: Requester, full_name: str) -> Repository:
    # Complete but for what needs a request: asking for its name must not cost one.
    return Repository(requester, attributes={"full_name": full_name, "url": f"/repos/{full_name}"})


class RepositoryReader:
    """Read access through PyGithub; see `Reader` for the promises."""

    def __init__(self, repository: Repository, clone_url: str) -> None:
        self._repository, self._clone_url = repository, clone_url
        self._own: Account | None = None

    def default_branch(self) -> str:
        with translated("reading the repository"):
            return self._repository.default_branch

    def run(self, run_id: int) -> Run:
        return runs.read_run(self._repository, run_id)

    def runs_of(self, head_sha: str) -> Sequence[Run]:
        return runs.runs_of(self._repository, head_sha)

    def red_runs(self, count: int) -> Sequence[Run]:
        return runs.red_runs(self._repository, count)

    def runs_on(self, branch: str, path: str) -> Sequence[Run]:
        """Return the last completed runs of a workflow on a branch itself, newest first."""
        return runs.runs_on(self._repository, branch, path)

    def conclusion_of(self, run_id: int, attempt: int) -> str | None:
        """Return how an attempt of a run ended."""
        return runs.conclusion_of(self._repository, run_id, attempt)

    def failed_jobs(self, run_id: int) -> Sequence[Job]:
        return runs.failed_jobs(self._repository, run_id)

    def job_log(self, job_id: int) -> Iterator[bytes]:
        return downloads.job_log(self._repository, job_id)

    def junit_reports(self, run_id: int) -> Iterator[tuple[str, bytes]]:
        return junit.junit_reports(self._repository, run_id)

    def file_at(self, path: str, ref: str) -> bytes | None:
        return contents.file_at(self._repository, path, ref)

    def branch_sha(self, name: str) -> str | None:
        return contents.branch_sha(self._repository, name)

    def pull(self, number: int) -> Pull:
        return pulls.read_pull(self._repository, number)

    def find_pull(self, head: str, base: str) -> Pull | None:
        return pulls.find_pull(self._repository, head, base)

    def last_pull(self, head: str) -> Pull | None:
        return pulls.last_pull(self._repository, head)

    def clone_url(self) -> str:
        return self._clone_url

    def own_account(self) -> Account:
        if self._own is None:
            self._own = people.own_account(self._repository)
        return self._own

    def review_remarks(self, number: int, review_id: int) -> Sequence[ReviewRemark]:
        return reviews.review_remarks(self._repository, number, review_id)

    def permission(self, login: str) -> Access:
        return people.permission(self._repository, login)

    def pulls_of(self, sha: str) -> Sequence[Pull]:
        return pulls.pulls_of(self._repository, sha)

    def open_pulls(self, head_prefix: str) -> Sequence[Pull]:
        return pulls.open_pulls(self._repository, head_prefix)

    def pull_files(self, number: int) -> Sequence[PullFile]:
        return history.pull_files(self._repository, number)

    def pull_commits(self, number: int) -> Sequence[CommitInfo]:
        return history.pull_commits(self._repository, number)

    def subjects(self, ref: str, count: int) -> Sequence[str]:
        return history.subjects(self._repository, ref, count)

    def changed_files(self, base: str, head: str) -> Sequence[str]:
        return history.changed_files(self._repository, base, head)

    def holds(self, ref: str, sha: str) -> bool:
        return history.holds(self._repository, ref, sha)

    def files_in(self, folder: str, ref: str) -> Sequence[str]:
        return history.files_in(self._repository, folder, ref)

    def find_comment(self, number: int, marker: str) -> PostedComment | None:
        return comments.find_comment(self._repository, self.own_account(), number, marker)


class RepositoryWriter(RepositoryReader):
    """Write access through PyGithub; see `Writer` for the promises."""

    def create_branch(self, name: str, sha: str) -> None:
        contents.create_branch(self._repository, name, sha)

    def commit(self, branch: str, expected_head: str, message: str, files: Mapping[str, bytes]) -> Commit:
        return commits.commit(self._repository, commits.Change(branch, expected_head, message, files))

    def open_pull(self, *, head: str, base: str, title: str, body: str, draft: bool) -> Pull:
        return pulls.open_pull(self._repository, head=head, base=base, title=title, body=body, draft=draft)

    def update_pull(self, number: int, *, title: str | None = None, body: str | None = None) -> None:
        pulls.update_pull(self._repository, number, title, body)

    def close_pull(self, number: int) -> None:
        pulls.close_pull(self._repository, number)

    def set_draft(self, number: int, draft: bool) -> None:
        pulls.set_draft(self._repository, number, draft)

    def delete_branch(self, name: str, expected: str) -> bool:
        return contents.delete_branch(self._repository, name, expected)

    def move_branch(self, name: str, sha: str, *, expected: str) -> None:
        contents.move_branch(self._repository, name, sha, expected=expected)

    def add_labels(self, number: int, names: Sequence[str]) -> None:
        issues.add_labels(self._repository, number, names)

    def request_reviewers(self, number: int, users: Sequence[str], teams: Sequence[str]) -> None:
        reviews.request_reviewers(self._repository, number, users, teams)

    def suggest(self, number: int, head_sha: str, suggestions: Sequence[Suggestion], body: str) -> int:
        return reviews.suggest(self._repository, self.own_account(), number, head_sha, suggestions, body)

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
        return checks.create_check(
            self._repository,
            name=name,
            head_sha=head_sha,
            conclusion=conclusion,
            output=output,
            external_id=external_id,
            actions=actions,
        )

    def rerun_failed(self, run_id: int, *, attempt: int = 0) -> None:
        runs.rerun_failed(self._repository, run_id, attempt)

    def react(self, where: Where, comment_id: int, content: Reaction, node_id: str = "") -> None:
        comments.react(self._repository, where, comment_id, content, node_id)

    def comment(self, number: int, body: str) -> int:
        return comments.comment(self._repository, self.own_account(), number, body)

    def reply(self, number: int, where: Where, comment_id: int, body: str) -> int:
        if where != "review_comment":
            return self.comment(number, body)
        return comments.reply(self._repository, self.own_account(), number, comment_id, body)

    def edit_comment(self, comment_id: int, body: str) -> None:
        comments.edit_comment(self._repository, comment_id, body)

    def open_issue(self, title: str, body: str, labels: Sequence[str]) -> int:
        return issues.open_issue(self._repository, self.own_account(), title, body, labels)

    def find_issue(self, marker: str) -> int | None:
        return issues.find_issue(self._repository, self.own_account(), marker)

    def close_issue(self, number: int) -> None:
        issues.close_issue(self._repository, number)
