"""Tries to break out of the sandbox, one attempt a function; standard library only.

An attempt raises OSError when it was refused, returns "harmless" when it may
succeed but gains nothing, and returns anything else when it got through.
Each runs in a process of its own, so that one that is killed says so.
"""
# ruff: noqa: BLE001, PTH101, PTH118, PTH123, PTH208 - an attacker writes to raw paths and survives what stops it

import ctypes
import errno
import fcntl
import json
import mmap
import os
import platform
import resource
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile

LIBC = ctypes.CDLL(None, use_errno=True)
NUMBERS = json.loads(sys.argv[1])
READ_ONLY = sys.argv[2]
NEWNS, NEWUSER, NEWPID, NEWNET = 0x20000, 0x10000000, 0x20000000, 0x40000000
MS_REMOUNT_BIND = 32 | 4096


def call(name, *arguments):
    """Make a raw system call, every argument a whole register wide."""
    LIBC.syscall.restype = ctypes.c_long
    wide = [argument if isinstance(argument, ctypes.Array) else ctypes.c_ulong(argument) for argument in arguments]
    result = LIBC.syscall(ctypes.c_long(NUMBERS[name]), *wide)
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return f"{name} returned {result}"


def text(value):
    return ctypes.create_string_buffer(value.encode())


def write(path, content="1"):
    with open(path, "w") as file:
        file.write(content)
    return f"wrote {path}"


def unshare_user():
    return call("unshare", NEWUSER)


def unshare_network():
    return call("unshare", NEWNET)


def clone_user():
    return call("clone", NEWUSER | signal.SIGCHLD, 0, 0, 0, 0)


def clone_mounts_high_bits():
    return call("clone", (0xFFFF << 32) | NEWNS | NEWPID | signal.SIGCHLD, 0, 0, 0, 0)


def clone3_namespaces():
    return call("clone3", ctypes.create_string_buffer(struct.pack("<8Q", NEWUSER, 0, 0, 0, 17, 0, 0, 0)), 64)


def setns_of_first_process():
    return call("setns", os.open("/proc/1/ns/mnt", os.O_RDONLY), 0)


def mount_memory():
    return call("mount", text("none"), text("/tmp"), text("tmpfs"), 0, 0)


def mount_root_writable():
    return call("mount", text("none"), text("/"), text(""), MS_REMOUNT_BIND, 0)


def mount_read_only_writable():
    return call("mount", text("none"), text(READ_ONLY), text(""), MS_REMOUNT_BIND, 0)


def mount_process_list():
    return call("mount", text("proc"), text("/tmp"), text("proc"), 0, 0)


def unmount_kernel_settings():
    return call("umount2", text("/proc/sys"), 2)


def pivot():
    return call("pivot_root", text("/tmp"), text("/tmp"))


def change_root():
    return call("chroot", text("/tmp"))


def open_tree_clone():
    return call("open_tree", 2**32 - 100, text("/"), 1)


def open_file_system():
    return call("fsopen", text("tmpfs"), 0)


def move_a_mount():
    return call("move_mount", 2**32 - 100, text("/tmp"), 2**32 - 100, text("/home"), 0)


def set_mount_attributes():
    return call("mount_setattr", 2**32 - 100, text("/"), 0, text("\0" * 32), 32)


def trace_me():
    return call("ptrace", 0, 0, 0, 0)


def attach_to_first_process():
    return call("ptrace", 16, 1, 0, 0)


def read_memory_of_first_process():
    return call("process_vm_readv", 1, 0, 0, 0, 0, 0)


def take_over_first_process():
    """PID 1 may be written to, and has neither a capability, nor a secret, nor another filter."""
    with open("/proc/1/mem", "r+b", buffering=0), open("/proc/1/status") as file:
        status = dict(line.split(":\t", 1) for line in file.read().splitlines())
    with open("/proc/1/environ") as file:
        bare = file.read().strip("\0") == "PWD=/"
    powerless = int(status["CapPrm"], 16) == 0 and (status["Seccomp"], status["NoNewPrivs"]) == ("2", "1")
    return "harmless" if powerless and bare else repr(status)


def add_a_key():
    return call("add_key", text("user"), text("a"), text("b"), 1, 2**32 - 2)


def ask_for_a_key():
    return call("request_key", text("user"), text("a"), 0, 0)


def join_session_keyring():
    return call("keyctl", 1, 0, 0, 0, 0)


def load_bpf():
    return call("bpf", 0, text("\0" * 64), 64)


def open_performance_event():
    return call("perf_event_open", text("\0" * 128), 0, 2**32 - 1, 2**32 - 1, 0)


def user_fault():
    return call("userfaultfd", 1)


def io_uring():
    return call("io_uring_setup", 8, text("\0" * 128))


def name_a_handle():
    return call("name_to_handle_at", 2**32 - 100, text("/"), text("\0" * 256), text("\0" * 8), 0)


def open_a_handle():
    return call("open_by_handle_at", 2**32 - 100, text("\0" * 64), 0)


def watch_file_system():
    return call("fanotify_init", 0, 0)


def executable_memory_personality():
    return call("personality", 0x0400000)


def secret_memory():
    return call("memfd_secret", 0)


def take_a_descriptor():
    return call("pidfd_getfd", os.pidfd_open(1), 0, 0)


def load_a_module():
    return call("init_module", text("x"), 1, text(""))


def load_a_kernel():
    return call("kexec_load", 0, 0, 0, 0)


def swap_on():
    return call("swapon", text("/tmp/x"), 0)


def restart():
    return call("reboot", 0xFEE1DEAD, 672274793, 0x89ABCDEF, 0)


