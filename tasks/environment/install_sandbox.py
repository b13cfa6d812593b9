"""The sandbox in which environments are made: the network, and no secrets.

A sibling of the test sandbox. Building a project runs its code, so the walls are
the same but for two openings: the network, and two directories that can be
written, the new environment and the client's cache. What the cache holds was
written by builds, so a cache belongs to one repository and one level of trust.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from fixers.runner.sandbox import Limits, SandboxError
from tasks.errors import EnvironmentFailed
from tasks.sandbox.arguments import FILES, HOME, UID
from tasks.sandbox.host import Host, program, this_host
from tasks.sandbox.rlimits import prlimit_arguments
from tasks.sandbox.seccomp import seccomp_filter
from tasks.sandbox.syscalls import MACHINES

_NETWORK_FILES = (
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/ssl",
    "/etc/pki",
    "/etc/ca-certificates",
)
_ACCOUNTS = ("/etc/passwd", "/etc/group")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy")
_INDEXES = {
    "UV_INDEX_URL": "UV_DEFAULT_INDEX",
    "UV_DEFAULT_INDEX": "UV_DEFAULT_INDEX",
    "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
    "UV_INDEX": "UV_INDEX",
    "UV_EXTRA_INDEX_URL": "UV_INDEX",
    "PIP_EXTRA_INDEX_URL": "UV_INDEX",
    "UV_FIND_LINKS": "UV_FIND_LINKS",
    "PIP_FIND_LINKS": "UV_FIND_LINKS",
    "UV_INDEX_STRATEGY": "UV_INDEX_STRATEGY",
    "UV_HTTP_TIMEOUT": "UV_HTTP_TIMEOUT",
    "PIP_DEFAULT_TIMEOUT": "UV_HTTP_TIMEOUT",
}
"""Settings of the ordinary clients, and the one of uv's that means the same; the first one set wins."""
_LIMITS = Limits(cpu_seconds=3600, file_bytes=8 << 30, processes=1024)
_TAIL = 4000
_TERMINAL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class InstallStep:
    """One command of an installation."""

    argv: tuple[str, ...]
    tree: Path
    """A private copy of the checkout, writable; a build may leave files in it."""
    mount: str
    """Where that copy stands inside: the place the tests will see the tree at."""
    writable: tuple[Path, ...]
    read_only: tuple[Path, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 900.0


def install_arguments(
    step: InstallStep,
    host: Host,
    *,
    seccomp: int,
    files: Sequence[tuple[str, int]],
    network_files: Sequence[tuple[str, str]],
) -> tuple[str, ...]:
    """Return the argument list of bubblewrap for `step`; pure, so that the whole policy stands in a golden file.

    `files` are pairs (place, descriptor) of made-up files, `network_files` pairs
    (place, source) of what name look-up and certificates need.
    """
    environment = {"HOME": HOME, "TMPDIR": "/tmp", "LANG": "C.UTF-8", **step.environment}  # noqa: S108 - inside
    binds: dict[str, tuple[str, ...]] = {
        "/tmp": ("--perms", "1777", "--tmpfs", "/tmp"),  # noqa: S108 - a memory file system of its own
        HOME: ("--perms", "0700", "--tmpfs", HOME),
        step.mount: ("--bind", str(step.tree), step.mount),
    }
    for path in (*host.system, *step.read_only):
        binds[str(path)] = ("--ro-bind", str(path), str(path))
    for place, source in network_files:
        binds[place] = ("--ro-bind", source, place)
    for path in step.writable:
        binds[str(path)] = ("--bind", str(path), str(path))
    # A directory before what stands in it: a cache may lie under /tmp.
    ordered = sorted(binds, key=lambda place: Path(place).parts)
    return (
        str(host.bwrap),
        *("--unshare-user", "--unshare-all", "--share-net", "--disable-userns", "--cap-drop", "ALL"),
        *("--new-session", "--die-with-parent", "--hostname", "sandbox", "--uid", str(UID), "--gid", str(UID)),
        *("--seccomp", str(seccomp)),
        "--clearenv",
        *(word for name, value in sorted(environment.items()) for word in ("--setenv", name, value)),
        *("--proc", "/proc", "--dev", "/dev"),
        *(word for place in host.proc_read_only for word in ("--ro-bind", place, place)),
        *(word for place in host.proc_hidden_files for word in ("--ro-bind", "/dev/null", place)),
        *(word for place in host.proc_hidden_directories for word in ("--tmpfs", place)),
        *(word for place in ordered for word in binds[place]),
        *(word for place, target in host.links for word in ("--symlink", target, place)),
        *(word for place, number in files for word in ("--perms", "0444", "--file", str(number), place)),
        *("--remount-ro", "/", "--chdir", step.mount, "--", *step.argv),
    )


def client_environment(environment: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return what the package client may know of our environment, and a sentence for each setting held back.

    Certificates, proxies and index addresses only. An address that carries a
    password is held back: code that a build runs could read it.
    """
    kept = {name: environment[name] for name in _CERTIFICATES if environment.get(name)}
    if "SSL_CERT_FILE" not in kept and environment.get("PIP_CERT"):
        kept["SSL_CERT_FILE"] = environment["PIP_CERT"]
    kept |= {name: environment[name] for name in _PROXIES if environment.get(name)}
    for name, ours in _INDEXES.items():
        if environment.get(name):
            kept.setdefault(ours, environment[name])
    secret = [name for name, value in kept.items() if any(_has_password(word) for word in value.split())]
    held_back = tuple(f"{name} is not passed on: it carries a password, which a build could read" for name in secret)
    return {name: value for name, value in kept.items() if name not in secret}, held_back


def local_sources(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the files and directories that certificate and index settings point to on this machine."""
    words = [word for value in environment.values() for word in value.split()]
    paths = [Path(word.removeprefix("file://")) for word in words if word.startswith(("/", "file:///"))]
    return tuple(path for path in paths if path.exists())


def run_install(step: InstallStep, *, trusted: bool = False) -> str:
    """Run one step to its end and return what it printed; EnvironmentFailed with the last lines when it fails.

    Without bubblewrap it refuses, unless the repository is `trusted`: then the
    command runs with the user's own rights, in the copy, with the same cleared environment.
    """
    if trusted:
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(step.tree), **step.environment}
        return _ended(step, step.argv, environment, (), step.tree)
    try:
        host, prlimit = this_host(), program("prlimit", "util-linux")
        filtered = seccomp_filter(MACHINES[host.machine])
    except (SandboxError, KeyError) as error:
        raise EnvironmentFailed(
            f"An environment cannot be made safely here: {error} Name one that stands already with --python, "
            "or pass --trust-target if you trust this repository as much as your own programs."
        ) from error
    with contextlib.ExitStack() as stack:
        seccomp = stack.enter_context(_memory_file(filtered))
        files = [(place, stack.enter_context(_memory_file(FILES[place].encode()))) for place in _ACCOUNTS]
        arguments = install_arguments(step, host, seccomp=seccomp, files=files, network_files=_network_files())
        limits = prlimit_arguments(prlimit, _LIMITS, address_space=False)
        return _ended(step, (*limits, *arguments), {}, (seccomp, *(number for _, number in files)), Path("/"))


def _ended(
    step: InstallStep, argv: Sequence[str], environment: Mapping[str, str], descriptors: tuple[int, ...], cwd: Path
) -> str:
    # A file and not a pipe: nothing blocks, and nothing has to be read while it runs.
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            argv,
            env=dict(environment),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=descriptors,
        )
        try:
            code = process.wait(step.seconds)
        except subprocess.TimeoutExpired as error:
            raise EnvironmentFailed(
                f"`{_shown(step.argv)}` still ran after {step.seconds:g} s and was stopped. "
                "Name an environment that stands already with --python.",
                _tail(output.fileno()),
            ) from error
        finally:
            _kill(process)
        said = _tail(output.fileno())
    if code != 0:
        raise EnvironmentFailed(
            f"The environment could not be made: `{_shown(step.argv)}` ended with code {code}. "
            "Mend what its last lines say, or name an environment that stands already with --python.",
            said,
        )
    return said


def _kill(process: subprocess.Popen[bytes]) -> None:
    # With bubblewrap the whole process namespace dies with its first process; without it the group is all there is.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _tail(descriptor: int) -> str:
    size = os.fstat(descriptor).st_size
    raw = os.pread(descriptor, _TAIL, max(size - _TAIL, 0))
    return _TERMINAL.sub("", raw.decode(errors="replace")).strip()


def _shown(argv: Sequence[str]) -> str:
    return " ".join((Path(argv[0]).name, *argv[1:]))[:300]


def _network_files() -> list[tuple[str, str]]:
    """Pairs (place, source); a link such as resolv.conf is followed, since its target is not shown inside."""
    return [(place, str(Path(place).resolve())) for place in _NETWORK_FILES if Path(place).exists()]


def _has_password(word: str) -> bool:
    try:
        return "@" in urlsplit(word).netloc
    except ValueError:
        return True


@contextlib.contextmanager
def _memory_file(content: bytes) -> Iterator[int]:
    descriptor = os.memfd_create("goldseam", 0)
    try:
        os.write(descriptor, content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)
