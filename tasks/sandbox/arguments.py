"""The argument list of bubblewrap, which *is* the policy of the sandbox.

Rules: nothing of the host is writable; what is visible is named one by one;
every place that can be written is a memory file system with a size. Pure
functions, so that the whole policy stands in golden files.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from fixers.runner.sandbox import REPORT_FD, Command, SandboxError
from tasks.sandbox.host import Host

HOME = "/home/goldseam"
TREE = "/run/goldseam/tree"
"""Where the read-only original of the tree stands inside."""
UID = 1000

FILES = {
    "/etc/passwd": f"goldseam:x:{UID}:{UID}:goldseam:{HOME}:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
    "/etc/group": f"goldseam:x:{UID}:\nnogroup:x:65534:\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "/etc/hosts": "127.0.0.1 localhost sandbox\n::1 localhost\n",
}
"""What programs look up; made up, so that nothing of the host's accounts shows."""

LAUNCHER = """\
cp -a "$1/." "$2/" && rm -rf "$2/.git" && cd "$2/$3" && printf . > "/proc/self/fd/$GOLDSEAM_REPORT_FD" || exit 125
shift 3
unset PWD OLDPWD
exec "$@"
"""
"""Copies the tree into its memory file system, says so with one byte on the report descriptor, and becomes
the command. Values arrive as arguments, never as text of the script."""

_TAKEN = ("/", "/usr", "/etc", "/bin", "/sbin", "/lib", "/lib64", "/tmp", "/home", "/run", HOME)  # noqa: S108 - inside
_KERNEL = ("/proc", "/dev", "/sys", "/run/goldseam")
_TOO_WIDE = ("/", "/etc", "/home", "/root", "/run", "/tmp", "/var", "/opt", "/srv", "/mnt")  # noqa: S108 - refused


@dataclass(frozen=True, slots=True)
class Descriptors:
    """Numbers of the descriptors that bubblewrap inherits."""

    seccomp: int
    info: int
    report: int
    files: tuple[tuple[str, int], ...]
    """Pairs (place, descriptor) for `FILES`."""


def bwrap_arguments(
    command: Command, host: Host, descriptors: Descriptors, *, inner: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Return the whole argument list that runs `command`; `inner` goes in front of its argv, inside.

    SandboxError when the command asks for a mount that would cover the system or
    shows a directory as wide as a home.
    """
    _check(command, host)
    return (
        str(host.bwrap),
        *("--unshare-user", "--unshare-all", "--disable-userns", "--cap-drop", "ALL"),
        *("--new-session", "--die-with-parent", "--hostname", "sandbox"),
        *("--uid", str(UID), "--gid", str(UID)),
        *("--seccomp", str(descriptors.seccomp), "--info-fd", str(descriptors.info)),
        *_environment(command, descriptors.report),
        *_kernel(host),
        *_mounts(command, host),
        *_links(host),
        *(word for place, number in descriptors.files for word in ("--perms", "0444", "--file", str(number), place)),
        *("--remount-ro", "/"),
        *("--", "/bin/sh", "-c", LAUNCHER, "sh", TREE, command.mount, command.cwd, *inner, *command.argv),
    )


def _check(command: Command, host: Host) -> None:
    mount = PurePosixPath(command.mount)
    kernel = any(mount.is_relative_to(place) for place in _KERNEL)
    if not mount.is_absolute() or ".." in mount.parts or str(mount) in _TAKEN or kernel:
        raise SandboxError(f"A tree cannot stand at {command.mount!r} in the sandbox; give a directory of its own.")
    cwd = PurePosixPath(command.cwd)
    if cwd.is_absolute() or ".." in cwd.parts:
        raise SandboxError(f"The working directory {command.cwd!r} must be relative to the tree and stay in it.")
    for path in command.read_only:
        wide = not path.is_absolute() or str(path) in {*_TOO_WIDE, host.home} or ".." in path.parts
        if wide or any(path.is_relative_to(place) for place in _KERNEL):
            raise SandboxError(f"{path} is too much to show to repository code; name the interpreter's own directory.")


def _environment(command: Command, report: int) -> tuple[str, ...]:
    values = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": HOME,
        "TMPDIR": "/tmp",  # noqa: S108 - a memory file system of this sandbox alone
        "LANG": "C.UTF-8",
        **command.environment,
        REPORT_FD: str(report),
    }
    return ("--clearenv", *(word for name, value in sorted(values.items()) for word in ("--setenv", name, value)))


def _kernel(host: Host) -> tuple[str, ...]:
    """Return fresh /proc and /dev, less what tells about the host or changes it."""
    arguments = ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    for place in host.proc_read_only:
        arguments += ["--ro-bind", place, place]
    for place in host.proc_hidden_files:
        arguments += ["--ro-bind", "/dev/null", place]
    for place in host.proc_hidden_directories:
        arguments += ["--tmpfs", place, "--remount-ro", place]
    return tuple(arguments)


def _mounts(command: Command, host: Host) -> tuple[str, ...]:
    """Return binds and memory file systems, a directory always before what stands in it."""
    scratch = command.limits.scratch_bytes
    everybody, owner = "1777", "0755"
    memory = {
        command.mount: (scratch // 2, owner),
        HOME: (scratch // 8, owner),
        "/tmp": (scratch // 4, everybody),  # noqa: S108 - inside
        "/dev/shm": (scratch // 8, everybody),  # noqa: S108 - inside
    }
    steps: dict[str, tuple[str, ...]] = {TREE: ("--ro-bind", str(command.tree), TREE)}
    for path in (*host.system, *command.read_only):
        steps[str(path)] = ("--ro-bind", str(path), str(path))
    for place, (size, mode) in memory.items():
        # A size of nothing would mean no limit at all.
        steps[str(PurePosixPath(place))] = ("--perms", mode, "--size", str(max(size, 4096)), "--tmpfs", place)
    ordered = sorted(steps, key=lambda place: PurePosixPath(place).parts)
    return tuple(word for place in ordered for word in steps[place])


def _links(host: Host) -> tuple[str, ...]:
    return tuple(word for place, target in host.links for word in ("--symlink", target, place))
