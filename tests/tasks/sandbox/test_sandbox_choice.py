"""No sandbox, no repository code: what is missing is named, with the command that mends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fixers.runner.sandbox import Command, Ended, Limits, SandboxError
from tasks.sandbox import bubblewrap, cgroups, choose, host
from tasks.sandbox.bubblewrap import Bubblewrap
from tasks.sandbox.cgroups import Cgroups, writable_cgroups
from tasks.sandbox.direct import Direct
from tasks.sandbox.host import this_host


def test_this_machine_has_every_required_layer() -> None:
    layers = {layer.name: layer for layer in choose.probe()}
    assert [layer for layer in layers.values() if layer.required and not layer.ok] == []
    assert not any(layer.mend for layer in layers.values() if layer.ok)
    assert not any(layer.mend == "" for layer in layers.values() if not layer.ok)
    assert {"bubblewrap", "user namespaces", "sandbox", "seccomp", "no network", "memory limit"} <= set(layers)


def test_layers_in_force_are_told(walls: Bubblewrap) -> None:
    assert any("seccomp" in layer for layer in walls.layers)
    assert any("no network" in layer for layer in walls.layers)
    assert any("memory limited" in layer for layer in walls.layers)


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Make this a machine whose only `bwrap` is the given script."""

    def install(script: str) -> None:
        for name in ("prlimit", "bwrap"):
            (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
            (tmp_path / name).chmod(0o755)

    monkeypatch.setattr(host, "_PROGRAM_DIRECTORIES", (tmp_path,))
    return install


VERSION = 'if [ "$1" = --version ]; then echo bubblewrap 0.9.0; exit; fi'


def test_missing_bubblewrap_is_refused_with_the_command_that_installs_it(programs) -> None:
    with pytest.raises(SandboxError, match="`apt-get install bubblewrap`"):
        choose.sandbox()


def test_old_bubblewrap_is_refused(programs) -> None:
    programs("echo bubblewrap 0.4.1")
    with pytest.raises(SandboxError, match=r"bubblewrap 0\.4\.1 is older than 0\.8\.0"):
        choose.sandbox()


@pytest.mark.parametrize(
    ("said", "mend"),
    [
        pytest.param(
            "bwrap: setting up uid map: Permission denied",
            "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
            id="user-namespaces",
        ),
        pytest.param("bwrap: Can't mount proc on /newroot/proc", "systempaths=unconfined", id="container"),
    ],
)
def test_bubblewrap_that_cannot_start_is_refused_with_a_cure(
    programs, monkeypatch: pytest.MonkeyPatch, said: str, mend: str
) -> None:
    # prlimit is the same script here, and stands in front: its words arrive as bubblewrap's do.
    programs(f'{VERSION}\necho "{said}" >&2; exit 1')
    with pytest.raises(SandboxError, match=mend) as caught:
        choose.sandbox()
    assert said in str(caught.value)
    assert "--trust-target" in str(caught.value)


def test_sandbox_without_a_filter_is_refused(programs) -> None:
    """A bwrap that starts the command but builds no wall."""
    find = 'while [ $# -gt 0 ]; do [ "$1" = GOLDSEAM_REPORT_FD ] && report=$2; shift; done'
    started = "printf . > /proc/self/fd/$report"
    programs(f'{VERSION}\n{find}\n{started}\nprintf "Seccomp:\\t0\\nNoNewPrivs:\\t0\\nCapEff:\\t01\\n  eth0: 1\\n"')
    with pytest.raises(SandboxError, match="seccomp: the kernel keeps no filter") as caught:
        choose.sandbox()
    assert "no network: network devices inside: eth0" in str(caught.value)


def test_unknown_processor_is_refused() -> None:
    with pytest.raises(SandboxError, match="no system call filter for riscv64"):
        Bubblewrap(replace(this_host(), machine="riscv64"), writable_cgroups())


def test_root_without_a_process_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap.os, "getuid", lambda: 0)
    with pytest.raises(SandboxError, match="fork bomb"):
        Bubblewrap(this_host(), None)


def test_user_namespaces_that_are_switched_off_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose.os, "getuid", lambda: 1000)
    value = Path("/proc/sys/user/max_user_namespaces").read_text().strip()
    monkeypatch.setattr(choose, "_SWITCHES", (("user.max_user_namespaces", value, "15000"),))
    layer = choose._namespaces()
    assert not layer.ok
    assert layer.mend == "sysctl -w user.max_user_namespaces=15000"


