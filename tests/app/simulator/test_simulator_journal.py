"""The effects journal, the recorder, and scripted faults."""

from __future__ import annotations

import hashlib
import json
import time

import pytest
import requests

from app.simulator.journal import Fault, FaultKind


@pytest.fixture
def headers(bench) -> dict[str, str]:
    return {"Authorization": f"Bearer {bench.token(contents='write')}"}


def post_ref(bench, headers, name="x", **kwargs) -> requests.Response:
    body = json.dumps({"ref": f"refs/heads/{name}", "sha": bench.head()})
    return requests.post(f"{bench.api}/repos/acme/billing/git/refs", data=body, headers=headers, timeout=5, **kwargs)


def test_the_journal_has_every_write_in_order_and_no_read(bench, headers) -> None:
    requests.get(f"{bench.api}/repos/acme/billing", headers=headers, timeout=5)
    first, again = post_ref(bench, headers), post_ref(bench, headers)
    assert (first.status_code, again.status_code) == (201, 422)
    journal = requests.get(f"{bench.simulator.url}/_simulator/journal", timeout=5).json()
    assert [(entry["sequence"], entry["status"], entry["made"]) for entry in journal] == [
        (1, 201, [f"ref acme/billing:refs/heads/x@{bench.head()}"]),
        (2, 422, []),
    ]
    assert journal[0]["permissions"] == {"contents": "write", "metadata": "read"}
    assert journal[0]["digest"] == hashlib.sha256(first.request.body.encode()).hexdigest()


def test_the_recorder_has_both_sides_of_every_call(bench, headers) -> None:
    post_ref(bench, headers)
    exchange = bench.hub.requests[-1]
    assert (exchange.method, exchange.path, exchange.status) == ("POST", "/repos/acme/billing/git/refs", 201)
    assert exchange.parameters == {"owner": "acme", "name": "billing"}
    assert exchange.body["ref"] == exchange.answer["ref"] == "refs/heads/x"


def test_a_status_fault_strikes_as_often_as_it_was_told_and_does_nothing(bench, headers) -> None:
    bench.hub.faults.append(
        Fault("POST", "/git/refs$", FaultKind.STATUS, times=2, status=429, headers={"Retry-After": "7"})
    )
    answers = [post_ref(bench, headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 201]
    assert answers[0].headers["Retry-After"] == "7"
    assert [effect.made == () for effect in bench.hub.journal] == [True, True, False]


@pytest.mark.parametrize(
    ("kind", "done"),
    [
        pytest.param(FaultKind.DROP_AFTER_COMMIT, True, id="after-commit"),
        pytest.param(FaultKind.DROP_BEFORE, False, id="before"),
    ],
)
def test_a_dropped_connection_leaves_no_answer(bench, headers, kind, done) -> None:
    bench.hub.faults.append(Fault("POST", "/git/refs", kind))
    with pytest.raises(requests.ConnectionError):
        post_ref(bench, headers)
    assert ("refs/heads/x" in bench.repo.git.refs()) is done
    assert bool(bench.hub.journal[-1].made) is done
    assert post_ref(bench, headers, "y").status_code == 201


def test_latency_comes_before_the_work(bench, headers) -> None:
    bench.hub.faults.append(Fault("*", "/git/refs", FaultKind.LATENCY, seconds=0.3))
    start = time.monotonic()
    assert post_ref(bench, headers).status_code == 201
    assert time.monotonic() - start >= 0.3


def test_a_slow_answer_holds_up_nobody_else(bench, headers) -> None:
    bench.hub.faults.append(Fault("POST", "/git/refs", FaultKind.LATENCY, seconds=5))
    with pytest.raises(requests.ReadTimeout):
        requests.post(f"{bench.api}/repos/acme/billing/git/refs", headers=headers, timeout=0.2)
    answer = requests.get(f"{bench.api}/repos/acme/billing", headers=headers, timeout=2)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nowhere"), ("DELETE", "/repos/acme/billing/pulls")],
    ids=["address", "method"],
)
def test_what_nothing_serves_is_refused_in_githubs_form(bench, headers, method, path) -> None:
    answer = requests.request(method, f"{bench.api}{path}", headers=headers, timeout=5)
    assert answer.status_code in {404, 405}
    assert answer.json()["message"]


def test_a_body_that_is_no_object_is_a_400(bench, headers) -> None:
    answer = requests.post(f"{bench.api}/repos/acme/billing/git/refs", data="[1", headers=headers, timeout=5)
    assert (answer.status_code, answer.json()["message"]) == (400, "Problems parsing JSON")


def test_an_unknown_version_of_the_api_is_a_400(bench, headers) -> None:
    asked = {**headers, "X-GitHub-Api-Version": "1999-01-01"}
    assert requests.get(f"{bench.api}/repos/acme/billing", headers=asked, timeout=5).status_code == 400
