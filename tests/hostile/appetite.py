"""Takes more than its share: of processes, memory, disk, output, time. Standard library only."""
# ruff: noqa: FURB122, PTH123, PTH202, PTH208 - an attacker writes to raw paths and survives what stops it

import ctypes
import os
import signal
import sys
import time


def fork_without_end():
    while True:
        try:
            os.fork()
        except OSError:
            time.sleep(0.001)


def count_forks():
    """Exit with the number of processes that could live at once."""
    for number in range(200):
        try:
            if os.fork() == 0:
                time.sleep(60)
        except OSError:
            raise SystemExit(number) from None


def one_large_file():
    """Ten gigabytes, until somebody says no."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    block = b"x" * (1 << 20)
    with open("large", "wb", buffering=0) as file:
        for _ in range(10 << 10):
            file.write(block)


def many_large_files():
    block = b"x" * (1 << 20)
    for number in range(10 << 10):
        place = (".", "/tmp", "/dev/shm", os.environ["HOME"])[number % 4]
        try:
            with open(f"{place}/large-{number}", "wb") as file:
                file.write(block)
        except OSError:
            continue
    raise SystemExit(sum(os.path.getsize(f"{place}/{name}") for place in (".", "/tmp", "/dev/shm", os.environ["HOME"])
                         for name in os.listdir(place) if name.startswith("large-")) >> 20)  # fmt: skip


def many_files():
    for number in range(1_000_000):
        with open(f"/tmp/{number}", "w"):
            pass


def sparse_file():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    os.truncate(os.open("sparse", os.O_CREAT | os.O_RDWR), 100 << 30)


def much_memory():
    """Sixty-four gigabytes, every page touched."""
    kept = []
    while len(kept) < 64 << 10:
        kept.append(ctypes.create_string_buffer(b"x" * (1 << 20)))


def endless_output():
    block = b"x" * (1 << 16)
    while True:
        os.write(1, block)
        os.write(2, block)


def endless_report():
    descriptor = int(os.environ["GOLDSEAM_REPORT_FD"])
    block = b"x" * (1 << 16)
    while True:
        os.write(descriptor, block)


def spin():
    while True:
        pass


def spin_in_turns():
    """Each process uses less than the limit of one, all together use more."""
    while True:
        if os.fork() == 0:
            end = time.process_time() + 0.2
            while time.process_time() < end:
                pass
            os._exit(0)
        os.wait()


def ignore_signals():
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    while True:
        time.sleep(1)


def daemon():
    """Leave a grandchild in a session of its own and go."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            ignore_signals()
        os._exit(0)
    time.sleep(0.1)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
