"""The filter, run by a small interpreter of classic BPF, for both machines on any machine."""

from __future__ import annotations

import errno
import struct

import pytest

from tasks.sandbox.seccomp import REFUSED, seccomp_filter
from tasks.sandbox.syscalls import AARCH64, MACHINES, NUMBERS, X86_64, Machine, number

ALLOW, KILL = "allow", "kill"
HARMLESS = {"x86_64": {"read": 0, "execve": 59, "fork": 57}, "aarch64": {"read": 63, "execve": 221}}


def interpret(program: bytes, call: int, arguments: tuple[int, ...] = (), *, audit: int) -> str:
    """Run the filter as the kernel does and name its answer."""
    padded = (*arguments, *[0] * (6 - len(arguments)))
    data = struct.pack("<iIQ6Q", call if call < 1 << 31 else call - (1 << 32), audit, 0, *padded)
    steps = list(struct.iter_unpack("<HBBI", program))
    at, register = 0, 0
    while True:
        code, yes, no, operand = steps[at]
        at += 1
        match code:
            case 0x20:
                (register,) = struct.unpack_from("<I", data, operand)
            case 0x15:
                at += yes if register == operand else no
            case 0x35:
                at += yes if register >= operand else no
            case 0x45:
                at += yes if register & operand else no
            case 0x06:
                return {0x7FFF0000: ALLOW, 0x80000000: KILL}.get(operand) or errno.errorcode[operand & 0xFFFF]
            case _:
                raise AssertionError(f"unknown instruction {code:#x}")


def answer(machine: Machine, call: str, *arguments: int) -> str:
    wanted = number(machine, call)
    assert wanted is not None
    return interpret(seccomp_filter(machine), wanted, arguments, audit=machine.audit)


CASES = [
    ("unshare", (0,), "EPERM"),
    ("ptrace", (), "EPERM"),
    ("clone3", (), "ENOSYS"),
    ("clone", (17,), ALLOW),
    ("clone", (0x3D0F00,), ALLOW),
    ("clone", (0x10000000,), "EPERM"),
    ("clone", (0x20000 | 17,), "EPERM"),
    ("clone", (0x40000000 | 17,), "EPERM"),
    ("clone", (0x2000000,), "EPERM"),
    ("clone", ((1 << 40) | 0x20000000,), "EPERM"),
    ("clone", (0x20000 << 32,), ALLOW),
    ("personality", (0,), ALLOW),
    ("personality", (0xFFFFFFFF,), ALLOW),
    ("personality", (0x20008,), ALLOW),
    ("personality", (0x0040000,), "EPERM"),
    ("personality", (0x0400000,), "EPERM"),
    ("socket", (1, 1), ALLOW),
    ("socket", (2, 1), ALLOW),
    ("socket", (10, 1), ALLOW),
    ("socket", (16, 3), "EAFNOSUPPORT"),
    ("socket", (17, 3), "EAFNOSUPPORT"),
    ("socket", (38, 5), "EAFNOSUPPORT"),
    ("socket", (40, 1), "EAFNOSUPPORT"),
    ("socket", ((1 << 32) | 16, 3), "EAFNOSUPPORT"),
    ("socketpair", (1, 1), ALLOW),
    ("socketpair", (30, 1), "EAFNOSUPPORT"),
    ("ioctl", (0, 0x5401), ALLOW),
    ("ioctl", (0, 0x5412), "EPERM"),
    ("ioctl", (0, 0x541C), "EPERM"),
    ("ioctl", (0, (1 << 32) | 0x5412), "EPERM"),
]


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
@pytest.mark.parametrize(("call", "arguments", "expected"), CASES, ids=[f"{c}-{a}-{e}" for c, a, e in CASES])
def test_answer_depends_on_call_and_arguments(
    machine: Machine, call: str, arguments: tuple[int, ...], expected: str
) -> None:
    assert answer(machine, call, *arguments) == expected


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_refused_calls_are_refused_and_ordinary_ones_are_not(machine: Machine) -> None:
    assert {answer(machine, call) for call in REFUSED if number(machine, call) is not None} == {"EPERM"}
    program = seccomp_filter(machine)
    assert {interpret(program, call, audit=machine.audit) for call in HARMLESS[machine.name].values()} == {ALLOW}


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_everything_that_no_table_names_is_allowed(machine: Machine) -> None:
    """A denylist must not catch a neighbour by a jump that is one too short."""
    program, named = seccomp_filter(machine), {number(machine, call) for call in NUMBERS}
    others = set(range(500)) - named
    assert {interpret(program, call, audit=machine.audit) for call in others} == {ALLOW}


def test_foreign_architecture_is_killed() -> None:
    assert interpret(seccomp_filter(X86_64), 20, audit=0x40000003) == KILL
    assert interpret(seccomp_filter(AARCH64), 20, audit=X86_64.audit) == KILL


@pytest.mark.parametrize("call", [0x40000000, 0x40000000 + 272, 0xFFFFFFFF], ids=["read", "unshare", "minus-one"])
def test_x32_numbers_do_not_exist(call: int) -> None:
    assert interpret(seccomp_filter(X86_64), call, audit=X86_64.audit) == "ENOSYS"
