"""What repository code must not see, reach or leave behind."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fixers.runner.sandbox import Command, Finished
from tasks.sandbox.bubblewrap import Bubblewrap
from tasks.sandbox.export import export_directory, read_back, tree_digest

CANARY = "canary-5f0c1d7e"
LOCAL_CALLS = ("tcp", "udp", "unix", "abstract")
FAR_CALLS = ("tcp6", "dns", "metadata", "outside", "lookup")


def test_no_secret_of_the_worker_is_visible(
    walls: Bubblewrap, hostile: Callable[..., Command], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Environment, every /proc/*/environ, memory of PID 1, other people's temporary files."""
    monkeypatch.setenv("GOLDSEAM_WEBHOOK_SECRET", CANARY)
    (tmp_path / "app.pem").write_text(CANARY)
    tops = ["/run", "/tmp", "/root", "/home", "/var", "/etc", "/srv", "/mnt"]
    left_out = ["/etc/alternatives", "/run/goldseam", sys.base_prefix, sys.prefix]
    finished = walls.run(hostile("spy.py", "[]", json.dumps(tops), json.dumps(left_out)))
    assert b"LANG=C.UTF-8" in finished.stdout, "the spy saw nothing at all"
    assert b"goldseam:x:1000" in finished.stdout
    assert CANARY.encode() not in finished.stdout
    assert not finished.truncated


def test_the_spy_finds_the_secret_where_there_is_no_wall(tmp_path: Path) -> None:
    spy = Path(__file__).parents[2] / "hostile" / "spy.py"
    (tmp_path / "app.pem").write_text("in a file")
    shown = subprocess.run(
        (sys.executable, "-I", spy, '["self"]', json.dumps([str(tmp_path)]), "[]"),
        env={"SECRET": CANARY}, capture_output=True, check=True, timeout=30,
    ).stdout  # fmt: skip
    assert b"/proc/self/environ: SECRET=" + CANARY.encode() in shown
    assert b"in a file" in shown


def test_environment_is_what_was_given_and_those_promised(walls: Bubblewrap, tree: Path) -> None:
    script = "import os, sys; print(sorted(os.environ))"
    command = Command((sys.executable, "-I", "-c", script), tree, "/work/x", environment={"CI": "1"})
    finished = walls.run(replace(command, read_only=(Path(sys.prefix), Path(sys.base_prefix))))
    assert finished.stdout.decode().strip() == repr(["CI", "GOLDSEAM_REPORT_FD", "HOME", "LANG", "PATH", "TMPDIR"])


class Listeners:
    """Somebody on the host who must never be called."""

    def __init__(self, directory: Path) -> None:
        self.calls: list[str] = []
        self.path, self.abstract = str(directory / "s"), f"goldseam-{uuid.uuid4().hex}"
        self._open = [
            self._listen("tcp", socket.AF_INET, ("127.0.0.1", 0)),
            self._listen("unix", socket.AF_UNIX, self.path),
            self._listen("abstract", socket.AF_UNIX, f"\0{self.abstract}"),
        ]
        self.port = self._open[0].getsockname()[1]
        self.datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.datagrams.bind(("127.0.0.1", 0))
        self.datagrams.settimeout(0.1)

    def _listen(self, name: str, family: int, address: object) -> socket.socket:
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.bind(address)
        listener.listen()
        threading.Thread(target=self._answer, args=(name, listener), daemon=True).start()
        return listener

    def _answer(self, name: str, listener: socket.socket) -> None:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            self.calls.append(name)
            caller.recv(10)
            caller.close()

    @property
    def arguments(self) -> tuple[str, ...]:
        return (str(self.port), str(self.datagrams.getsockname()[1]), self.path, self.abstract)

    def close(self) -> None:
        for listener in (*self._open, self.datagrams):
            listener.close()


@pytest.fixture
def listeners(tmp_path: Path):
    listening = Listeners(tmp_path)
    yield listening
    listening.close()


def test_no_socket_of_the_host_answers(walls: Bubblewrap, hostile: Callable[..., Command], listeners) -> None:
    finished = walls.run(hostile("caller.py", *listeners.arguments, ",".join((*LOCAL_CALLS, *FAR_CALLS))))
    assert json.loads(finished.report) == ["own loopback"], finished.stderr.decode()
    assert listeners.calls == []
    with pytest.raises(TimeoutError):
        listeners.datagrams.recv(10)


