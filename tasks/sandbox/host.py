"""What this machine offers a sandbox: programs, system directories, kernel files to cover."""

from __future__ import annotations

import os
import platform
import pwd
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fixers.runner.sandbox import SandboxError

_PROGRAM_DIRECTORIES = (Path("/usr/bin"), Path("/bin"), Path("/usr/local/bin"), Path("/run/current-system/sw/bin"))
_SYSTEM_LINKS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/etc/mime.types")
_PROC_READ_ONLY = ("/proc/sys", "/proc/pressure")
_PROC_HIDDEN = (
    *("acpi", "asound", "bus", "driver", "fs", "irq", "scsi", "config.gz", "kallsyms", "kcore", "key-users", "keys"),
    *("kmsg", "kpagecgroup", "kpagecount", "kpageflags", "latency_stats", "mtrr", "pagetypeinfo", "sched_debug"),
    *("slabinfo", "sysrq-trigger", "timer_list", "timer_stats", "vmallocinfo"),
)


@dataclass(frozen=True, slots=True)
class Host:
    """The facts that the argument list of a sandbox depends on; read once."""

    bwrap: Path
    system: tuple[Path, ...]
    """Directories and files bound read-only at the same place."""
    links: tuple[tuple[str, str], ...]
    """Pairs (place, target) of symbolic links such as /lib."""
    proc_read_only: tuple[str, ...]
    """A worker started by root owns these, and the kernel then asks for no capability
    before it lets the sandbox write them: /proc/sys/kernel/core_pattern runs programs as root."""
    proc_hidden_files: tuple[str, ...]
    proc_hidden_directories: tuple[str, ...]
    machine: str
    home: str
    """Of the account that runs us; never shown whole."""


def program(name: str, package: str) -> Path:
    """Return the absolute path of a system program; PATH is not asked, for a repository may have set it."""
    for directory in _PROGRAM_DIRECTORIES:
        if (directory / name).is_file():
            return directory / name
    raise SandboxError(f"`{name}` is missing, so repository code cannot be run safely: `apt-get install {package}`.")


def this_host() -> Host:
    """Read the facts; SandboxError when bubblewrap is not installed."""
    links = tuple((place, str(Path(place).readlink())) for place in _SYSTEM_LINKS if Path(place).is_symlink())
    plain = (place for place in _SYSTEM_LINKS if Path(place).is_dir() and not Path(place).is_symlink())
    hidden = [f"/proc/{name}" for name in _PROC_HIDDEN]
    return Host(
        bwrap=program("bwrap", "bubblewrap"),
        system=_existing(("/usr", *plain, *_ETC)),
        links=links,
        proc_read_only=tuple(str(path) for path in _existing(_PROC_READ_ONLY)),
        proc_hidden_files=tuple(place for place in hidden if _is_file(place)),
        proc_hidden_directories=tuple(place for place in hidden if Path(place).is_dir()),
        machine=platform.machine(),
        home=_home(),
    )


def _home() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return "/"  # a container may run us under a number that no account has; the root is never shown either


def _existing(places: Iterable[str]) -> tuple[Path, ...]:
    return tuple(Path(place) for place in places if Path(place).exists())


def _is_file(place: str) -> bool:
    try:
        return stat.S_ISREG(Path(place).stat().st_mode)
    except OSError:
        return False
