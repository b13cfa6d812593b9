"""Commits that GitHub signs: whole files through createCommitOnBranch, or object by object where modes matter.

The mutation writes every file with mode 100644 and would take the executable bit
away, so a commit that touches an executable goes through the git data API instead.
Neither names an author: GitHub signs only then.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

import structlog
from github.InputGitTreeElement import InputGitTreeElement
from github.Repository import Repository

from tasks.failpoint import K, failpoint
from tasks.github.contents import branch_sha
from tasks.github.errors import Conflict, Rejected, translated
from tasks.github.protocol import Commit

_PLAIN = "100644"
_EXECUTABLE = "100755"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Change:
    """Whole files to commit on a branch that stands at `expected_head`."""

    branch: str
    expected_head: str
    message: str
    files: Mapping[str, bytes]


def commit(repository: Repository, change: Change) -> Commit:
    """Commit whole files on a branch.

    A head that is already this very commit (same parent, message and contents) is
    adopted, so that a lost answer makes no second one. Raises Conflict when the head
    is anywhere else, Rejected when a path is a link or a submodule.
    """
    head = branch_sha(repository, change.branch)
    if head != change.expected_head:
        _check_is_ours(repository, change, head)
        return _read_back(repository, str(head))
    modes = _modes(repository, change)
    by_mutation = set(modes.values()) <= {_PLAIN}
    sha = _by_mutation(repository, change) if by_mutation else _by_objects(repository, change, modes)
    failpoint(K.COMMITTED)
    return _read_back(repository, sha)


def _check_is_ours(repository: Repository, change: Change, head: str | None) -> None:
    """Raise Conflict unless the head is the commit that this change makes."""
    moved = Conflict(f"Branch {change.branch} stands at {head} and not at {change.expected_head}.")
    if head is None:
        raise moved
    with translated(f"reading the head of {change.branch}"):
        there = repository.get_commit(head)
        if (
            [parent.sha for parent in there.parents] != [change.expected_head]
            or there.commit.message.split() != change.message.split()
            or {each.filename: each.sha for each in there.files} != {p: _blob(c) for p, c in change.files.items()}
        ):
            raise moved


def _read_back(repository: Repository, sha: str) -> Commit:
    with translated("reading the new commit back"):
        verification = repository.get_git_commit(sha).verification
    verified = bool(verification and verification.verified)
    if not verified:
        log.warning("commit_unverified", repository=repository.full_name, sha=sha)
    return Commit(sha=sha, verified=verified)


def _by_mutation(repository: Repository, change: Change) -> str:
    headline, _, body = change.message.partition("\n")
    described = {"headline": headline.strip(), **({"body": body.strip()} if body.strip() else {})}
    files = sorted(change.files.items())
    additions = [{"path": path, "contents": base64.b64encode(content).decode()} for path, content in files]
    asked = {
        "branch": {"repositoryNameWithOwner": repository.full_name, "branchName": change.branch},
        "message": described,
        "expectedHeadOid": change.expected_head,
        "fileChanges": {"additions": additions},
    }
    with translated(f"committing on {change.branch}"):
        _, answer = repository.requester.graphql_named_mutation("createCommitOnBranch", asked, "commit { oid }")
    return str(answer["commit"]["oid"])


def _by_objects(repository: Repository, change: Change, modes: Mapping[str, str]) -> str:
    with translated(f"committing on {change.branch}"):
        parent = repository.get_git_commit(change.expected_head)
        elements = []
        for path, content in sorted(change.files.items()):
            blob = repository.create_git_blob(base64.b64encode(content).decode(), "base64")
            elements.append(InputGitTreeElement(path, modes[path], "blob", sha=blob.sha))
        tree = repository.create_git_tree(elements, base_tree=repository.get_git_tree(parent.tree.sha))
        made = repository.create_git_commit(change.message, tree, [parent])
    # PyGithub's lazy reference would go to the address that reads one.
    url = f"/repos/{repository.full_name}/git/refs/heads/{quote(change.branch)}"
    try:
        with translated(f"moving {change.branch}"):
            repository.requester.requestJsonAndCheck("PATCH", url, input={"sha": made.sha, "force": False})
    except Rejected as error:
        # This call knows no expected head, but a branch that moved has no fast way to our commit.
        if any("fast forward" in said for said in error.messages):
            raise Conflict(f"Branch {change.branch} moved away from {change.expected_head}.") from None
        raise
    return made.sha


def _modes(repository: Repository, change: Change) -> dict[str, str]:
    """Return the mode each path has before the change, 100644 for a new one; Rejected for what is no regular file."""
    trees: dict[str, dict[str, tuple[str, str]]] = {}

    def entries(tree_sha: str) -> dict[str, tuple[str, str]]:
        if tree_sha not in trees:
            listed = repository.get_git_tree(tree_sha).tree
            trees[tree_sha] = {each.path: (each.mode, each.sha) for each in listed}
        return trees[tree_sha]

    modes = {}
    with translated("reading the modes of the files"):
        root = repository.get_git_commit(change.expected_head).tree.sha
        for path in change.files:
            mode, here = "", root
            for part in PurePosixPath(path).parts:
                mode, here = entries(here).get(part, ("", "")) if here else ("", "")
            modes[path] = mode or _PLAIN
    odd = {path: mode for path, mode in modes.items() if mode not in {_PLAIN, _EXECUTABLE}}
    if odd:
        raise Rejected(f"Only regular files are committed; {', '.join(sorted(odd))} is a link or a submodule.")
    return modes


def _blob(content: bytes) -> str:
    """Return git's name for the content, which GitHub's listing of a commit shows."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
