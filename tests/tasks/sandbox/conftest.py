"""The real sandbox of this machine; a machine that cannot offer one fails, and the error names the cure."""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fixers.runner.sandbox import Command, Finished, Limits
from tasks.sandbox.bubblewrap import Bubblewrap
from tasks.sandbox.choose import sandbox

HOSTILE = Path(__file__).parents[2] / "hostile"
SMALL = Limits(
    wall_seconds=10,
    cpu_seconds=10,
    memory_bytes=128 << 20,
    processes=48,
    file_bytes=16 << 20,
    scratch_bytes=64 << 20,
    output_bytes=1 << 20,
    report_bytes=1 << 20,
)


@pytest.fixture(scope="session")
def walls() -> Bubblewrap:
    found = sandbox()
    assert isinstance(found, Bubblewrap)
    return found


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    place = tmp_path / "tree"
    place.mkdir()
    (place / "hello.txt").write_text("hello\n")
    return place


@pytest.fixture(scope="session")
def hostile() -> Callable[..., Command]:
    """Make the command that runs a program of the zoo: `hostile("spy.py", "argument", wall_seconds=2)`."""

    def make(program: str, *arguments: str, **limits: float) -> Command:
        return Command(
            argv=(sys.executable, "-I", "-S", program, *arguments),
            tree=HOSTILE,
            mount="/work/zoo",
            read_only=(Path(sys.prefix), Path(sys.base_prefix)),
            limits=replace(SMALL, **limits),
        )

    return make


@pytest.fixture
def shell(walls: Bubblewrap, tree: Path) -> Callable[..., Finished]:
    """Run a shell script in the sandbox over `tree`."""

    def run(script: str, *arguments: str, stdin: bytes = b"", **limits: float) -> Finished:
        argv = ("/bin/sh", "-c", script, "sh", *arguments)
        return walls.run(Command(argv, tree, "/work/project", stdin=stdin, limits=replace(SMALL, **limits)))

    return run


class Marker:
    """A word on the command line of a hostile program, by which its survivors are known."""

    def __init__(self) -> None:
        self.word = f"marker-{uuid.uuid4().hex}"

    def survivors(self, seconds: float = 2.0) -> list[str]:
        """Return the processes of this machine that carry the word, after giving them time to be reaped."""
        deadline = time.monotonic() + seconds
        while (alive := self._alive()) and time.monotonic() < deadline:
            time.sleep(0.02)
        return alive

    def _alive(self) -> list[str]:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if self.word.encode() in (process / "cmdline").read_bytes():
                    found.append(process.name)
            except OSError:
                continue
        return found


@pytest.fixture
def marker() -> Marker:
    return Marker()
