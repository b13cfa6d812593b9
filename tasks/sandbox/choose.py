"""Which sandbox this machine can offer, layer by layer, and how to mend what is missing.

There is no silent fallback: without a working sandbox the answer is an error
that names the missing layer, and only `--trust-target` runs code without one.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fixers.runner.sandbox import Command, Finished, Limits, Sandbox, SandboxError
from tasks.sandbox.bubblewrap import Bubblewrap
from tasks.sandbox.cgroups import Cgroups, writable_cgroups
from tasks.sandbox.direct import Direct
from tasks.sandbox.host import program, this_host

OLDEST_BUBBLEWRAP = (0, 8, 0)
"""The first release that has --disable-userns."""
_INSTALL = "apt-get install bubblewrap"
_SWITCHES = (
    ("kernel.unprivileged_userns_clone", "0", "1"),
    ("kernel.apparmor_restrict_unprivileged_userns", "1", "0"),
    ("user.max_user_namespaces", "0", "15000"),
)
"""Kernel settings that forbid user namespaces: name, forbidding value, allowing value."""
_SECCOMP = "grep CONFIG_SECCOMP_FILTER=y /boot/config-$(uname -r)"
_CONTAINER = "docker run --security-opt seccomp=unconfined --security-opt systempaths=unconfined ..."
_MENDS = (
    (("mount proc", "pivot_root"), _CONTAINER),
    (("uid map", "No permissions to creat", "namespace"), "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"),
    (("pids cgroup",), "runuser -u goldseam -- goldseam ..."),
    (("`prlimit` is missing",), "apt-get install util-linux"),
)
"""Words of a failure, and what helps against it."""
_LOOK = 'grep -E "^(Seccomp|CapEff|NoNewPrivs):" /proc/self/status; cat /proc/net/dev'
_LIMITS = Limits(wall_seconds=10, cpu_seconds=5, scratch_bytes=8 << 20, memory_bytes=256 << 20)


@dataclass(frozen=True, slots=True)
class Layer:
    """One protection, as `goldseam doctor` shows it."""

    name: str
    ok: bool
    detail: str
    mend: str = ""
    """The command to type when it is missing; empty when there is nothing to mend."""
    required: bool = True
    """Whether repository code is refused without it."""


def sandbox(*, trust_target: bool = False) -> Sandbox:
    """Return the sandbox to run repository code in.

    SandboxError when this machine cannot offer one; its sentence says what is
    missing and what to type. With `trust_target` the code runs without walls.
    """
    if sys.platform != "linux":
        raise SandboxError("Repository code can be run on Linux only; run Goldseam in a Linux machine or container.")
    cgroups = writable_cgroups()
    if trust_target:
        return Direct(cgroups)
    missing = [layer for layer in _layers(cgroups) if layer.required and not layer.ok]
    if missing:
        reasons = " ".join(f"{layer.name}: {layer.detail}; mend it by `{layer.mend}`." for layer in missing)
        raise SandboxError(
            f"Repository code cannot be run safely on this machine. {reasons} "
            "If you trust this repository as much as your own programs, pass --trust-target."
        )
    return Bubblewrap(this_host(), cgroups)


def probe() -> tuple[Layer, ...]:
    """Try each layer on this machine, the last ones by running a command in the sandbox."""
    return _layers(writable_cgroups())


def _layers(cgroups: Cgroups | None) -> tuple[Layer, ...]:
    outside = (_bubblewrap(), _namespaces())
    inside = _inside(cgroups) if all(layer.ok for layer in outside) else ()
    return (*outside, *inside, *_limits(cgroups), _account())


def _bubblewrap() -> Layer:
    try:
        executable = program("bwrap", "bubblewrap")
    except SandboxError:
        return Layer("bubblewrap", ok=False, detail="it is not installed", mend=_INSTALL)
    said = subprocess.run((executable, "--version"), env={}, capture_output=True, text=True, check=False).stdout
    version = tuple(int(part) for part in re.findall(r"\d+", said))
    if version < OLDEST_BUBBLEWRAP:
        wanted = ".".join(str(part) for part in OLDEST_BUBBLEWRAP)
        return Layer(
            "bubblewrap", ok=False, detail=f"{said.strip() or executable} is older than {wanted}", mend=_INSTALL
        )
    return Layer("bubblewrap", ok=True, detail=said.strip())


def _namespaces() -> Layer:
    for name, forbidding, allowing in _SWITCHES:
        setting = Path("/proc/sys", *name.split("."))
        if os.getuid() != 0 and setting.exists() and setting.read_text().strip() == forbidding:
            mend = f"sysctl -w {name}={allowing}"
            return Layer("user namespaces", ok=False, detail=f"forbidden by {name} = {forbidding}", mend=mend)
    return Layer("user namespaces", ok=True, detail="no kernel setting forbids them")


def _inside(cgroups: Cgroups | None) -> Iterator[Layer]:
    """Run a command in the sandbox and look at the walls from there."""
    try:
        seen = _look(cgroups)
    except SandboxError as error:
        yield Layer("sandbox", ok=False, detail=str(error), mend=_mend(str(error)))
        return
    pairs = (line.split(":", 1) for line in seen.stdout.decode(errors="replace").splitlines() if ":" in line)
    status = {name.strip(): value.strip() for name, value in pairs}
    filtered = (status.pop("Seccomp", ""), status.pop("NoNewPrivs", "")) == ("2", "1")
    powerless = status.pop("CapEff", "none read").strip("0") == ""
    devices = ", ".join(sorted(status))
    yield _layer("sandbox", f"a command ran in {seen.seconds * 1000:.0f} ms", ok=seen.exit_code == 0)
    yield _layer("seccomp", "in force" if filtered else "the kernel keeps no filter", ok=filtered, mend=_SECCOMP)
    yield _layer("capabilities", "none" if powerless else "some are left", ok=powerless)
    yield _layer("no network", f"network devices inside: {devices or 'none read'}", ok=devices == "lo")


def _layer(name: str, detail: str, *, ok: bool, mend: str = _INSTALL) -> Layer:
    return Layer(name, ok=ok, detail=detail, mend="" if ok else mend)


def _mend(said: str) -> str:
    """Return the command that most likely helps against what bubblewrap said."""
    return next((command for words, command in _MENDS if any(word in said for word in words)), _INSTALL)


def _look(cgroups: Cgroups | None) -> Finished:
    with tempfile.TemporaryDirectory(prefix="goldseam-probe-") as tree:
        walls = Bubblewrap(this_host(), cgroups)
        return walls.run(Command(("/bin/sh", "-c", _LOOK), Path(tree), "/probe", limits=_LIMITS))


def _limits(cgroups: Cgroups | None) -> Iterator[Layer]:
    mend = "systemd-run --user --scope -p Delegate=yes goldseam ..."
    for name, there in (("memory", cgroups and cgroups.memory), ("processes", cgroups and cgroups.processes)):
        if cgroups and there:
            yield Layer(f"{name} limit", ok=True, detail=f"cgroup v{cgroups.version}", required=False)
        else:
            detail = "no writable cgroup; limited per process by rlimit instead"
            yield Layer(f"{name} limit", ok=False, detail=detail, mend=mend, required=False)


def _account() -> Layer:
    if os.getuid() == 0:
        detail = "root; an ordinary account leaves one wall more between the sandbox and the kernel"
        return Layer("account", ok=False, detail=detail, mend="runuser -u goldseam -- goldseam ...", required=False)
    return Layer("account", ok=True, detail="ordinary")