def test_trust_is_never_a_fallback(programs) -> None:
    programs("echo bubblewrap 0.4.1")
    with pytest.raises(SandboxError):
        choose.sandbox()
    assert isinstance(choose.sandbox(trust_target=True), Direct)


@pytest.fixture
def without_cgroups(monkeypatch: pytest.MonkeyPatch) -> Bubblewrap:
    monkeypatch.setattr(bubblewrap.os, "getuid", lambda: 1000)
    return Bubblewrap(this_host(), None)


def test_without_cgroups_the_kernel_keeps_the_limits_per_process_and_says_so(
    without_cgroups: Bubblewrap, hostile: Callable[..., Command]
) -> None:
    assert "memory limited per process only, by rlimit" in without_cgroups.layers
    finished = without_cgroups.run(hostile("appetite.py", "much_memory"))
    assert b"MemoryError" in finished.stderr
    spin = without_cgroups.run(hostile("appetite.py", "spin", cpu_seconds=1))
    assert spin.ended is Ended.CPU


def test_without_cgroups_nobody_survives_either(
    without_cgroups: Bubblewrap, hostile: Callable[..., Command], marker
) -> None:
    without_cgroups.run(hostile("appetite.py", "daemon", marker.word))
    assert marker.survivors() == []


def test_trusted_group_is_killed_without_cgroups_too(tree: Path, marker) -> None:
    argv = ("/bin/sh", "-c", "( sleep 60; : ) & sleep 60; :", marker.word)
    finished = Direct(None).run(Command(argv, tree, "/work/x", limits=Limits(wall_seconds=0.5)))
    assert finished.ended is Ended.WALL
    assert marker.survivors() == []


MOUNTS_V1 = (
    "33 31 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "34 31 0:32 / /cg/pids rw - cgroup cgroup rw,pids\n"
)
MOUNTS_V2 = "33 31 0:31 {root} /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"


@pytest.mark.parametrize(
    ("membership", "mountinfo", "expected"),
    [
        pytest.param(
            "8:pids:/\n4:memory:/user/me\n1:name=systemd:/x\n",
            MOUNTS_V1,
            {"memory": "/sys/fs/cgroup/memory/user/me", "pids": "/cg/pids"},
            id="v1",
        ),
        pytest.param(
            "0::/user.slice/a.scope\n", MOUNTS_V2.format(root="/"), {"": "/sys/fs/cgroup/user.slice/a.scope"}, id="v2"
        ),
        pytest.param(
            "0::/docker/1/own\n", MOUNTS_V2.format(root="/docker/1"), {"": "/sys/fs/cgroup/own"}, id="container"
        ),
        pytest.param("0::/../other\n", MOUNTS_V2.format(root="/"), {}, id="outside-of-what-is-mounted"),
    ],
)
def test_own_directory_is_found(membership: str, mountinfo: str, expected: dict[str, str]) -> None:
    assert {name: str(path) for name, path in cgroups._directories(membership, mountinfo)} == expected


def test_group_of_version_two_gets_its_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On files, for this machine may have version one only."""
    group = cgroups.Group(2, (("memory", tmp_path), ("pids", tmp_path), ("cpu", tmp_path)))
    (tmp_path / "memory.swap.max").write_text("max")
    (tmp_path / "memory.events").write_text("low 0\noom 3\noom_kill 2\noom_group_kill 0\n")
    (tmp_path / "cpu.stat").write_text("usage_usec 1500000\nuser_usec 1\n")
    group.limit(Limits(memory_bytes=1000, scratch_bytes=24, processes=7))
    assert (tmp_path / "memory.max").read_text() == "1024"
    assert (tmp_path / "memory.swap.max").read_text() == "0"
    assert (tmp_path / "pids.max").read_text() == "7"
    assert group.oom_kills() == 2
    assert group.cpu_seconds() == 1.5
    assert group.directories == (tmp_path,)


def test_cgroup_that_cannot_be_written_is_not_used(tmp_path: Path) -> None:
    membership = "4:memory:/absent\n8:pids:/absent\n"
    assert writable_cgroups(membership, MOUNTS_V1) is None


def test_lost_cgroup_is_an_error_and_no_silent_loss_of_a_limit(tmp_path: Path, tree: Path) -> None:
    gone = Cgroups(1, (("memory", tmp_path / "gone"), ("pids", tmp_path / "gone")))
    with pytest.raises(SandboxError, match="goldseam doctor"):
        Bubblewrap(this_host(), gone).run(Command(("/bin/true",), tree, "/work/x"))
