"""The protocol: run and talk, in bubblewrap and without walls."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import SMALL

from fixers.runner.sandbox import Command, Ended, Finished, Sandbox, SandboxError
from tasks.sandbox.cgroups import writable_cgroups
from tasks.sandbox.choose import sandbox
from tasks.sandbox.export import tree_digest

ECHO = 'while read line; do echo "said $line" > /proc/self/fd/$GOLDSEAM_REPORT_FD; echo "heard $line" >&2; done'


@pytest.fixture(params=["bubblewrap", "direct"])
def either(request: pytest.FixtureRequest) -> Sandbox:
    return sandbox(trust_target=request.param == "direct")


@pytest.fixture
def run(either: Sandbox, tree: Path) -> Callable[..., Finished]:
    def shell(script: str, *arguments: str, **change: object) -> Finished:
        command = Command(("/bin/sh", "-c", script, "sh", *arguments), tree, "/work/project", limits=SMALL)
        return either.run(replace(command, **change))

    return shell


def test_streams_report_and_exit_code_come_back(run: Callable[..., Finished]) -> None:
    finished = run("cat; echo complaint >&2; printf answer > /proc/self/fd/$GOLDSEAM_REPORT_FD; exit 3", stdin=b"said")
    assert (finished.ended, finished.exit_code) == (Ended.EXITED, 3)
    assert (finished.stdout, finished.stderr, finished.report) == (b"said", b"complaint\n", b"answer")
    assert not finished.truncated


def test_large_input_and_output_do_not_block_each_other(run: Callable[..., Finished]) -> None:
    content = os.urandom(300_000)
    finished = run("tee /proc/self/fd/2", stdin=content)
    assert (finished.stdout, finished.stderr) == (content, content)


def test_input_that_nobody_reads_does_not_block(run: Callable[..., Finished]) -> None:
    assert run("exit 0", stdin=b"x" * (4 << 20)).exit_code == 0


def test_signal_is_told_from_an_exit(run: Callable[..., Finished]) -> None:
    finished = run("kill -SEGV $$")
    assert (finished.ended, finished.exit_code) == (Ended.SIGNALLED, -signal.SIGSEGV)


def test_program_that_is_not_there_is_no_error_of_the_sandbox(either: Sandbox, tree: Path) -> None:
    assert either.run(Command(("/no/such",), tree, "/work/project")).exit_code == 127


def test_tree_is_copied_and_never_written(run: Callable[..., Finished], tree: Path) -> None:
    (tree / "sub").mkdir()
    digest = tree_digest(tree)
    assert run("echo changed > ../hello.txt && cat ../hello.txt && pwd", cwd="sub").stdout.endswith(b"/sub\n")
    assert tree_digest(tree) == digest


def test_arguments_are_never_text_of_a_script(run: Callable[..., Finished], tmp_path: Path) -> None:
    hostile = f"$(touch {tmp_path}/x); `touch {tmp_path}/y`; --help"
    assert run('printf %s "$1"', hostile).stdout.decode() == hostile
    assert not {"x", "y"} & {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("argv", [("/bin/echo", "a\0b"), ("/bin/echo", "x" * (1 << 22))], ids=["nul", "too-long"])
def test_argument_that_no_process_takes_is_an_error_of_ours(either: Sandbox, tree: Path, argv: tuple[str, ...]) -> None:
    with pytest.raises(SandboxError, match="could not start"):
        either.run(Command(argv, tree, "/work/project"))


def test_missing_tree_is_an_error_of_ours(either: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="could not be started"):
        either.run(Command(("/bin/true",), tmp_path / "absent", "/work/project"))


def test_wall_limit_kills_the_group(either: Sandbox, tree: Path, marker) -> None:
    argv = ("/bin/sh", "-c", "trap '' TERM; ( sleep 60; : ) & sleep 60; :", marker.word)
    began = time.monotonic()
    finished = either.run(Command(argv, tree, "/work/project", limits=replace(SMALL, wall_seconds=0.5)))
    assert finished.ended is Ended.WALL
    assert time.monotonic() - began < 3
    assert marker.survivors() == []


def test_tree_that_does_not_fit_is_said(shell: Callable[..., Finished], tree: Path) -> None:
    (tree / "large").write_bytes(b"x" * (6 << 20))
    with pytest.raises(SandboxError, match="No space left on device"):
        shell("true", scratch_bytes=8 << 20)


def test_tree_stands_at_its_mount_and_not_without_walls(tree: Path) -> None:
    command = Command(("/bin/pwd",), tree, "/opt/somewhere/deep")
    assert sandbox().run(command).stdout == b"/opt/somewhere/deep\n"
    direct = sandbox(trust_target=True)
    assert direct.run(command).stdout.startswith(b"/tmp/goldseam-")
    assert any("not at the path of the checkout" in layer for layer in direct.layers)
    assert direct.name == "none (trusted by --trust-target)"


def test_conversation_answers_line_by_line(either: Sandbox, tree: Path) -> None:
    with either.talk(Command(("/bin/sh", "-c", ECHO), tree, "/work/project")) as conversation:
        for word in (b"one", b"two"):
            conversation.send(word)
            assert conversation.receive(5) == b"said " + word
        assert conversation.receive(0.05) is None
        assert conversation.alive
        assert b"heard two" in conversation.stderr_tail()
    assert not conversation.alive


def test_conversation_survives_what_the_target_prints(either: Sandbox, tree: Path) -> None:
    """A megabyte on each stream would fill a pipe that nobody reads."""
    script = f"head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2; {ECHO}"
    with either.talk(Command(("/bin/sh", "-c", script), tree, "/work/project")) as conversation:
        conversation.send(b"still there?")
        assert conversation.receive(5) == b"said still there?"
        assert len(conversation.stderr_tail()) <= 8 << 10


def test_conversation_ends_when_the_command_does(either: Sandbox, tree: Path) -> None:
    with either.talk(Command(("/bin/sh", "-c", "read line"), tree, "/work/project")) as conversation:
        conversation.send(b"go")
        assert conversation.receive(5) is None
        assert not conversation.alive
        with pytest.raises(BrokenPipeError):
            conversation.send(b"x" * 1_000_000)


def test_conversation_keeps_the_wall_limit(either: Sandbox, tree: Path) -> None:
    limits = replace(SMALL, wall_seconds=0.5)
    with either.talk(Command(("/bin/sleep", "60"), tree, "/work/project", limits=limits)) as conversation:
        assert conversation.receive(5) is None
        assert not conversation.alive


def test_line_without_end_is_cut_off(either: Sandbox, tree: Path) -> None:
    script = "cat /dev/zero > /proc/self/fd/$GOLDSEAM_REPORT_FD"
    limits = replace(SMALL, report_bytes=100_000)
    with either.talk(Command(("/bin/sh", "-c", script), tree, "/work/project", limits=limits)) as conversation:
        assert conversation.receive(5) is None
        assert not conversation.alive


def test_leaving_a_conversation_kills_its_group(either: Sandbox, tree: Path, marker) -> None:
    script = "( sleep 60; : ) & read line"
    with either.talk(Command(("/bin/sh", "-c", script, marker.word), tree, "/work/project")):
        pass
    assert marker.survivors() == []


def test_conversation_that_cannot_start_is_an_error(either: Sandbox, tmp_path: Path) -> None:
    with (
        pytest.raises(SandboxError, match="could not be started"),
        either.talk(Command(("/bin/true",), tmp_path / "absent", "/work/project")),
    ):
        pytest.fail("a conversation without a command")


def test_nothing_is_left_open(run: Callable[..., Finished], either: Sandbox, tree: Path) -> None:
    run("true")
    before = len(list(Path("/proc/self/fd").iterdir()))
    run("true")
    with either.talk(Command(("/bin/sh", "-c", ECHO), tree, "/work/project")):
        pass
    with pytest.raises(SandboxError):
        either.run(Command(("/bin/true",), tree / "absent", "/work/project"))
    assert len(list(Path("/proc/self/fd").iterdir())) == before


WORKER = """
import sys
from pathlib import Path
from fixers.runner.sandbox import Command
from tasks.sandbox.choose import sandbox
with sandbox().talk(Command(("/bin/sh", "-c", "sleep 60", sys.argv[2]), Path(sys.argv[1]), "/work/x")):
    print("up", flush=True)
    sys.stdin.read()
"""


def test_sandbox_dies_with_a_worker_that_is_killed(tree: Path, marker) -> None:
    worker = subprocess.Popen(
        (sys.executable, "-c", WORKER, tree, marker.word), stdout=subprocess.PIPE, stdin=subprocess.PIPE
    )
    with worker:
        assert worker.stdout.readline() == b"up\n"
        assert len(marker.survivors(0)) > 1
        worker.kill()
    assert marker.survivors() == []
    # Its cgroup could not be removed by a dead worker; the next one finds it.
    found = writable_cgroups()
    assert found is None or [left for _, base in found.bases for left in base.glob(f"goldseam-{worker.pid}-*")] == []
