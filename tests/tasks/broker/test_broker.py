"""The broker over its real sockets, with a simulated GitHub behind it."""

import json
import logging
import multiprocessing
import os
import socket
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from app.simulator.journal import Fault, FaultKind
from tasks.broker.client import BrokerClient, NotHeld
from tasks.broker.key import read_key
from tasks.broker.known import PERMISSIONS, Assignment
from tasks.broker.mint import AppMint
from tasks.broker.server import serving, socket_path
from tasks.broker.wire import TokenRequest
from tasks.errors import BadInput, Refused, Retryable
from tasks.github.client import reading, writing
from tasks.github.errors import GitHubUnavailable, NotFound, PermissionMissing

ASKED = TokenRequest(attempt="a1", repository="acme/billing", stage="analyze")


@pytest.mark.parametrize("stage", ["analyze", "publish"])
def test_a_stage_gets_a_token_of_one_repository_with_its_rights_and_no_more(bench, stage) -> None:
    bench.hub.add_repository("acme/other")
    bench.assign("a1", stage)
    with bench.client(stage).token("a1", "acme/billing") as token:
        made = bench.hub.gate.tokens[token]
        assert made.repositories == {"acme/billing"}
        assert made.permissions == PERMISSIONS[stage]
        with reading(bench.endpoint, token, "acme/billing") as reader:
            assert reader.default_branch() == "main"
        with reading(bench.endpoint, token, "acme/other") as reader, pytest.raises(NotFound):
            reader.default_branch()


def test_the_analyze_stage_cannot_write(bench) -> None:
    bench.assign("a1", "analyze")
    with (
        bench.client("analyze").token("a1", "acme/billing") as token,
        writing(bench.endpoint, token, "acme/billing") as writer,
        pytest.raises(PermissionMissing),
    ):
        writer.create_branch("goldseam/x", bench.repository.git.resolve("main"))
    assert "refs/heads/goldseam/x" not in bench.repository.git.refs()


def test_a_token_is_dead_when_the_stage_is_done(bench) -> None:
    bench.assign("a1", "analyze")
    with bench.client("analyze").token("a1", "acme/billing") as token:
        assert bench.alive(token)
    assert not bench.alive(token)


def test_a_token_is_dead_when_the_stage_fails(bench) -> None:
    bench.assign("a1", "publish")
    with pytest.raises(ZeroDivisionError), bench.client("publish").token("a1", "acme/billing") as token:
        raise ZeroDivisionError
    assert not bench.alive(token)


def test_the_analyze_door_hands_out_nothing_that_writes(bench) -> None:
    """Also for an attempt that is being published, and by a worker that lies about its stage."""
    bench.assign("a1", "publish")
    with (
        pytest.raises(Refused, match="analyze stage only"),
        bench.client("publish", door="analyze").token("a1", "acme/billing"),
    ):
        pass
    assert not bench.hub.gate.tokens


@pytest.mark.parametrize(
    ("attempt", "repository", "stage", "error"),
    [
        pytest.param("a2", "acme/billing", "analyze", NotHeld, id="unknown-attempt"),
        pytest.param("a1", "acme/billing", "publish", NotHeld, id="attempt-in-another-stage"),
        pytest.param("a1", "acme/other", "analyze", Refused, id="another-repository"),
    ],
)
def test_what_the_store_does_not_know_gets_nothing(bench, attempt, repository, stage, error) -> None:
    bench.hub.add_repository("acme/other")
    bench.assign("a1", "analyze")
    with pytest.raises(error, match="No attempt"), bench.client(stage).token(attempt, repository):
        pass
    assert not bench.hub.gate.tokens


def test_an_attempt_that_ends_gets_no_further_token(bench) -> None:
    bench.assign("a1", "analyze")
    with bench.client("analyze").token("a1", "acme/billing"):
        bench.known.assignments.clear()
        # Trying again is right: a worker that slept through its lease is told so too.
        with pytest.raises(NotHeld), bench.client("analyze").token("a1", "acme/billing"):
            pass


def test_many_askers_share_one_token(bench) -> None:
    bench.assign("a1", "analyze")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(bench.client("analyze")._ask, [ASKED] * 8))
    assert len({answer.token.get_secret_value() for answer in answers}) == len(bench.hub.gate.tokens) == 1


def test_a_token_near_its_end_is_replaced(bench) -> None:
    bench.assign("a1", "analyze")
    with bench.client("analyze").token("a1", "acme/billing") as first:
        bench.clock.ahead = timedelta(minutes=49)
        with bench.client("analyze").token("a1", "acme/billing") as second:
            assert second == first
    with bench.client("analyze").token("a1", "acme/billing") as first:
        bench.clock.ahead = timedelta(minutes=51)
        assert bench.client("analyze")._ask(ASKED).token.get_secret_value() != first


def test_a_right_that_was_not_granted_is_refused(bench) -> None:
    next(iter(bench.hub.installations.values())).permissions["checks"] = "read"
    bench.assign("a1", "publish")
    with pytest.raises(Refused, match="not granted"), bench.client("publish").token("a1", "acme/billing"):
        pass


def test_a_token_that_can_do_more_is_dropped(bench) -> None:
    """As when GitHub, or something that stands in for it, ignores the narrowing."""
    mint = AppMint(bench.endpoint, bench.hub.app.id, bench.key.private.decode())
    installation = next(iter(bench.hub.installations))
    with pytest.raises(PermissionMissing, match="more than was asked"):
        mint.make(Assignment(installation, "acme/billing"), {})
    assert not bench.hub.gate.tokens