def set_the_clock():
    return call("settimeofday", text(struct.pack("<qq", 1, 0).decode("latin-1")), 0)


def rename_the_host():
    socket.sethostname("elsewhere")
    return "renamed"


def type_into_terminal():
    fcntl.ioctl(os.openpty()[1], 0x5412, b"x")
    return "typed"


def type_into_terminal_high_bits():
    return call("ioctl", os.openpty()[1], (1 << 32) | 0x5412, text("x"))


def type_into_console():
    fcntl.ioctl(os.openpty()[1], 0x541C, b"\3")
    return "typed"


def netlink():
    return repr(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0))


def packets():
    return repr(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))


def raw_ip():
    return repr(socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))


def virtual_machine_socket():
    return repr(socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM))


def kernel_crypto():
    return repr(socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET, 0))


def core_pattern():
    with open("/proc/sys/kernel/core_pattern") as file:
        same = file.read()
    return write("/proc/sys/kernel/core_pattern", same)


def kernel_host_name():
    return write("/proc/sys/kernel/hostname", "x")


def interrupt_affinity():
    return write("/proc/irq/default_smp_affinity", "1")


def system_request():
    return write("/proc/sysrq-trigger", "h")


def pressure_trigger():
    return write("/proc/pressure/memory", "some 150000 1000000")


def kernel_keys():
    with open("/proc/keys") as file:
        return file.read()


def kernel_allocations():
    with open("/proc/vmallocinfo") as file:
        return file.read(100)


def root_of_first_process():
    # The same root as ours: nothing of the host may be in it.
    return "harmless" if sorted(os.listdir("/proc/1/root/")) == sorted(os.listdir("/")) else "another root"


def write_to_root():
    return write("/planted")


def write_to_etc():
    return write("/etc/passwd", "root::0:0::/:/bin/sh\n")


def write_to_devices():
    return write("/dev/planted")


def write_to_system():
    return write("/usr/planted")


def write_to_read_only():
    return write(os.path.join(READ_ONLY, "planted"))


def make_a_device():
    os.mknod("/tmp/disk", stat.S_IFBLK | 0o600, os.makedev(254, 0))
    return "made"


def open_the_disk():
    return str(os.open("/dev/vda", os.O_RDONLY))


def open_physical_memory():
    return str(os.open("/dev/mem", os.O_RDONLY))


def become_root():
    os.setuid(0)
    return "root"


def setuid_program():
    with open("/usr/bin/id", "rb") as source, open("/tmp/id", "wb") as copy:
        copy.write(source.read())
    os.chmod("/tmp/id", 0o4755)
    shown = subprocess.run(["/tmp/id", "-u"], capture_output=True, text=True, check=True).stdout.strip()
    return "harmless" if int(shown) == os.getuid() else f"uid {shown}"


def spare_me_from_oom():
    return write("/proc/self/oom_score_adj", "-1000")


def raise_limits():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard + 1))
    except ValueError as error:
        raise OSError(errno.EPERM, "limit") from error
    return "raised"


def be_preferred():
    os.setpriority(os.PRIO_PROCESS, 0, -20)
    return "preferred"


def realtime():
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    return "realtime"


def kill_the_world():
    # Outside our process namespace there is nobody to name; PID 1 inside ignores us.
    os.kill(1, signal.SIGKILL)
    return "harmless"


def run_from_memory():
    """A program without a file runs, and stays under the same filter."""
    memory = os.memfd_create("x", 0)
    with open("/usr/bin/grep", "rb") as source:
        os.write(memory, source.read())
    shown = subprocess.run(
        [f"/proc/self/fd/{memory}", "Seccomp:", "/proc/self/status"],
        capture_output=True, text=True, check=True, pass_fds=(memory,),
    ).stdout  # fmt: skip
    return "harmless" if shown.split() == ["Seccomp:", "2"] else shown


def other_architecture():
    """getpid through the 32-bit gate of x86, which the numbers of the filter do not describe."""
    if platform.machine() != "x86_64":
        os.kill(os.getpid(), signal.SIGSYS)
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
    address = ctypes.addressof(ctypes.c_char.from_buffer(code))
    return f"pid {ctypes.CFUNCTYPE(ctypes.c_int)(address)()}"


def second_numbering():
    """unshare through the x32 numbers."""
    if platform.machine() != "x86_64":
        raise OSError(errno.ENOSYS, "x32")
    result = LIBC.syscall(ctypes.c_long(0x40000000 + NUMBERS["unshare"]), ctypes.c_ulong(NEWUSER))
    if result < 0:
        raise OSError(ctypes.get_errno(), "x32")
    return "unshared"


def outcome(attempt):
    """Run an attempt in a child and say how it went."""
    read, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            said = attempt() or "returned nothing"
        except OSError as error:
            said = errno.errorcode.get(error.errno or 0, repr(error))
        except BaseException as error:
            said = repr(error)
        os.write(write_end, said.encode()[:500])
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read, "rb") as pipe:
        said = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    return signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else said


ATTEMPTS = [
    value
    for name, value in list(globals().items())
    if callable(value)
    and getattr(value, "__module__", "") == "__main__"
    and name not in {"call", "text", "write", "outcome"}
]

if __name__ == "__main__":
    os.chdir(tempfile.gettempdir())
    report = {attempt.__name__: outcome(attempt) for attempt in ATTEMPTS}
    report.update({f"refused:{name}": outcome(lambda name=name: call(name, *[0] * 6)) for name in sys.argv[3:]})
    with os.fdopen(int(os.environ["GOLDSEAM_REPORT_FD"]), "w") as answer:
        json.dump(report, answer)
