"""Where the token is while git uses it, and where it is not; over HTTP, with a simulated GitHub."""

import threading
import time
from pathlib import Path

import pytest

from app.simulator import keys
from app.simulator.hub import Hub
from app.simulator.journal import Fault, FaultKind
from app.simulator.server import serve
from tasks.workspace.export import export
from tasks.workspace.git import Credential, GitFailed, find_git
from tasks.workspace.mirror import Mirror


@pytest.fixture
def hub(tmp_path):
    hub = Hub(tmp_path / "hub", keys.generate().public)
    with serve(hub):
        yield hub


@pytest.fixture
def repository(hub):
    return hub.add_repository("acme/billing", {"a.py": b"a = 1\n"})


@pytest.fixture
def mirror(hub, repository, tmp_path) -> Mirror:
    git = find_git(tmp_path / "empty", protocols=("http",))
    return Mirror(tmp_path / "mirror.git", f"{hub.url}/acme/billing.git", git)


def head(repository) -> str:
    return repository.git.refs()["refs/heads/main"]


def test_a_private_repository_is_fetched_with_the_token(hub, repository, mirror, tmp_path) -> None:
    token = hub.mint(repository, {"contents": "read"}).value
    mirror.fetch(head(repository), Credential(token))
    assert export(mirror, head(repository), tmp_path / "tree").files == 1
    assert (tmp_path / "tree/a.py").read_bytes() == b"a = 1\n"


@pytest.mark.parametrize("credential", [None, Credential("ghs_wrong")], ids=["none", "wrong"])
def test_without_it_git_gives_up_and_does_not_ask_a_person(repository, mirror, credential) -> None:
    with pytest.raises(GitFailed):
        mirror.fetch(head(repository), credential)


def test_the_token_stands_in_no_argument_file_or_error(hub, repository, mirror, tmp_path) -> None:
    """Sampled while two slow fetches run, one of which fails."""
    token = hub.mint(repository, {"contents": "read"}).value
    credential = Credential(token)
    header = credential.setting(mirror.url)[1].rpartition(" ")[2]
    hub.faults.append(Fault("*", "upload-pack", FaultKind.LATENCY, times=3, seconds=0.3))
    seen, done = set(), threading.Event()

    def sample() -> None:
        while not done.is_set():
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.add(path.read_bytes())
                except OSError:
                    continue
            time.sleep(0.03)

    sampler = threading.Thread(target=sample)
    sampler.start()
    try:
        mirror.fetch(head(repository), credential)
        with pytest.raises(GitFailed) as failed:
            mirror.fetch("1" * 40, credential)
    finally:
        done.set()
        sampler.join()
    arguments = b"\n".join(seen).decode("utf-8", "replace")
    assert "git-upload-pack" in arguments or "remote-http" in arguments, "the sampler saw nothing of git"
    written = "".join(
        path.read_bytes().decode("latin-1") for path in mirror.directory.parent.glob("mirror*/**/*") if path.is_file()
    )
    for place in (arguments, written, str(failed.value), repr(failed.value), repr(credential), repr(mirror.__dict__)):
        assert token not in place
        assert header not in place


def test_the_token_does_not_follow_a_redirection(hub, repository, mirror) -> None:
    """A renamed repository redirects; whoever it points to must not get the token."""
    token = hub.mint(repository, {"contents": "read"}).value
    elsewhere = {"Location": f"http://localhost:{hub.url.rpartition(':')[2]}/acme/billing.git/info/refs?service=x"}
    hub.faults.append(Fault("GET", "info/refs", FaultKind.STATUS, status=301, headers=elsewhere))
    with pytest.raises(GitFailed, match="301"):
        mirror.fetch(head(repository), Credential(token))
