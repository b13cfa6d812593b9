"""The policy of the installation sandbox, word for word."""

from __future__ import annotations

from pathlib import Path

from tasks.environment.install_sandbox import InstallStep, install_arguments
from tasks.sandbox.host import Host

HOST = Host(
    bwrap=Path("/usr/bin/bwrap"),
    system=(Path("/usr"), Path("/etc/ld.so.cache")),
    links=(("/bin", "usr/bin"),),
    proc_read_only=("/proc/sys",),
    proc_hidden_files=("/proc/kcore",),
    proc_hidden_directories=("/proc/acpi",),
    machine="x86_64",
    home="/root",
)
STEP = InstallStep(
    argv=("/opt/uv", "pip", "install", "-e", "."),
    tree=Path("/tmp/copy/tree"),
    mount="/home/someone/billing",
    writable=(Path("/tmp/cache/venv"), Path("/tmp/cache/uv")),
    read_only=(Path("/opt/uv"), Path("/opt/python")),
    environment={"UV_NO_CONFIG": "1"},
)
GOLDEN = """
/usr/bin/bwrap
--unshare-user --unshare-all --share-net --disable-userns --cap-drop ALL
--new-session --die-with-parent --hostname sandbox --uid 1000 --gid 1000
--seccomp 7
--clearenv
--setenv HOME /home/goldseam
--setenv LANG C.UTF-8
--setenv TMPDIR /tmp
--setenv UV_NO_CONFIG 1
--proc /proc --dev /dev
--ro-bind /proc/sys /proc/sys
--ro-bind /dev/null /proc/kcore
--tmpfs /proc/acpi
--ro-bind /etc/ld.so.cache /etc/ld.so.cache
--ro-bind /run/resolv.conf /etc/resolv.conf
--perms 0700 --tmpfs /home/goldseam
--bind /tmp/copy/tree /home/someone/billing
--ro-bind /opt/python /opt/python
--ro-bind /opt/uv /opt/uv
--perms 1777 --tmpfs /tmp
--bind /tmp/cache/uv /tmp/cache/uv
--bind /tmp/cache/venv /tmp/cache/venv
--ro-bind /usr /usr
--symlink usr/bin /bin
--perms 0444 --file 8 /etc/passwd
--remount-ro / --chdir /home/someone/billing -- /opt/uv pip install -e .
"""


def test_the_argument_list_is_the_policy() -> None:
    arguments = install_arguments(
        STEP, HOST, seccomp=7, files=[("/etc/passwd", 8)], network_files=[("/etc/resolv.conf", "/run/resolv.conf")]
    )
    assert list(arguments) == GOLDEN.split()
