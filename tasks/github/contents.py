"""Files and branches as GitHub shows them."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import quote

from github.Repository import Repository

from tasks.github.errors import Conflict, NotFound, Rejected, translated
from tasks.github.raw import asked

_FILE_BYTES = 1 << 20
"""GitHub leaves the content out of its answer beyond this."""


def file_at(repository: Repository, path: str, ref: str) -> bytes | None:
    """Return a file's bytes, or None when `ref` has no regular file there. Rejected when it is larger than 1 MiB."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts:
        return None
    try:
        with translated(f"reading {path}"):
            found = repository.get_contents(str(pure), ref=ref)
    except NotFound:
        return None
    if isinstance(found, list) or found.type != "file":
        return None
    if found.size > _FILE_BYTES or found.encoding != "base64":
        raise Rejected(f"{path} has {found.size} bytes; GitHub hands out {_FILE_BYTES} at most.")
    return found.decoded_content


def branch_sha(repository: Repository, name: str) -> str | None:
    """Return the head of a branch, or None."""
    try:
        with translated(f"reading branch {name}"):
            return repository.get_branch(name).commit.sha
    except NotFound:
        return None


def create_branch(repository: Repository, name: str, sha: str) -> None:
    """Create a branch; one that stands at `sha` already is success, elsewhere raises Conflict."""
    there = branch_sha(repository, name)
    if there is None:
        try:
            with translated(f"creating branch {name}"):
                repository.create_git_ref(f"refs/heads/{name}", sha)
        except Rejected as error:
            if not any("already exists" in said for said in error.messages):
                raise
            there = branch_sha(repository, name)  # somebody was faster than our look
        else:
            return
    if there != sha:
        raise Conflict(f"Branch {name} stands at {there} and not at {sha}.")


def delete_branch(repository: Repository, name: str, expected: str) -> bool:
    """Delete a branch that stands at `expected`; False when it stands elsewhere and was left alone.

    REST has no compare-and-delete: a push within the milliseconds between look and call loses the
    branch's name, not the commit, which GitHub keeps for whoever pushed it.
    """
    there = branch_sha(repository, name)
    if there is None:
        return True
    if there != expected:
        return False
    try:
        with translated(f"deleting branch {name}"):
            asked(repository, "DELETE", f"/git/refs/heads/{quote(name)}")
    except Rejected as error:
        # Somebody was faster, GitHub itself for instance when it deletes the branches of merged pull requests.
        if not any("does not exist" in said for said in error.messages):
            raise
    return True


def move_branch(repository: Repository, name: str, sha: str, *, expected: str) -> None:
    """Point a branch that stands at `expected` to another commit, forwards or not.

    One that stands at `sha` already is left alone; Conflict when it stands anywhere else. REST has no
    compare-and-set here: a push within the milliseconds between look and call is written over.
    """
    there = branch_sha(repository, name)
    if there == sha:
        return
    if there != expected:
        raise Conflict(f"Branch {name} stands at {there} and not at {expected}.")
    with translated(f"moving branch {name}"):
        asked(repository, "PATCH", f"/git/refs/heads/{quote(name)}", {"sha": sha, "force": True})
