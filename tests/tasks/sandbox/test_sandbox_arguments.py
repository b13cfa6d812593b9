"""The argument list of bubblewrap, word for word: a change of policy shows as a change of the golden file."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from fixers.runner.sandbox import Command, Limits, SandboxError
from tasks.sandbox.arguments import Descriptors, bwrap_arguments
from tasks.sandbox.host import Host

GOLDEN = Path(__file__).with_name("golden_arguments.txt")
HOST = Host(
    bwrap=Path("/usr/bin/bwrap"),
    system=(Path("/usr"), Path("/lib32"), Path("/etc/ld.so.cache")),
    links=(("/bin", "usr/bin"), ("/lib", "usr/lib")),
    proc_read_only=("/proc/sys",),
    proc_hidden_files=("/proc/kcore",),
    proc_hidden_directories=("/proc/irq",),
    machine="x86_64",
    home="/home/alice",
)
COMMAND = Command(
    argv=("python", "-m", "pytest", "-q; rm -rf /"),
    tree=Path("/data/trees/1"),
    mount="/home/alice/project",
    cwd="sub",
    environment={"PATH": "/home/alice/project/.venv/bin:/usr/bin", "CI": "1"},
    read_only=(Path("/home/alice/project/.venv"), Path("/home/alice/.pyenv/versions/3.12.1")),
    limits=Limits(scratch_bytes=1 << 20),
)
DESCRIPTORS = Descriptors(seccomp=3, info=4, report=5, files=(("/etc/passwd", 6),))


def lines(arguments: tuple[str, ...]) -> str:
    """One option a line, as in the golden file; the script and the words after it as they are."""
    options, command = arguments[: arguments.index("--")], arguments[arguments.index("--") :]
    return " ".join(options).replace(" --", "\n--") + "\n" + "\n".join(command) + "\n"


def test_arguments_are_the_golden_ones() -> None:
    assert lines(bwrap_arguments(COMMAND, HOST, DESCRIPTORS, inner=("prlimit", "--nproc=9"))) == GOLDEN.read_text()


def test_nothing_of_the_host_is_bound_writable() -> None:
    arguments = bwrap_arguments(COMMAND, HOST, DESCRIPTORS)
    assert not {"--bind", "--dev-bind", "--bind-try", "--share-net", "--bind-fd"} & set(arguments)
    assert "/" not in {after for word, after in pairwise(arguments) if word == "--ro-bind"}


def test_memory_file_systems_together_keep_within_the_scratch() -> None:
    arguments = bwrap_arguments(COMMAND, HOST, DESCRIPTORS)
    sizes = [int(after) for word, after in pairwise(arguments) if word == "--size"]
    assert len(sizes) == 4
    assert sum(sizes) <= COMMAND.limits.scratch_bytes


def test_target_cannot_choose_the_report_descriptor() -> None:
    arguments = bwrap_arguments(replace(COMMAND, environment={"GOLDSEAM_REPORT_FD": "1"}), HOST, DESCRIPTORS)
    assert arguments[arguments.index("GOLDSEAM_REPORT_FD") + 1] == "5"
    assert arguments.count("GOLDSEAM_REPORT_FD") == 1


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"mount": "/"}, id="mount-root"),
        pytest.param({"mount": "/usr"}, id="mount-system"),
        pytest.param({"mount": "/proc/sys"}, id="mount-in-proc"),
        pytest.param({"mount": "/run/goldseam/tree"}, id="mount-over-the-original"),
        pytest.param({"mount": "relative"}, id="mount-relative"),
        pytest.param({"mount": "/x/../usr"}, id="mount-climbs"),
        pytest.param({"cwd": "../.."}, id="cwd-climbs"),
        pytest.param({"cwd": "/etc"}, id="cwd-absolute"),
        pytest.param({"read_only": (Path("/"),)}, id="shows-everything"),
        pytest.param({"read_only": (Path("/home/alice"),)}, id="shows-the-home"),
        pytest.param({"read_only": (Path("/root"),)}, id="shows-the-home-of-root"),
        pytest.param({"read_only": (Path("/x/../root"),)}, id="shows-by-climbing"),
        pytest.param({"read_only": (Path("/proc/1"),)}, id="shows-a-process"),
        pytest.param({"read_only": (Path("relative"),)}, id="shows-something-relative"),
    ],
)
def test_dangerous_command_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(SandboxError):
        bwrap_arguments(replace(COMMAND, **change), HOST, DESCRIPTORS)
