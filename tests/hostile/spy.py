"""Prints everything it can find about the machine it runs on; standard library only.

Arguments as JSON: which processes to look at (all when empty), where to look for
files, and what to leave out there.
"""
# ruff: noqa: PTH118, PTH123, PTH208, T201 - an attacker writes to raw paths and survives what stops it

import json
import os
import sys

PROCESSES, TOPS, LEFT_OUT = (json.loads(argument) for argument in sys.argv[1:4])


def read(path):
    try:
        with open(path, "rb") as file:
            sys.stdout.buffer.write(path.encode() + b": " + file.read(1 << 16) + b"\n")
    except OSError:
        pass


for name, value in os.environ.items():
    print(f"{name}={value}")
sys.stdout.flush()
for process in PROCESSES or (name for name in os.listdir("/proc") if name.isdigit()):
    for file in ("environ", "cmdline", "maps", "mountinfo"):
        read(f"/proc/{process}/{file}")
for top in TOPS:
    for directory, _, files in os.walk(top):
        if not directory.startswith(tuple(LEFT_OUT)):
            for file in files:
                read(os.path.join(directory, file))
try:
    # Beneath the end of the stack of PID 1 stood the environment it was started with.
    with open("/proc/1/maps") as maps, open("/proc/1/mem", "rb", buffering=0) as memory:
        for line in maps:
            if line.rstrip().endswith(("[stack]", "[heap]")):
                start, end = (int(part, 16) for part in line.split()[0].split("-"))
                memory.seek(start)
                sys.stdout.buffer.write(memory.read(end - start))
except OSError:
    pass
