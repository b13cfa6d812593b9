"""The system call filter: a small assembler for classic BPF, and the rules.

The filter is a list of refusals. Namespaces and dropped capabilities already
stop most of these calls; the filter stops them one layer earlier, before a
kernel bug in the call itself can be reached. Calls that ordinary test suites
make are left alone.
"""

from __future__ import annotations

import errno
import struct

from tasks.sandbox.syscalls import Machine, number

REFUSED = (
    # Namespaces, mounts and roots: the walls of the sandbox itself.
    *("unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "open_tree", "open_tree_attr", "move_mount"),
    *("fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "quotactl", "quotactl_fd", "acct"),
    # Other processes: their memory, their descriptors.
    *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd"),
    *("move_pages", "migrate_pages"),
    # Keyrings are not namespaced by user in every kernel.
    *("add_key", "request_key", "keyctl"),
    # Large attack surfaces that no unit test needs.
    *("bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("fanotify_init", "name_to_handle_at", "open_by_handle_at", "memfd_secret", "modify_ldt", "lookup_dcookie"),
    # The machine as a whole.
    *("kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "create_module"),
    *("query_module", "get_kernel_syms", "swapon", "swapoff", "reboot", "syslog", "settimeofday", "clock_settime"),
    *("clock_adjtime", "adjtimex", "sethostname", "setdomainname", "ioperm", "iopl", "vhangup", "uselib"),
    *("nfsservctl", "_sysctl"),
)
"""Answered with EPERM whatever their arguments."""

NEW_NAMESPACES = 0x7E020000
"""CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET; `clone` has no NEWTIME."""
SOCKET_FAMILIES = (1, 2, 10)
"""AF_UNIX, AF_INET, AF_INET6. The C library's resolver works without AF_NETLINK."""
PERSONALITIES = (0x0, 0x8, 0x20000, 0x20008, 0xFFFFFFFF)
"""Linux, 32-bit addresses, the old version number, both, and the question which one is set."""
REFUSED_IOCTLS = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX type into the terminal of whoever started us."""

_LOAD, _JUMP_EQUAL, _JUMP_ABOVE, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_KILL, _ALLOW, _ERRNO = 0x80000000, 0x7FFF0000, 0x00050000
_NUMBER, _ARCHITECTURE = 0, 4
_X32 = 0x40000000

Instruction = tuple[int, int, int, int]
"""Code, jump when true, jump when false, operand: one `struct sock_filter`."""


def seccomp_filter(machine: Machine) -> bytes:
    """Assemble the filter of one machine, ready for `bwrap --seccomp`.

    A call made through a foreign architecture kills the process. `clone3` is
    answered with ENOSYS, so that the C library falls back to `clone`, whose
    flags a filter can read.
    """
    program = [*_native_only(machine)]
    for call in REFUSED:
        program += _when(machine, call, [_refuse(errno.EPERM)])
    program += _when(machine, "clone3", [_refuse(errno.ENOSYS)])
    program += _when(machine, "clone", _unless_flags(NEW_NAMESPACES))
    program += _when(machine, "personality", _only(0, PERSONALITIES, errno.EPERM))
    for call in ("socket", "socketpair"):
        program += _when(machine, call, _only(0, SOCKET_FAMILIES, errno.EAFNOSUPPORT))
    program += _when(machine, "ioctl", _never(1, REFUSED_IOCTLS))
    program.append(_return(_ALLOW))
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in program)


def _native_only(machine: Machine) -> list[Instruction]:
    program = [_load(_ARCHITECTURE), (_JUMP_EQUAL, 1, 0, machine.audit), _return(_KILL), _load(_NUMBER)]
    if machine.x32:
        program += [(_JUMP_ABOVE, 0, 1, _X32), _refuse(errno.ENOSYS)]
    return program


def _when(machine: Machine, call: str, then: list[Instruction]) -> list[Instruction]:
    """Run `then`, which must end in a return on every path, if the call is this one."""
    wanted = number(machine, call)
    return [] if wanted is None else [(_JUMP_EQUAL, 0, len(then), wanted), *then]


def _unless_flags(flags: int) -> list[Instruction]:
    return [_load_argument(0), (_JUMP_SET, 0, 1, flags), _refuse(errno.EPERM), _return(_ALLOW)]


def _only(argument: int, allowed: tuple[int, ...], error: int) -> list[Instruction]:
    checks = [(_JUMP_EQUAL, len(allowed) - index, 0, value) for index, value in enumerate(allowed)]
    return [_load_argument(argument), *checks, _refuse(error), _return(_ALLOW)]


def _never(argument: int, refused: tuple[int, ...]) -> list[Instruction]:
    checks = [(_JUMP_EQUAL, len(refused) - index, 0, value) for index, value in enumerate(refused)]
    return [_load_argument(argument), *checks, _return(_ALLOW), _refuse(errno.EPERM)]


def _load_argument(index: int) -> Instruction:
    # The low half only: the kernel itself cuts these arguments to 32 bits, so the high half must not matter.
    return _load(16 + 8 * index)


def _load(offset: int) -> Instruction:
    return (_LOAD, 0, 0, offset)


def _return(value: int) -> Instruction:
    return (_RETURN, 0, 0, value)


def _refuse(error: int) -> Instruction:
    return _return(_ERRNO | error)