def test_listeners_answer_a_caller_without_walls(hostile: Callable[..., Command], listeners) -> None:
    """The test above would not notice listeners that never listen. Without walls only the loopback is called."""
    command = hostile("caller.py", *listeners.arguments, ",".join(LOCAL_CALLS))
    read, write = os.pipe()
    subprocess.run(
        command.argv,
        cwd=command.tree,
        env={"GOLDSEAM_REPORT_FD": str(write)},
        pass_fds=(write,),
        check=True,
        timeout=60,
    )
    os.close(write)
    with os.fdopen(read, "rb") as report:
        assert {"tcp", "unix", "abstract"} <= set(json.load(report))
    assert {"tcp", "unix", "abstract"} <= set(listeners.calls)
    assert listeners.datagrams.recv(10) == b"hello"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    place = tmp_path / "repository"
    subprocess.run(["git", "init", "-q", str(place)], check=True)
    (place / "code.py").write_text("x = 1\n")
    return place


PLANT = """
mkdir -p .git && printf '[core]\\n\\tfsmonitor = "touch %s #"\\n' "$1" >> .git/config
ln -s /etc/passwd leak.txt; echo changed > code.py; ls -a
"""


def test_planted_git_configuration_never_reaches_the_host(walls: Bubblewrap, repository: Path, tmp_path: Path) -> None:
    """The tree is shown with its `.git` on purpose, although an export leaves it out."""
    config, digest = (repository / ".git/config").read_bytes(), tree_digest(repository)
    planted = tmp_path / "planted"
    finished = walls.run(Command(("/bin/sh", "-c", "ls -a; " + PLANT, "sh", str(planted)), repository, "/work/x"))
    before, _, after = finished.stdout.partition(b"code.py")
    assert b".git" not in before
    assert b"leak.txt" in after
    subprocess.run(["git", "-C", str(repository), "status"], check=True, capture_output=True)
    assert not planted.exists()
    assert (repository / ".git/config").read_bytes() == config
    assert tree_digest(repository) == digest


def test_the_same_configuration_runs_programs_where_it_arrives(repository: Path, tmp_path: Path) -> None:
    """The payload is live: planted without a sandbox, git runs it."""
    subprocess.run(["/bin/sh", "-c", PLANT, "sh", str(tmp_path / "planted")], cwd=repository, check=True)
    subprocess.run(["git", "status"], cwd=repository, check=True, capture_output=True)
    assert (tmp_path / "planted").exists()


def test_link_planted_in_a_tree_is_not_read_through(repository: Path, tmp_path: Path) -> None:
    subprocess.run(["/bin/sh", "-c", PLANT, "sh", str(tmp_path / "x")], cwd=repository, check=True)
    (repository / "out").symlink_to("/etc", target_is_directory=True)
    assert read_back(repository, ["leak.txt", "out/passwd", "code.py"]) == {"code.py": b"changed\n"}


def test_one_command_sees_nothing_of_another(shell: Callable[..., Finished]) -> None:
    places = "/tmp/left $HOME/left /dev/shm/left ./left"
    shell(f"for place in {places}; do echo secret > $place; done")
    assert shell(f"ls {places}").stdout == b""


NAMES = (
    b"-rf",
    b"new\nline",
    b"x" * 255,
    b"\xff\xfe",
    b"$(touch x)",
    b"`id`",
    b"; curl",
    b"e\xcc\x81",
    b"\xc3\xa9",
    b".GIT",
)


def test_hostile_names_arrive_as_they_are(walls: Bubblewrap, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in NAMES:
        Path(os.fsdecode(os.fsencode(source) + b"/" + name)).write_bytes(name)
    exported = export_directory(source, tmp_path / "exported")
    script = "import os; os.write(int(os.environ['GOLDSEAM_REPORT_FD']), repr(sorted(os.listdir(b'.'))).encode())"
    command = Command((sys.executable, "-I", "-c", script), tmp_path / "exported", "/work/x")
    finished = walls.run(replace(command, read_only=(Path(sys.prefix), Path(sys.base_prefix))))
    assert finished.report.decode() == repr(sorted(NAMES))
    assert exported.files == len(NAMES)
    assert {os.fsencode(path): data for path, data in read_back(tmp_path / "exported").items()} == {n: n for n in NAMES}
