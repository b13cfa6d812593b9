"""Real repositories, some of them built to harm."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tasks.workspace.git import Git, find_git
from tasks.workspace.mirror import Mirror


@dataclass(frozen=True)
class Origin:
    """A repository to fetch from, and git as its owner would use it."""

    path: Path

    @property
    def url(self) -> str:
        return self.path.as_uri()

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        environment = os.environ | {
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Kim",
            "GIT_AUTHOR_EMAIL": "kim@example.test",
            "GIT_COMMITTER_NAME": "Kim",
            "GIT_COMMITTER_EMAIL": "kim@example.test",
        }
        done = subprocess.run(
            ["git", "-C", str(self.path), *arguments], input=stdin, env=environment, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()

    def commit(self, files: dict[str, str | bytes], message: str = "work") -> str:
        for name, content in files.items():
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.git("add", "-A", "-f", "--", ".")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def tree(self, *lines: tuple[str, str, str, bytes]) -> str:
        """Write a tree object as it is given: (mode, kind, name, path), checked by nobody."""
        raw = b"".join(
            mode.lstrip("0").encode() + b" " + path + b"\0" + bytes.fromhex(name) for mode, _, name, path in lines
        )
        return self.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=raw)

    def blob(self, content: bytes) -> str:
        return self.git("hash-object", "-w", "--stdin", stdin=content)

    def commit_tree(self, tree: str) -> str:
        sha = self.git("commit-tree", tree, "-m", "crafted")
        self.git("update-ref", "refs/heads/crafted", sha)
        return sha


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    path = tmp_path / "origin"
    path.mkdir()
    made = Origin(path)
    made.git("init", "-q", "-b", "main")
    made.git("config", "uploadpack.allowFilter", "true")
    made.git("config", "uploadpack.allowAnySHA1InWant", "true")
    return made


@pytest.fixture
def git(tmp_path: Path) -> Git:
    return find_git(tmp_path / "empty", protocols=("file",))


@pytest.fixture
def mirror(tmp_path: Path, origin: Origin, git: Git) -> Mirror:
    return Mirror(tmp_path / "data" / "acme" / "billing.git", origin.url, git)


@pytest.fixture
def oracle(tmp_path: Path) -> Path:
    """A file that hostile commands would make; it must not be there at the end."""
    return tmp_path / "escaped"
