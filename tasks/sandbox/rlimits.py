"""Limits that the kernel keeps per process, set by `prlimit` before it becomes the command.

`prlimit` and not `preexec_fn`: Python code between fork and exec may deadlock in
a worker that has threads.
"""

from __future__ import annotations

import resource
from pathlib import Path

from fixers.runner.sandbox import Limits

CPU_GRACE = 5
"""Seconds between SIGXCPU, which a process may ignore, and SIGKILL, which it may not."""
_DESCRIPTORS = 4096


def prlimit_arguments(prlimit: Path, limits: Limits, *, address_space: bool) -> tuple[str, ...]:
    """Return the words to put in front of a command; `address_space` caps memory where no cgroup does."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    descriptors = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(_DESCRIPTORS, hard)
    return (
        str(prlimit),
        f"--cpu={limits.cpu_seconds}:{limits.cpu_seconds + CPU_GRACE}",
        f"--fsize={limits.file_bytes}",
        "--core=0",
        f"--nofile={descriptors}",
        *((f"--as={limits.memory_bytes}",) if address_space else ()),
    )


def process_count_arguments(prlimit: Path, limits: Limits) -> tuple[str, ...]:
    """Return the words that cap processes, for use inside the sandbox, whose user namespace has its own count."""
    return (str(prlimit), f"--nproc={limits.processes}")
