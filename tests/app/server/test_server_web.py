"""The receiving door: nothing is acknowledged that is not stored, nothing is stored that is not signed."""

import gzip
import hashlib
import hmac
import json
import os
import socket
import threading
import uuid

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, event, select, text
from starlette.testclient import TestClient

from app.config import Settings
from app.server import web
from app.server.listen import _bound, serve
from tasks.errors import BadInput
from tasks.store.counts import TALLY
from tasks.store.database import open_store
from tasks.store.models import Delivery

SECRET = "s3cret"


@pytest.fixture
def config(tmp_path):
    return Settings(
        webhook_secret=SECRET,
        webhook_secret_old="older",
        data_dir=tmp_path,
        redis_url="redis://127.0.0.1:1/0",  # nobody listens there
        _env_file=None,
    )


@pytest.fixture
def client(config, tmp_path):
    TALLY.take()  # of tests before this one
    return TestClient(web.make_app(config))


def signed(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post(client, body: bytes, *, signature: str | None = None, guid: str | None = None, event: str = "ping"):
    headers = {"X-GitHub-Event": event, "X-GitHub-Delivery": guid or str(uuid.uuid4())}
    if signature is not None:
        headers["X-Hub-Signature-256"] = signature
    return client.post("/webhooks/github", content=body, headers=headers | {"Content-Type": "application/json"})


def stored(config) -> list[Delivery]:
    with open_store(config.database).read() as session:
        return list(session.scalars(select(Delivery)))


def test_a_signed_delivery_is_stored_and_acknowledged_while_redis_is_away(client, config):
    body = json.dumps({"zen": "x"}).encode()
    assert post(client, body, signature=signed(body)).status_code == 202
    assert [d.body for d in stored(config)] == [body]


def test_the_same_delivery_twice_is_one_row(client, config):
    guid, body = str(uuid.uuid4()), b"{}"
    assert [post(client, body, signature=signed(body), guid=guid).status_code for _ in range(3)] == [202, 202, 202]
    assert len(stored(config)) == 1


def test_the_secret_before_a_rotation_still_counts(client):
    assert post(client, b"{}", signature=signed(b"{}", "older")).status_code == 202


@pytest.mark.parametrize(
    "signature",
    [None, "sha256=" + "0" * 64, "sha1=" + "0" * 40, signed(b'{"a": 1}'), signed(b"{}", ""), signed(b"{}", "other")],
    ids=["none", "zeros", "sha1", "of another text", "with an empty secret", "with another secret"],
)
def test_a_wrong_signature_leaves_nothing_behind(client, config, signature):
    assert post(client, b"{}", signature=signature).status_code == 401
    assert stored(config) == []


@pytest.mark.parametrize(
    ("guid", "event"),
    [("not-a-guid", "ping"), ("../../etc/passwd", "ping"), ("7b0dfd34-c3d9-47e1-b3d5-6bc872119c7e", "")],
)
def test_malformed_headers_are_refused(client, config, guid, event):
    assert post(client, b"{}", signature=signed(b"{}"), guid=guid, event=event).status_code == 400
    assert stored(config) == []


def test_an_unknown_event_is_acknowledged_and_counted(client, config):
    answer = post(client, b"{}", signature=signed(b"{}"), event="solar_flare")
    assert (answer.status_code, answer.content) == (202, b"Ignored: unknown event.\n")
    assert post(client, b"{}", signature=signed(b"{ }"), event="solar_flare").status_code == 401
    assert stored(config) == []
    page = client.get("/metrics").text
    assert 'goldseam_deliveries_total{outcome="ignored"} 1.0' in page


def test_a_packed_body_is_refused(client, config):
    body = gzip.compress(b"{}")
    headers = {"X-GitHub-Event": "ping", "X-GitHub-Delivery": str(uuid.uuid4()), "Content-Encoding": "gzip"}
    headers["X-Hub-Signature-256"] = signed(body)
    assert client.post("/webhooks/github", content=body, headers=headers).status_code == 415
    assert stored(config) == []


def test_after_a_rotation_the_old_secret_is_worth_nothing(config):
    client = TestClient(web.make_app(config.model_copy(update={"webhook_secret_old": SecretStr("")})))
    assert post(client, b"{}", signature=signed(b"{}")).status_code == 202
    assert post(client, b"{}", signature=signed(b"{}", "older")).status_code == 401


def test_a_large_body_is_stored_as_it_came(client, config):
    body = os.urandom(3 << 20)
    assert post(client, body, signature=signed(body)).status_code == 202
    assert post(client, body, signature=signed(body[:-1])).status_code == 401
    assert [d.body for d in stored(config)] == [body]


def test_no_byte_of_a_body_reaches_the_log(client, config, capfd):
    """Whatever goes wrong: a wrong signature, a malformed head, a database that refuses."""
    body = b"canary-7c1f"
    post(client, body, signature=None)
    post(client, body, signature=signed(body), guid="not-a-guid")
    with open_store(config.database).write() as session:
        session.execute(text("DROP TABLE deliveries"))
    assert post(client, body, signature=signed(body)).status_code == 503
    out, err = capfd.readouterr()
    assert "not_stored" in out + err
    assert "canary" not in out + err


def test_a_full_disk_answers_503_and_recovers_by_itself(client, config):
    """SQLite's own limit on pages raises the very error of a full disk."""
    body, pages = os.urandom(200_000), [150]

    def limit(raw, _record, _proxy):
        raw.execute(f"PRAGMA max_page_count={pages[0]}").close()

    event.listen(Engine, "checkout", limit)
    try:
        statuses = [post(client, body, signature=signed(body)).status_code for _ in range(6)]
        assert statuses[-1] == 503
        pages[0] = 1_000_000
        assert post(client, body, signature=signed(body)).status_code == 202
    finally:
        event.remove(Engine, "checkout", limit)
    assert len(stored(config)) == statuses.count(202) + 1


def test_health_names_what_is_down(client):
    answer = client.get("/healthz")
    assert answer.status_code == 503
    down = {part["name"] for part in answer.json()["parts"] if not part["up"]}
    assert down == {"redis", "web", "analyze", "publish", "broker", "beat"}


def test_ready_means_that_deliveries_can_be_stored_whatever_else_is_down(client):
    assert client.get("/readyz").status_code == 200


def test_metrics_count_outcomes_and_carry_no_secret(client):
    post(client, b"{}", signature=signed(b"{}"))
    post(client, b"{}", signature=None)
    page = client.get("/metrics").text
    assert 'goldseam_deliveries_total{outcome="stored"} 1.0' in page
    assert 'goldseam_deliveries_total{outcome="refused"} 1.0' in page
    assert SECRET not in page


def test_an_address_that_is_taken_is_named_and_waited_for(client):
    app = client.app
    with socket.create_server(("127.0.0.1", 0)) as taken:
        here = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(BadInput, match=f"Something else listens at {here}"):
            serve(app, here, patience=0)
        threading.Timer(0.3, taken.close).start()
        with _bound(here, 10) as mine:
            assert mine.getsockname() == ("127.0.0.1", int(here.split(":")[1]))


def test_no_answer_waits_for_a_full_packet():
    with _bound("127.0.0.1:0", 0) as door, socket.create_connection(door.getsockname()):
        connection, _ = door.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("wrong", ["nowhere", "127.0.0.1:http", "127.0.0.1:99999", "256.0.0.1:80", "192.0.2.1:80"])
def test_an_address_that_cannot_be_is_named(wrong):
    with pytest.raises(BadInput, match=f"{wrong}.*(it is HOST:PORT|Set GOLDSEAM_LISTEN)"):
        _bound(wrong, 0)
