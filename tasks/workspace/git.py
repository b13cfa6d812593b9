"""The only way git is started.

A repository can make git run commands: by hooks, by its configuration, by filters,
by submodules, by a bare repository buried in its files. So git here
- is started by absolute path, with an environment made from nothing;
- reads no configuration but what stands in this file and in mirrors that only we write;
- runs in an empty directory, never in a tree that repository code could write;
- gets names after `--end-of-options`, and a token by environment only, because
  arguments and configuration files can be read by others.
"""

from __future__ import annotations

import base64
import os
import re
import resource
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tasks.errors import BadInput, GoldseamError, Retryable

OLDEST = (2, 38)
"""The first git that knows `safe.bareRepository`."""
_PLACES = ("/usr/bin/git", "/usr/local/bin/git", "/opt/homebrew/bin/git")
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_PASSED_ON = ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy", "SSL_CERT_FILE")
"""Of our own environment, nothing else reaches git."""
_TAIL = 2000

_SETTINGS = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.symlinks": "false",
    "core.attributesFile": "/dev/null",
    "core.askPass": "",
    "credential.helper": "",
    "safe.bareRepository": "explicit",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    # A renamed repository answers with a redirection; the token stays where it was sent.
    "http.followRedirects": "false",
    "protocol.allow": "never",
    "transfer.fsckObjects": "true",
    # Old tools wrote these into many honest histories; they cannot harm a reader.
    "fetch.fsck.zeroPaddedFilemode": "ignore",
    "fetch.fsck.badTimezone": "ignore",
    "fetch.fsck.missingSpaceBeforeDate": "ignore",
    "fetch.fsck.badDateOverflow": "ignore",
    "fetch.fsck.missingEmail": "ignore",
    "fetch.fsck.badEmail": "ignore",
    # .gitmodules is exported as a text like any other; no submodule is ever looked at,
    # so a harmful one need not cost its owner the repair.
    "fetch.fsck.gitmodulesName": "ignore",
    "fetch.fsck.gitmodulesUrl": "ignore",
    "fetch.fsck.gitmodulesPath": "ignore",
    "fetch.fsck.gitmodulesUpdate": "ignore",
    "fetch.fsck.gitmodulesParse": "ignore",
}


class GitFailed(Retryable):
    """git ended with an error; `tail` holds the end of what it said, hostile text."""

    def __init__(self, doing: str, code: int, tail: str) -> None:
        super().__init__(doing, code, tail)  # all arguments, so that pickle can rebuild it
        self.doing, self.code, self.tail = doing, code, tail

    def __str__(self) -> str:
        said = " ".join(self.tail.split())[-300:]
        return f"git {self.doing} ended with code {self.code}: {said or 'it said nothing'}"


class UnsafeObjects(GoldseamError):
    """The repository holds objects that git's own check refuses; nothing of them was kept."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A token for one host; never shown, not even by `repr`."""

    token: str = field(repr=False)

    def setting(self, url: str) -> tuple[str, str]:
        """Return the configuration that sends the token to the host of `url` and to no other."""
        parts = urlsplit(url)
        basic = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
        return f"http.{parts.scheme}://{parts.netloc}/.extraHeader", f"Authorization: Basic {basic}"


@dataclass(frozen=True, slots=True)
class Git:
    """A way to start git."""

    empty: Path
    """A directory that is and stays empty: home and working directory of every git process."""
    executable: str
    protocols: frozenset[str] = frozenset({"https"})
    """Allowed while fetching, and only then: `http` for a simulator, `file` for tests."""
    seconds: float = 600.0
    most_file_bytes: int = 4 << 30
    """Of one file that git writes, so of what one fetch can bring."""

    def run(
        self,
        *arguments: str,
        git_dir: Path | None = None,
        settings: Mapping[str, str] | None = None,
        stdin: bytes = b"",
    ) -> bytes:
        """Run to the end and return standard output; GitFailed otherwise."""
        with self.process(*arguments, git_dir=git_dir, settings=settings, errors=subprocess.PIPE) as process:
            try:
                out, err = process.communicate(stdin, timeout=self.seconds)
            except subprocess.TimeoutExpired:
                raise GitFailed(arguments[0], -1, f"it still ran after {self.seconds:g} s") from None
        if process.returncode:
            raise GitFailed(arguments[0], process.returncode, err[-_TAIL:].decode("utf-8", "replace"))
        return out

    @contextmanager
    def process(
        self,
        *arguments: str,
        git_dir: Path | None = None,
        settings: Mapping[str, str] | None = None,
        errors: int = subprocess.DEVNULL,
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Start git with pipes; one that still runs when the context ends is killed with its children."""
        where = [] if git_dir is None else [f"--git-dir={git_dir}"]
        process = subprocess.Popen(
            [self.executable, *where, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=self.empty,
            env=self._environment(settings or {}),
            start_new_session=True,
        )
        with process:
            try:
                # Set from outside: code between fork and exec is not safe where there are threads.
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (self.most_file_bytes, self.most_file_bytes))
                yield process
            finally:
                _end(process)

    def _environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        every = {**_SETTINGS, **settings}
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        environment |= {
            "HOME": str(self.empty),
            "XDG_CONFIG_HOME": str(self.empty),
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "",
            "GIT_CEILING_DIRECTORIES": str(self.empty.parent),
            "GIT_CONFIG_COUNT": str(len(every)),
        }
        for number, (key, value) in enumerate(every.items()):
            environment[f"GIT_CONFIG_KEY_{number}"] = key
            environment[f"GIT_CONFIG_VALUE_{number}"] = value
        return environment


def find_git(empty: Path, *, protocols: Sequence[str] = ("https",)) -> Git:
    """Return the installed git; BadInput when there is none or it is too old.

    `empty` is made when it is not there; it must be a directory of our own.
    """
    executable = next((place for place in _PLACES if os.access(place, os.X_OK)), None)
    if executable is None:
        raise BadInput("git is not installed, so repositories cannot be fetched. Run: apt-get install git")
    empty.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(empty.iterdir()):
        raise BadInput(f"{empty} must be empty, because git reads its home. Remove what is in it.")
    git = Git(empty, executable, frozenset(protocols))
    said = git.run("version").decode()
    found = re.search(r"(\d+)\.(\d+)", said)
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        raise BadInput(f"{said.strip()} is too old to read hostile repositories; install git {OLDEST[0]}.{OLDEST[1]}.")
    return git


def checked_sha(text: str) -> str:
    """Return `text` when it is the full name of a commit, BadInput otherwise."""
    if _SHA.fullmatch(text) is None:
        raise BadInput(f"{text[:80]!r} is no full commit name of 40 or 64 hexadecimal digits.")
    return text


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        # git-remote-https runs beside git and would outlive it.
        os.killpg(process.pid, signal.SIGKILL)
