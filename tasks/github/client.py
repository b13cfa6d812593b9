"""The implementations of `Reader` and `Writer`: one repository, one token, one connection."""

# ruff: noqa: D102 - the promise of each method stands in the protocol

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import github.Auth
from github.Repository import Repository
from github.Requester import Requester

from tasks.github import checks, commits, contents, downloads, junit, pulls, runs
from tasks.github.errors import translated
from tasks.github.names import checked_repository
from tasks.github.protocol import CheckOutput, Commit, Conclusion, Job, Pull, Reader, Run, Writer
from tasks.github.session import Endpoint, connected


@contextmanager
def reading(endpoint: Endpoint, token: str, repository: str) -> Iterator[Reader]:
    """Open read access to `owner/name` with an installation token; closed on leaving."""
    with _opened(endpoint, token, repository) as (opened, url):
        yield RepositoryReader(opened, url)


@contextmanager
def writing(endpoint: Endpoint, token: str, repository: str) -> Iterator[Writer]:
    """Open write access to `owner/name`; only the publish stage has a token for it."""
    with _opened(endpoint, token, repository) as (opened, url):
        yield RepositoryWriter(opened, url)


@contextmanager
def _opened(endpoint: Endpoint, token: str, repository: str) -> Iterator[tuple[Repository, str]]:
    checked_repository(repository)
    with connected(endpoint, github.Auth.Token(token)) as requester:
        yield _repository(requester, repository), f"{endpoint.web_url}/{repository}.git"


def _repository(requester: Requester, full_name: str) -> Repository:
    # Complete but for what needs a request: asking for its name must not cost one.
    return Repository(requester, attributes={"full_name": full_name, "url": f"/repos/{full_name}"})


class RepositoryReader:
    """Read access through PyGithub; see `Reader` for the promises."""

    def __init__(self, repository: Repository, clone_url: str) -> None:
        self._repository, self._clone_url = repository, clone_url

    def default_branch(self) -> str:
        with translated("reading the repository"):
            return self._repository.default_branch

    def run(self, run_id: int) -> Run:
        return runs.read_run(self._repository, run_id)

    def runs_of(self, head_sha: str) -> Sequence[Run]:
        return runs.runs_of(self._repository, head_sha)

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

    def clone_url(self) -> str:
        return self._clone_url


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

    def create_check(
        self, *, name: str, head_sha: str, conclusion: Conclusion, output: CheckOutput, external_id: str
    ) -> int:
        return checks.create_check(
            self._repository,
            name=name,
            head_sha=head_sha,
            conclusion=conclusion,
            output=output,
            external_id=external_id,
        )

    def react(self, comment_id: int, content: str) -> None:
        pulls.react(self._repository, comment_id, content)

    def comment(self, number: int, body: str) -> int:
        return pulls.comment(self._repository, number, body)
