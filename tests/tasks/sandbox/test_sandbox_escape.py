"""Every way out that we know, tried in the real sandbox."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from fixers.runner.sandbox import Command, Ended
from tasks.sandbox.bubblewrap import Bubblewrap
from tasks.sandbox.seccomp import REFUSED
from tasks.sandbox.syscalls import MACHINES, NUMBERS, number

MACHINE = MACHINES[platform.machine()]
KNOWN = {name: found for name in NUMBERS if (found := number(MACHINE, name)) is not None}
TRIED = tuple(name for name in REFUSED if name in KNOWN)

EXPECTED = {
    "unshare_user": "EPERM",
    "unshare_network": "EPERM",
    "clone_user": "EPERM",
    "clone_mounts_high_bits": "EPERM",
    "clone3_namespaces": "ENOSYS",
    "setns_of_first_process": "EPERM",
    "mount_memory": "EPERM",
    "mount_root_writable": "EPERM",
    "mount_read_only_writable": "EPERM",
    "mount_process_list": "EPERM",
    "unmount_kernel_settings": "EPERM",
    "pivot": "EPERM",
    "change_root": "EPERM",
    "open_tree_clone": "EPERM",
    "open_file_system": "EPERM",
    "move_a_mount": "EPERM",
    "set_mount_attributes": "EPERM",
    "trace_me": "EPERM",
    "attach_to_first_process": "EPERM",
    "read_memory_of_first_process": "EPERM",
    "take_over_first_process": "harmless",
    "add_a_key": "EPERM",
    "ask_for_a_key": "EPERM",
    "join_session_keyring": "EPERM",
    "load_bpf": "EPERM",
    "open_performance_event": "EPERM",
    "user_fault": "EPERM",
    "io_uring": "EPERM",
    "name_a_handle": "EPERM",
    "open_a_handle": "EPERM",
    "watch_file_system": "EPERM",
    "executable_memory_personality": "EPERM",
    "secret_memory": "EPERM",
    "take_a_descriptor": "EPERM",
    "load_a_module": "EPERM",
    "load_a_kernel": "EPERM",
    "swap_on": "EPERM",
    "restart": "EPERM",
    "set_the_clock": "EPERM",
    "rename_the_host": "EPERM",
    "type_into_terminal": "EPERM",
    "type_into_terminal_high_bits": "EPERM",
    "type_into_console": "EPERM",
    "netlink": "EAFNOSUPPORT",
    "packets": "EAFNOSUPPORT",
    "raw_ip": "EPERM",
    "virtual_machine_socket": "EAFNOSUPPORT",
    "kernel_crypto": "EAFNOSUPPORT",
    "core_pattern": "EROFS",
    "kernel_host_name": "EROFS",
    "interrupt_affinity": "EROFS",
    "system_request": "EACCES" if Path("/proc/sysrq-trigger").exists() else "ENOENT",
    "pressure_trigger": "EROFS",
    "kernel_keys": "EACCES",
    "kernel_allocations": "EACCES",
    "root_of_first_process": "harmless",
    "write_to_root": "EROFS",
    "write_to_etc": "EROFS",
    "write_to_devices": "EROFS",
    "write_to_system": "EROFS",
    "write_to_read_only": "EROFS",
    "make_a_device": "EPERM",
    "open_the_disk": "ENOENT",
    "open_physical_memory": "ENOENT",
    "become_root": "EINVAL",
    "setuid_program": "harmless",
    "spare_me_from_oom": "EACCES",
    "raise_limits": "EPERM",
    "be_preferred": "EACCES",
    "realtime": "EPERM",
    "kill_the_world": "harmless",
    "run_from_memory": "harmless",
    "other_architecture": "SIGSYS",
    "second_numbering": "ENOSYS",
}


@pytest.fixture(scope="module")
def outcomes(walls: Bubblewrap, hostile: Callable[..., Command], tmp_path_factory) -> Mapping[str, str]:
    shown = tmp_path_factory.mktemp("shown")
    command = hostile("escape.py", json.dumps(KNOWN), str(shown), *TRIED)
    finished = walls.run(
        Command(command.argv, command.tree, command.mount, read_only=(*command.read_only, shown), limits=command.limits)
    )
    assert (finished.ended, finished.exit_code) == (Ended.EXITED, 0), finished.stderr.decode()
    assert list(shown.iterdir()) == []
    return json.loads(finished.report)


@pytest.mark.parametrize(("attempt", "expected"), EXPECTED.items(), ids=EXPECTED)
def test_attempt_is_refused_or_gains_nothing(outcomes: Mapping[str, str], attempt: str, expected: str) -> None:
    assert outcomes[attempt] == expected


@pytest.mark.parametrize("call", TRIED)
def test_refused_call_is_refused_even_without_arguments(outcomes: Mapping[str, str], call: str) -> None:
    assert outcomes[f"refused:{call}"] == "EPERM"


def test_every_attempt_of_the_program_has_its_assertion(outcomes: Mapping[str, str]) -> None:
    assert {name for name in outcomes if not name.startswith("refused:")} == set(EXPECTED)


def test_kernel_setting_of_the_host_is_what_it_was(outcomes: Mapping[str, str]) -> None:
    assert "|" not in Path("/proc/sys/kernel/core_pattern").read_text()
