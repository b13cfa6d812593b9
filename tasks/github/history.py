"""What was committed: messages, changed files, and who GitHub takes for the authors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from github.Repository import Repository

from tasks.github.errors import NotFound, translated
from tasks.github.protocol import CommitInfo, PullFile
from tasks.github.raw import Document, asked, listed

_MOST_FILES = 3000
_MOST_COMMITS = 250
"""GitHub lists no more of a pull request."""


def subjects(repository: Repository, ref: str, count: int) -> Sequence[str]:
    """Return the whole messages of the last commits, newest first."""
    with translated(f"reading the history of {ref}"):
        return tuple(str(each["commit"]["message"]) for each in listed(repository, "/commits", count, sha=ref))


def holds(repository: Repository, ref: str, sha: str) -> bool:
    """Say whether a branch (or commit) has the commit in its history; histories may have nothing in common."""
    try:
        return _compared(repository, sha, ref)["status"] in {"ahead", "identical"}
    except NotFound:
        return False


def changed_files(repository: Repository, base: str, head: str) -> Sequence[str]:
    """Return the paths that differ between the merge base and `head`, old names included."""
    answer = _compared(repository, base, head)
    found = [name for each in answer.get("files") or () for name in _names(each)]
    return tuple(dict.fromkeys(found))


def pull_files(repository: Repository, number: int) -> Sequence[PullFile]:
    """Return what a pull request changes."""
    with translated(f"reading the files of #{number}"):
        return tuple(
            PullFile(str(each["filename"]), str(each["status"]), str(each.get("patch") or ""))
            for each in listed(repository, f"/pulls/{number}/files", _MOST_FILES)
        )


def pull_commits(repository: Repository, number: int) -> Sequence[CommitInfo]:
    """Return the commits of a pull request, oldest first."""
    with translated(f"reading the commits of #{number}"):
        return tuple(_commit(each) for each in listed(repository, f"/pulls/{number}/commits", _MOST_COMMITS))


def files_in(repository: Repository, folder: str, ref: str) -> Sequence[str]:
    """Return the paths of the files right in a folder; none when there is no such folder."""
    try:
        with translated(f"listing {folder or 'the root'}"):
            answer = asked(repository, "GET", f"/contents/{quote(folder)}?ref={quote(ref, safe='')}")
    except NotFound:
        return ()
    entries = answer if isinstance(answer, list) else ()
    return tuple(str(each["path"]) for each in entries if each["type"] == "file")


def _compared(repository: Repository, base: str, head: str) -> Document:
    with translated(f"comparing {base[:12]} and {head[:12]}"):
        answer: Document = asked(repository, "GET", f"/compare/{quote(f'{base}...{head}')}?per_page=1")
    return answer


def _names(file: Document) -> list[str]:
    return [str(name) for name in (file.get("previous_filename"), file["filename"]) if name]


def _commit(document: Document) -> CommitInfo:
    author: Any = document.get("author") or {}
    committer: Any = document.get("committer") or {}
    return CommitInfo(
        sha=str(document["sha"]),
        message=str(document["commit"]["message"]),
        author_id=author.get("id"),
        author_login=str(author.get("login") or ""),
        committer_id=committer.get("id"),
    )
