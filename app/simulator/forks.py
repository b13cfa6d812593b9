"""Forks, and pull requests from their branches: the App is not installed there."""

from __future__ import annotations

from app.simulator.access import Problem
from app.simulator.hub import Hub
from app.simulator.records import Pull, Repository


def fork(hub: Hub, repo: Repository, login: str) -> Repository:
    """Fork a repository into somebody's account, with every branch as it stands."""
    with hub.lock:
        made = hub.add_repository(
            f"{login}/{repo.name}", default_branch=repo.default_branch, private=repo.private, installed=False
        )
        made.fork_of = repo.full_name
        made.git("fetch", "--quiet", str(repo.git.path), "+refs/heads/*:refs/heads/*")
        return made


def open_from_fork(hub: Hub, repo: Repository, source: Repository, head: str, base: str, title: str) -> Pull:
    """Open a pull request from a fork's branch, as its owner does."""
    with hub.lock:
        sha = source.git.resolve(head)
        base_sha = repo.git.resolve(base)
        if sha is None or base_sha is None:
            raise Problem(422, "Validation Failed")
        number, now = repo.next_number, hub.now()
        repo.next_number += 1
        repo.git("fetch", "--quiet", str(source.git.path), f"{sha}:refs/pull/{number}/head")
        pull = Pull(
            hub.next_id(), number, title, "", source.owner, head, base, sha, base_sha, draft=False,
            created_at=now, updated_at=now, head_repository=source.full_name,
        )  # fmt: skip
        repo.pulls[number] = pull
        return pull
