"""The load generator counts what was answered, and sends what it says."""

from __future__ import annotations

import socket
import threading
from itertools import islice

import pytest
from pydantic import SecretStr

from benchmarks.load_client import Fired, fire
from benchmarks.load_posts import Target, posts
from benchmarks.load_table import PEER, verdicts
from tasks.github.signal import CiFailure, Signal
from tasks.github.webhook import parse_event, verify_signature

ANSWERS = {
    "stored": b"HTTP/1.1 202 OK\r\nContent-Length: 3\r\n\r\nok\n",
    "refused": b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n",
}


def test_posts_are_signed_red_runs_and_a_share_is_sent_again() -> None:
    made = list(islice(posts(Target(1, "/hook", "s3cret"), size=20_000, repeats=0.2, bodies=5), 1000))
    assert 700 < len({post.guid for post in made}) < 900
    post = made[0]
    header = next(line[21:] for line in post.head.decode().split("\r\n") if line.startswith("X-Hub-Signature-256"))
    assert verify_signature([SecretStr("s3cret")], post.body, header)
    assert 18_000 < len(post.body) < 22_000
    found = parse_event("workflow_run", post.body)
    assert isinstance(found, Signal)
    assert isinstance(found.what, CiFailure)


@pytest.mark.parametrize(("answer", "accepted"), [("stored", 40), ("refused", 0), ("cut", 0)])
def test_answers_are_counted_by_what_they_say(answer: str, accepted: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=_serve, args=(door, ANSWERS.get(answer, b"")), daemon=True).start()
        target = Target(door.getsockname()[1], "/hook", "s3cret")
        fired = fire(target, posts(target, size=1000, repeats=0, bodies=2), count=40, connections=4)
    assert len(fired.accepted) == accepted
    assert (len(fired.latencies), fired.errors) == ((0, 40) if answer == "cut" else (40, 0))


def test_percentiles_are_of_the_answers_in_order() -> None:
    fired = Fired(latencies=[0.003, 0.001, 0.002, 0.1])
    assert [fired.percentile(share) for share in (0.0, 0.5, 1.0)] == [1.0, 3.0, 100.0]


def test_a_lost_delivery_and_a_slow_server_are_said() -> None:
    ours = {"rates": [50, 60], "paced_ms": {"p99": 300.0}, "accepted": 10, "rows": 9, "errors": 0}
    lines = verdicts({"ours": ours, PEER: {"rates": [100, 100]}})
    assert [line.partition(": ")[2] for line in lines] == [
        f"0.55 x {PEER}, each answer durable: missed (0.6)",
        "p99 300.0 ms at 200/s: missed (250 ms)",
        "1 accepted deliveries lost, 0 errors",
    ]


def _serve(door: socket.socket, answer: bytes) -> None:
    while True:
        try:
            connection, _ = door.accept()
        except OSError:
            return
        threading.Thread(target=_talk, args=(connection, answer), daemon=True).start()


def _talk(connection: socket.socket, answer: bytes) -> None:
    with connection:
        got = b""
        while piece := connection.recv(65536):
            got += piece
            head, _, body = got.partition(b"\r\n\r\n")
            length = next((int(x.split(b": ")[1]) for x in head.split(b"\r\n") if x.startswith(b"Content-Length")), -1)
            if len(body) == length:
                if not answer:
                    return
                connection.sendall(answer)
                got = b""
