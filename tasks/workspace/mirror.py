"""A bare mirror of one repository: history without files, plus the files of the commits that were asked for.

Only this module writes mirrors, and nothing of ours ever runs git anywhere else.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from tasks.github.names import checked_repository
from tasks.workspace.git import Credential, Git, GitFailed, UnsafeObjects, checked_sha

Trust = Literal["base", "fork"]
"""Objects that strangers pushed are kept apart from those of the repository's own people."""

_REMOTE = "origin"
_FETCHED = "refs/goldseam/fetched/"
_COMPLETE = "refs/goldseam/complete/"
"""A commit hangs here once all of its files are here too."""
_PARTIAL, _WHOLE = "partial", "whole"
_UNADVERTISED = re.compile(r"not our ref|unadvertised object|no such remote ref", re.IGNORECASE)
_REFUSED = re.compile(r"fsck error|error in (object|pack|tree|blob|commit|tag)", re.IGNORECASE)


def mirror_directory(data: Path, repository: str, trust: Trust = "base") -> Path:
    """Return where the mirror of `owner/name` stands under the data directory."""
    owner, _, name = checked_repository(repository).lower().partition("/")
    return data / "mirrors" / trust / owner / f"{name}.git"


class Mirror:
    """One mirror. Every method that writes holds a lock that other processes respect."""

    def __init__(self, directory: Path, url: str, git: Git) -> None:
        self.directory, self.url, self.git = directory.absolute(), url, git

    def fetch(self, sha: str, credential: Credential | None = None) -> None:
        """Have the commit, its history and every file of its tree here; at once when they are.

        Afterwards nothing that reads this commit needs the network. Raises GitFailed
        when the server has no such commit or does not answer, UnsafeObjects when git's
        check refuses what it sent.
        """
        checked_sha(sha)
        with self._locked():
            if self._is_complete(sha):
                return
            try:
                self._fetch(f"+{sha}:{_FETCHED}{sha}", credential)
            except GitFailed as error:
                if _UNADVERTISED.search(error.tail) is None:
                    raise
                # A server may hand out only what its branches name.
                self._fetch("+refs/heads/*:refs/heads/*", credential)
            self._complete(sha, credential)

    def fetch_pull(self, number: int, credential: Credential | None = None) -> str:
        """Have the head of a pull request here and return its name; forks are read from the base repository."""
        with self._locked():
            ref = f"refs/pull/{int(number)}/head"
            self._fetch(f"+{ref}:{ref}", credential)
            sha = self._git("rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}").decode().strip()
            self._complete(checked_sha(sha), credential)
            return sha

    def merge_base(self, one: str, other: str) -> str | None:
        """Return the best common ancestor of two fetched commits, or None when they share no history."""
        try:
            found = self._git("merge-base", "--end-of-options", checked_sha(one), checked_sha(other))
        except GitFailed as error:
            if error.code == 1 and not error.tail:
                return None
            raise
        return found.decode().strip()

    def changed_paths(self, base: str, head: str) -> tuple[str, ...]:
        """Return the paths in which two fetched commits differ, sorted; a renaming is two of them."""
        out = self._git(
            "diff-tree", "-r", "-z", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv",
            "--ignore-submodules=none", "--end-of-options", checked_sha(base), checked_sha(head),
        )  # fmt: skip
        return tuple(sorted(os.fsdecode(path) for path in out.split(b"\0") if path))

    def _complete(self, sha: str, credential: Credential | None) -> None:
        """Fetch the blobs that the tree names and the filter left out, in one go, then keep the commit."""
        listed = self._git("rev-list", "--objects", "--missing=print", "--no-walk", "--end-of-options", sha)
        missing = [line[1:] for line in listed.split(b"\n") if line.startswith(b"?")]
        if missing:
            self._online(credential, "--stdin", _REMOTE, stdin=b"\n".join(missing) + b"\n")
        # The reference says that everything is here, so it is written last.
        self._git("update-ref", "--end-of-options", f"{_COMPLETE}{sha}", sha)

    def _is_complete(self, sha: str) -> bool:
        return bool(self._git("for-each-ref", "--format=%(refname)", f"{_COMPLETE}{sha}").strip())

    def _fetch(self, refspec: str, credential: Credential | None) -> None:
        arguments = ("--end-of-options", _REMOTE, refspec)
        try:
            self._online(credential, *arguments)
        except UnsafeObjects:
            if not self._is_partial() or self._git("for-each-ref", "--count=1"):
                raise
            # git before 2.46 checks a partial fetch by its default rules and not by those of
            # `Git`, which would refuse many honest old histories: take this one whole.
            shutil.rmtree(self.directory)
            self._make(_WHOLE)
            self._online(credential, *arguments)

    def _online(self, credential: Credential | None, *arguments: str, stdin: bytes = b"") -> None:
        settings = dict([credential.setting(self.url)]) if credential else {}
        settings |= {f"protocol.{name}.allow": "always" for name in self.git.protocols}
        options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no"]
        if self._is_partial():
            options.append("--filter=blob:none")
        try:
            self._git("fetch", *options, *arguments, settings=settings, stdin=stdin)
        except GitFailed as error:
            if _REFUSED.search(error.tail):
                raise UnsafeObjects(f"git refuses objects of this repository: {error.tail[-300:].strip()}") from None
            raise

    def _git(self, *arguments: str, settings: Mapping[str, str] | None = None, stdin: bytes = b"") -> bytes:
        return self.git.run(*arguments, git_dir=self.directory, settings=settings, stdin=stdin)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.directory.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.directory.with_suffix(".lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            kind, url = self._made()
            if url != self.url:  # not made, half made, or the repository moved
                self._make(kind)
            self._sweep()
            yield

    def _sweep(self) -> None:
        """Remove what a fetch that was killed or passed a limit left behind; git itself would keep it for weeks."""
        for left in (self.directory / "objects" / "pack").glob("tmp_*"):
            left.unlink()

    def _made(self) -> tuple[str, str]:
        """Return the kind of mirror this is and the address it was made for; empty when it is not finished."""
        marker = self.directory / "goldseam"
        kind, _, url = marker.read_text().partition(" ") if marker.exists() else (_PARTIAL, "", "")
        return kind, url

    def _is_partial(self) -> bool:
        return self._made()[0] == _PARTIAL

    def _make(self, kind: str) -> None:
        self.git.run("init", "--quiet", "--bare", "--template=", "--end-of-options", str(self.directory))
        settings = {f"remote.{_REMOTE}.url": self.url}
        if kind == _PARTIAL:
            settings |= {
                "core.repositoryFormatVersion": "1",
                "extensions.partialClone": _REMOTE,
                f"remote.{_REMOTE}.promisor": "true",
                f"remote.{_REMOTE}.partialCloneFilter": "blob:none",
            }
        for key, value in settings.items():
            self._git("config", key, value)
        (self.directory / "goldseam").write_text(f"{kind} {self.url}")