def test_the_time_to_wait_reaches_the_worker(bench) -> None:
    bench.assign("a1", "analyze")
    limit = Fault("POST", "access_tokens", FaultKind.STATUS, status=403, headers={"Retry-After": "7"})
    bench.hub.faults.append(limit)
    with pytest.raises(GitHubUnavailable) as caught, bench.client("analyze").token("a1", "acme/billing"):
        pass
    assert caught.value.retry_after == 7


def test_an_installation_is_found_by_repository(bench) -> None:
    assert bench.client("analyze").installation("acme/billing") in bench.hub.installations
    with pytest.raises(NotFound):
        bench.client("analyze").installation("acme/nothing")


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"GET / HTTP/1.1\r\n", id="http"),
        pytest.param(b"[" * 20_000 + b"\n", id="too-long"),
        pytest.param(b'{"op":"token","attempt":"a1","repository":"acme/billing","stage":"admin"}\n', id="stage"),
        pytest.param(b'{"op":"token","attempt":"a1","repository":"../app","stage":"analyze"}\n', id="repository"),
        pytest.param(b'{"op":"token","attempt":"a1","repository":"a/b","stage":"analyze","x":1}\n', id="extra-field"),
    ],
)
def test_what_the_broker_does_not_understand_it_refuses(bench, line) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(socket_path(bench.directory, "analyze")))
        connection.sendall(line)
        connection.shutdown(socket.SHUT_WR)
        answer = json.loads(connection.makefile("rb").readline())
    assert (answer["answer"], answer["why"]) == ("refused", "bad_request")


def test_the_doors_are_for_our_user_only(bench) -> None:
    for stage in ("analyze", "publish"):
        assert stat.S_IMODE(socket_path(bench.directory, stage).stat().st_mode) == 0o600
    assert stat.S_IMODE(bench.directory.stat().st_mode) == 0o700


def _ask_as(user: int, client: BrokerClient, said: "multiprocessing.Queue[str]") -> None:
    os.setuid(user)
    try:
        with client.token("a1", "acme/billing"):
            said.put("token")
    except Refused as error:
        said.put(str(error))


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user; the container runs as root")
@pytest.mark.parametrize(("user", "said"), [(12345, "token"), (12346, "User 12346 may not use the analyze socket")])
def test_the_kernel_says_who_may_pass(bench, tmp_path, user, said) -> None:
    bench.assign("a1", "analyze")
    directory = Path(f"/tmp/goldseam-shared-{os.getpid()}")
    try:
        with serving(bench.desk, directory, {"analyze": frozenset({12345})}):
            context = multiprocessing.get_context("fork")
            answers = context.Queue()
            client = BrokerClient(socket_path(directory, "analyze"), "analyze")
            process = context.Process(target=_ask_as, args=(user, client, answers))
            process.start()
            heard = answers.get(timeout=20)
            process.join()
    finally:
        for stage in ("analyze", "publish"):
            socket_path(directory, stage).unlink(missing_ok=True)
        directory.rmdir()
    assert said in heard


def test_a_directory_that_others_can_write_is_refused(bench, tmp_path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(BadInput, match="chmod 700"), serving(bench.desk, tmp_path):
        pass


def test_tokens_that_are_out_die_with_the_broker(bench) -> None:
    bench.assign("a1", "analyze")
    answer = bench.client("analyze")._ask(ASKED)
    bench.desk.close()
    assert not bench.alive(answer.token.get_secret_value())


def test_a_broker_that_is_away_is_tried_again_later(tmp_path) -> None:
    with (
        pytest.raises(Retryable, match="does not answer"),
        BrokerClient(tmp_path / "x.sock", "analyze").token("a", "b/c"),
    ):
        pass


def test_no_token_and_no_key_is_shown_or_logged(bench, caplog, capfd) -> None:
    """Not at the most talkative level either, and not in a repr that ends in a traceback."""
    for talkative in ("", "github", "urllib3"):
        caplog.set_level(logging.DEBUG, talkative)
    bench.assign("a1", "publish")
    with bench.client("publish").token("a1", "acme/billing") as token:
        shown = (
            repr(bench.desk)
            + repr(bench.desk._out)
            + repr(bench.client("publish")._ask(ASKED.model_copy(update={"stage": "publish"})))
        )
    written = shown + caplog.text + "".join(capfd.readouterr())
    assert "broker_token" in written
    assert token not in written
    assert token[:40] not in written
    assert "PRIVATE KEY" not in written


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_can_read_is_refused_with_the_cure(tmp_path, key, mode) -> None:
    path = tmp_path / "app.pem"
    path.write_bytes(key.private)
    path.chmod(mode)
    with pytest.raises(BadInput, match=f"chmod 600 {path}"):
        read_key(path)
    path.chmod(0o600)
    assert read_key(path).encode() == key.private


@pytest.mark.parametrize("content", [b"", b"not a key", b"\xff" * 50], ids=["empty", "text", "bytes"])
def test_a_file_without_a_key_is_refused(tmp_path, content) -> None:
    path = tmp_path / "app.pem"
    path.touch(mode=0o600)
    path.write_bytes(content)
    with pytest.raises(BadInput, match="no private key"):
        read_key(path)


def test_a_missing_key_names_the_setting(tmp_path) -> None:
    with pytest.raises(BadInput, match="GOLDSEAM_PRIVATE_KEY_FILE"):
        read_key(tmp_path / "app.pem")
