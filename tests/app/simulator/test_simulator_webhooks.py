"""Webhooks as a receiver sees them, and the deliveries that the App can ask for."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import github
import pytest

from app.simulator import payloads
from app.simulator.git import NULL_SHA


@dataclass
class Receiver:
    """A webhook receiver that keeps what it got."""

    status: int = 202
    ask: object = None
    got: list = field(default_factory=list)


@pytest.fixture
def receiver(bench):
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            kept.got.append((dict(self.headers), raw))
            if kept.ask:
                kept.ask()
            self.send_response(kept.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    bench.hub.webhook_url = f"http://127.0.0.1:{server.server_port}/webhook"
    yield kept
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def run(bench):
    jobs = [("test", b"log\n", "Run pytest"), ("types", b"log\n", "Run mypy"), ("lint", b"", "")]
    return bench.hub.add_run(bench.repo, bench.head(), "main", jobs=jobs)


@pytest.fixture
def app(bench):
    bench.clock.now = time.time()
    auth = github.Auth.AppAuth(bench.hub.app.id, bench.key.private.decode())
    return github.GithubIntegration(auth=auth, base_url=bench.api, seconds_between_writes=0).requester


def test_a_webhook_is_signed_over_the_bytes_that_arrive(bench, receiver, run) -> None:
    sent = bench.hub.deliver("workflow_run", payloads.workflow_run(bench.hub, bench.repo, run))
    ((headers, raw),) = receiver.got
    expected = hmac.new(b"between us", raw, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature-256"] == f"sha256={expected}"
    assert (headers["X-GitHub-Event"], headers["X-GitHub-Delivery"]) == ("workflow_run", sent.guid)
    assert json.loads(raw)["workflow_run"]["id"] == run.id
    assert (sent.status_code, sent.action) == (202, "completed")


def test_one_red_run_reaches_a_receiver_five_times(bench, run) -> None:
    events = payloads.of_run(bench.hub, bench.repo, run)
    assert [event for event, _ in events] == ["check_run"] * 3 + ["check_suite", "workflow_run"]
    payload = dict(events)["workflow_run"]
    assert payload["installation"]["id"] in bench.hub.installations
    assert {body["repository"]["full_name"] for _, body in events} == {"acme/billing"}
    suites = {body["check_run"]["check_suite"]["id"] for event, body in events if event == "check_run"}
    assert suites == {dict(events)["check_suite"]["check_suite"]["id"]} == {payload["workflow_run"]["check_suite_id"]}


def test_a_receiver_may_ask_before_it_answers(bench, receiver, run) -> None:
    receiver.ask = lambda: bench.repository().get_workflow_run(run.id)
    start = time.monotonic()
    sent = bench.hub.deliver("workflow_run", payloads.workflow_run(bench.hub, bench.repo, run))
    assert sent.status_code == 202
    assert time.monotonic() - start < 5


def test_a_missed_delivery_is_listed_and_sent_again_under_its_guid(bench, receiver, run, app) -> None:
    address, bench.hub.webhook_url = bench.hub.webhook_url, "http://127.0.0.1:9/"
    missed = bench.hub.deliver("workflow_run", payloads.workflow_run(bench.hub, bench.repo, run))
    assert (missed.status_code, receiver.got) == (0, [])
    bench.hub.webhook_url = address
    _, listed = app.requestJsonAndCheck("GET", "/app/hook/deliveries?status=failure")
    assert [item["guid"] for item in listed] == [missed.guid]
    _, whole = app.requestJsonAndCheck("GET", f"/app/hook/deliveries/{listed[0]['id']}")
    assert whole["request"]["payload"]["workflow_run"]["id"] == run.id
    app.requestJsonAndCheck("POST", f"/app/hook/deliveries/{listed[0]['id']}/attempts")
    ((headers, raw),) = receiver.got
    assert (headers["X-GitHub-Delivery"], raw) == (missed.guid, missed.payload)
    _, listed = app.requestJsonAndCheck("GET", "/app/hook/deliveries")
    assert [(item["redelivery"], item["status_code"]) for item in listed] == [(True, 202), (False, 0)]


def test_deliveries_come_in_pages_by_cursor(bench, app, run) -> None:
    for _ in range(3):
        bench.hub.deliver("workflow_run", payloads.workflow_run(bench.hub, bench.repo, run))
    headers, first = app.requestJsonAndCheck("GET", "/app/hook/deliveries?per_page=2")
    address = headers["link"].partition("<")[2].partition(">")[0]
    _, rest = app.requestJsonAndCheck("GET", address)
    assert [item["id"] for item in (*first, *rest)] == [item.id for item in reversed(bench.hub.deliveries)]


def test_a_push_names_its_commits(bench) -> None:
    before = bench.head()
    after = bench.repair("main")
    payload = payloads.push(bench.hub, bench.repo, "main", before, after)
    assert (payload["ref"], payload["created"], payload["forced"]) == ("refs/heads/main", False, False)
    assert [(commit["id"], commit["modified"]) for commit in payload["commits"]] == [(after, ["billing/fees.py"])]
    assert payloads.push(bench.hub, bench.repo, "main", after, before)["forced"]
    assert payloads.push(bench.hub, bench.repo, "x", NULL_SHA, after)["created"]
    assert payloads.push(bench.hub, bench.repo, "x", after, NULL_SHA)["deleted"]


def test_a_comment_and_a_closed_pull_request(bench) -> None:
    bench.repair()
    pull = bench.repository().create_pull(title="t", body="", head="goldseam/1", base="main")
    comment = bench.hub.comment(bench.repo, pull.number, "kim", "/goldseam retry")
    payload = payloads.issue_comment(bench.hub, bench.repo, comment)
    assert payload["issue"]["pull_request"]["url"].endswith("/pulls/1")
    assert (payload["comment"]["body"], payload["sender"]["login"]) == ("/goldseam retry", "kim")
    pull.merge()
    closed = payloads.pull_request(bench.hub, bench.repo, bench.repo.pulls[1], "closed")
    assert (closed["pull_request"]["merged"], closed["pull_request"]["merge_commit_sha"]) == (True, bench.head())
