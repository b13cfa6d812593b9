"""Faults after the work is done, and what happens to tokens and repositories in the middle of it."""

from __future__ import annotations

import time

import pytest
import requests

from app.simulator import faults
from app.simulator.journal import Fault, FaultKind


@pytest.fixture
def headers(bench) -> dict[str, str]:
    return {"Authorization": f"Bearer {bench.token()}"}


def post_ref(bench, headers, name: str = "x", timeout: float = 5) -> requests.Response:
    document = {"ref": f"refs/heads/{name}", "sha": bench.head()}
    url = f"{bench.api}/repos/acme/billing/git/refs"
    return requests.post(url, json=document, headers=headers, timeout=timeout, allow_redirects=False)


def strike(bench, kind: FaultKind, **how: object) -> None:
    bench.hub.faults.append(Fault("POST", "/git/refs$", kind, **how))


def test_a_status_may_come_although_it_was_done(bench, headers) -> None:
    strike(bench, FaultKind.STATUS_AFTER_COMMIT)
    assert post_ref(bench, headers).status_code == 502
    assert bench.head("x") == bench.head()
    assert [effect.made for effect in bench.hub.journal] == [(f"ref acme/billing:refs/heads/x@{bench.head()}",)]


def test_an_answer_may_be_cut_in_half(bench, headers) -> None:
    strike(bench, FaultKind.TRUNCATE_AFTER_COMMIT)
    answer = post_ref(bench, headers)
    assert answer.status_code == 201
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()
    assert bench.head("x") == bench.head()


def test_an_answer_may_come_too_late(bench, headers) -> None:
    strike(bench, FaultKind.HANG_AFTER_COMMIT, seconds=1.0)
    with pytest.raises(requests.Timeout):
        post_ref(bench, headers, timeout=0.3)
    for _ in range(50):
        if "refs/heads/x" in bench.repo.git.refs():
            return
        time.sleep(0.05)
    pytest.fail("the work was not done")


def test_a_fault_may_let_calls_pass_first(bench, headers) -> None:
    strike(bench, FaultKind.STATUS, after=2)
    assert [post_ref(bench, headers, f"b{n}").status_code for n in range(4)] == [201, 201, 502, 201]


def test_something_else_may_happen_just_before(bench, headers) -> None:
    strike(bench, FaultKind.THEN, then=lambda: faults.force_push(bench.hub, bench.repo, "main"))
    before = bench.head()
    assert post_ref(bench, headers).status_code == 201
    assert bench.head("x") == before
    assert bench.repo.git.merge_base(before, bench.head()) is None


@pytest.mark.parametrize(
    ("happening", "status"),
    [
        pytest.param(lambda bench: faults.expire_tokens(bench.hub), 401, id="token-ran-out"),
        pytest.param(lambda bench: faults.suspend(bench.hub, bench.repo), 403, id="suspended"),
        pytest.param(lambda bench: faults.remove(bench.hub, bench.repo), 404, id="removed"),
        pytest.param(
            lambda bench: faults.narrow(bench.hub, bench.repo, {"contents": "read"}), 403, id="permission-dropped"
        ),
        pytest.param(lambda bench: faults.rename(bench.hub, bench.repo, "invoices"), 301, id="renamed"),
    ],
)
def test_what_happens_in_the_middle_shows_in_the_next_answer(bench, headers, happening, status) -> None:
    strike(bench, FaultKind.THEN, then=lambda: happening(bench))
    assert post_ref(bench, headers).status_code == status
    assert "refs/heads/x" not in bench.repo.git.refs()


def test_a_renamed_repository_is_reached_by_its_former_name(bench) -> None:
    repo = bench.repository()
    faults.rename(bench.hub, bench.repo, "invoices")
    assert repo.get_branch("main").commit.sha == bench.head()
    assert repo.create_git_ref("refs/heads/x", bench.head()).ref == "refs/heads/x"
