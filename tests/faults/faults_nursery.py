"""A process with everything imported, of which servers are forked; and what any of them leaves behind is seen.

Reads lines of JSON on standard input and answers each with one on standard output.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_PR_SET_CHILD_SUBREAPER = 36


class Nursery:
    """The forking process, as its user sees it."""

    def __init__(self, temporary: Path) -> None:
        temporary.mkdir(exist_ok=True)
        root = Path(__file__).parents[2]
        environment = {**os.environ, "PYTHONPATH": str(root), "TMPDIR": str(temporary)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
            bufsize=1,
            cwd=temporary,
        )

    def start(self, environment: Mapping[str, str], logs: Path, copies: Mapping[str, int]) -> int:
        """Fork a supervisor with its roles; return its process id."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"environment": dict(environment), "logs": str(logs), "copies": dict(copies)}
        self._process.stdin.write(json.dumps(order) + "\n")
        return int(self._process.stdout.readline())

    def descendants(self) -> dict[int, str]:
        """Return every process that comes from here: id and command."""
        return dict(_below(self._process.pid, _parents()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        left = self.descendants()
        self._process.kill()
        self._process.wait()
        for pid in left:
            os.kill(pid, signal.SIGKILL)


def _parents() -> dict[int, int]:
    found = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                fields = (process / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z":
                found[int(process.name)] = int(fields[1])
    return found


def _below(parent: int, parents: Mapping[int, int]) -> Iterator[tuple[int, str]]:
    for pid in [pid for pid, above in parents.items() if above == parent]:
        try:
            yield pid, Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        yield from _below(pid, parents)


def _serve(lines: Sequence[str] | Iterator[str]) -> None:
    from faults_roles import supervise  # noqa: PLC0415 - imported by the process that forks, not by its user

    assert threading.active_count() == 1, "a fork would lose the other threads"
    # Grandchildren whose parent was killed come to this process and to no other, and are forgotten when they end.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in lines:
        order = json.loads(line)
        pid = os.fork()
        if not pid:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            try:
                supervise(order["environment"], Path(order["logs"]), order["copies"])
            finally:
                os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve(iter(sys.stdin.readline, ""))
