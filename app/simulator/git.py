"""Bare repositories of the simulator, and git's own HTTP server program over them.

This is the simulator's only module that starts processes, and git is the only
program it starts. No hook, alias or configuration of the user is consulted.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.simulator.gitrecords import (
    CommitRecord,
    FileChange,
    Signature,
    TreeEntry,
    commit_of,
    entry_of,
    raw_changes,
)

NULL_SHA = "0" * 40
FULL_SHA = re.compile(r"[0-9a-f]{40}")
CLOSED = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
SETTINGS = f"""\
[uploadpack]
	allowFilter = true
	allowAnySHA1InWant = true
[receive]
	hideRefs = refs/pull
[core]
	hooksPath = {os.devnull}
[gc]
	auto = 0
"""


class GitFailed(Exception):
    """Git ended with an error; the text is what it said."""


@dataclass(frozen=True, slots=True)
class CgiAnswer:
    """What git's HTTP server program answered."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class BareRepository:
    """A bare repository in a folder of the simulator."""

    path: Path

    @classmethod
    def create(cls, path: Path, default_branch: str) -> BareRepository:
        """Make an empty repository that serves partial clones and any commit by its id."""
        _git(None, "init", "--quiet", "--bare", "--template=", f"--initial-branch={default_branch}", str(path))
        with (path / "config").open("a", encoding="utf-8") as config:
            config.write(SETTINGS)
        return cls(path)

    def __call__(self, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
        """Run git here and return its output; raises GitFailed with what it said."""
        return _git(self.path, *arguments, stdin=stdin, env=env)

    def refs(self, prefix: str = "refs/") -> dict[str, str]:
        """Return every ref below a prefix and the commit it names."""
        lines = self("for-each-ref", "--format=%(refname) %(objectname)", prefix).decode().splitlines()
        return dict(line.rsplit(" ", 1) for line in lines)

    def resolve(self, revision: str) -> str | None:
        """Return the commit that a branch, tag or commit id names, or None."""
        if not revision or revision.startswith("-"):
            return None
        named = (
            [revision]
            if FULL_SHA.fullmatch(revision)
            else [f"refs/heads/{revision}", f"refs/tags/{revision}", revision]
        )
        for name in named:
            try:
                return (
                    self("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").decode().strip()
                )
            except GitFailed:
                continue
        return None

    def valid_ref(self, name: str) -> bool:
        """Say whether git would take this as the name of a ref."""
        try:
            self("check-ref-format", name)
        except GitFailed:
            return False
        return True

    def move_ref(self, name: str, new: str, old: str) -> None:
        """Compare and set a ref; `NULL_SHA` as old means that it must not exist.

        Raises GitFailed when the ref stood elsewhere.
        """
        self("update-ref", "--end-of-options", name, new, old)

    def delete_ref(self, name: str) -> None:
        """Delete a ref."""
        self("update-ref", "-d", "--end-of-options", name)

    def commit(self, sha: str) -> CommitRecord:
        """Read one commit."""
        return self.log(sha, "-1")[0]

    def log(self, *selection: str, path: str = "") -> list[CommitRecord]:
        """Read commits, newest first, by arguments of `git log`, of one path if it is given."""
        fields = "%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B"
        raw = self("log", "-z", f"--format={fields}%x01", *selection, "--", *([path] if path else [])).decode(
            "utf-8", "replace"
        )
        return [commit_of(record.lstrip("\0").split("\0", 9)) for record in raw.split("\x01") if record.strip("\0")]

    def entries(self, revision: str, path: str = "", *, recursive: bool = False) -> list[TreeEntry]:
        """List a file, or a folder when the path ends with `/` or is empty."""
        flags = ("-r", "-t") if recursive else ()
        paths = ("--", path) if path else ()
        raw = self("ls-tree", "-z", "--long", *flags, revision, *paths).decode("utf-8", "surrogateescape")
        return [entry_of(line) for line in raw.split("\0") if line]

    def blob(self, sha: str) -> bytes:
        """Read a file's bytes."""
        return self("cat-file", "blob", sha)

    def merge_base(self, one: str, other: str) -> str | None:
        """Return the best common ancestor, or None for unrelated histories."""
        try:
            return self("merge-base", one, other).decode().strip()
        except GitFailed:
            return None

    def changes(self, base: str, head: str) -> list[FileChange]:
        """Compare two commits file by file, with renames found."""
        raw = self("diff", "--raw", "-z", "-M", "--no-abbrev", base, head).decode("utf-8", "surrogateescape")
        return [self._change((base, head), *item) for item in raw_changes(raw)]

    def _change(self, ends: tuple[str, str], letter: str, sha: str, previous: str | None, path: str) -> FileChange:
        paths = [path] if previous is None else [previous, path]
        patch = self("diff", "-M", *ends, "--", *paths).decode("utf-8", "replace")
        hunks = patch[start:] if (start := patch.find("\n@@ ") + 1) else ""
        lines = hunks.splitlines()
        return FileChange(
            path=path,
            previous=previous,
            status={"A": "added", "D": "removed", "R": "renamed", "T": "changed"}.get(letter, "modified"),
            additions=sum(line.startswith("+") for line in lines),
            deletions=sum(line.startswith("-") for line in lines),
            sha=sha,
            patch=hunks.rstrip("\n"),
        )

    def write_blob(self, content: bytes) -> str:
        """Keep a file's bytes; returns their id."""
        return self("hash-object", "-w", "--stdin", stdin=content).decode().strip()

    def whole_files(self, additions: Mapping[str, bytes], deletions: Iterable[str] = ()) -> list[tuple[str, str, str]]:
        """Return entries for `write_tree`: every file put in has mode 100644."""
        entries = [("100644", self.write_blob(content), path) for path, content in additions.items()]
        return [*entries, *(("0", NULL_SHA, path) for path in deletions)]

    def write_tree(self, base: str | None, entries: Iterable[tuple[str, str, str]]) -> str:
        """Make a tree from that of `base` with (mode, blob, path) put in; mode 0 takes a path out."""
        lines = "".join(f"{mode} {sha}\t{_checked(path)}\0" for mode, sha, path in entries)
        with tempfile.TemporaryDirectory(prefix="goldseam-index-") as scratch:
            env = {"GIT_INDEX_FILE": str(Path(scratch, "index"))}
            if base:
                self("read-tree", base, env=env)
            self("update-index", "-z", "--index-info", stdin=lines.encode(), env=env)
            return self("write-tree", env=env).decode().strip()

    def commit_files(
        self, branch: str, parent: str | None, files: Mapping[str, bytes], message: str, author: Signature
    ) -> str:
        """Commit whole files upon a parent and move the branch there, in one go; returns the commit's id."""
        who = f"{author.name} <{author.email}> {int(author.at.timestamp())} +0000"
        text = message.encode()
        stream = [b"commit refs/heads/%s\nmark :1\ncommitter %s\n" % (branch.encode(), who.encode())]
        stream += [b"data %d\n%s\n" % (len(text), text), b"from %s\n" % parent.encode() if parent else b""]
        for path, content in files.items():
            stream.append(b'M 100644 inline "%s"\ndata %d\n%s\n' % (_quoted(path), len(content), content))
        stream.append(b"get-mark :1\ndone\n")
        return self("fast-import", "--quiet", "--done", stdin=b"".join(stream)).decode().strip()

    def write_commit(self, tree: str, parents: Iterable[str], message: str, author: Signature) -> str:
        """Make a commit of a tree; no ref moves."""
        stamp = f"{int(author.at.timestamp())} +0000"
        env = {
            f"GIT_{role}_{key}": value
            for role in ("AUTHOR", "COMMITTER")
            for key, value in (("NAME", author.name), ("EMAIL", author.email), ("DATE", stamp))
        }
        flags = [flag for parent in parents for flag in ("-p", parent)]
        return self("commit-tree", tree, *flags, "-F", "-", stdin=message.encode(), env=env).decode().strip()

    def merge_tree(self, base: str, head: str) -> str | None:
        """Merge two commits without a work tree; None when they conflict."""
        try:
            return self("merge-tree", "--write-tree", base, head).decode().split("\n", 1)[0]
        except GitFailed:
            return None

    def serve_http(self, environ: Mapping[str, str], body: bytes) -> CgiAnswer:
        """Answer one request of git's smart HTTP protocol by `git http-backend`."""
        env = {
            **CLOSED,
            "PATH": os.environ.get("PATH", os.defpath),
            "GIT_PROJECT_ROOT": str(self.path),
            "GIT_HTTP_EXPORT_ALL": "1",
            **environ,
        }
        done = subprocess.run([_http_backend()], env=env, input=body, capture_output=True, check=False)
        head, separator, answer = done.stdout.partition(b"\r\n\r\n")
        if not separator:
            raise GitFailed(done.stderr.decode("utf-8", "replace").strip())
        headers = [tuple(line.split(": ", 1)) for line in head.decode("latin-1").split("\r\n")]
        status = next((int(value.split()[0]) for name, value in headers if name == "Status"), 200)
        return CgiAnswer(status, tuple((name, value) for name, value in headers if name != "Status"), answer)


def _git(directory: Path | None, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
    command = ["git", *([f"--git-dir={directory}"] if directory else []), *arguments]
    environment = {**CLOSED, "PATH": os.environ.get("PATH", os.defpath), **(env or {})}
    done = subprocess.run(command, env=environment, input=stdin, capture_output=True, check=False)
    if done.returncode:
        raise GitFailed(f"git {arguments[0]}: {done.stderr.decode('utf-8', 'replace').strip()}")
    return done.stdout


def _quoted(path: str) -> bytes:
    """Return a path as `git fast-import` reads it between quotes."""
    return _checked(path).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").encode()


def _checked(path: str) -> str:
    """Return a path that may stand in a tree; git itself leaves the others out without a word."""
    if any(part in {"", ".", ".."} or part.lower() == ".git" for part in path.split("/")):
        raise GitFailed(f"{path!r} cannot stand in a tree")
    return path


@cache
def _http_backend() -> str:
    return str(Path(_git(None, "--exec-path").decode().strip(), "git-http-backend"))
