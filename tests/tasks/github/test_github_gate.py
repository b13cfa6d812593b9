"""Connections behind a gate: what GitHub said to one worker holds for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import pytest

from tasks.broker.known import PERMISSIONS
from tasks.github.client import writing
from tasks.github.errors import Limit, RateLimited
from tasks.github.protocol import Writer
from tasks.store.gates import InstallationGate, WriteLimits


@dataclass
class Recorder:
    """A gate that notes what passes and what closed it."""

    writes: list[bool] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)

    def admit(self, *, write: bool) -> None:
        self.writes.append(write)

    def close(self, limit: Limit) -> None:
        self.limits.append(limit)


@contextmanager
def worker(bench, gate) -> Iterator[Writer]:
    token = bench.hub.mint(bench.repository, PERMISSIONS["publish"]).value
    with writing(bench.endpoint, token, "acme/billing", gate) as writer:
        yield writer


def test_every_request_is_asked_for_and_queries_are_no_writes(bench) -> None:
    gate = Recorder()
    with worker(bench, gate) as writer:
        writer.branch_sha("main")
        writer.own_account()
        writer.create_branch("x", bench.head())
        writer.commit("x", bench.head(), "Fix", {"a.py": b"1\n"})
    assert len(gate.writes) == len(bench.hub.requests)
    asked = [exchange.method != "GET" for exchange in bench.hub.requests]
    query = next(n for n, exchange in enumerate(bench.hub.requests) if "viewer" in str(exchange.body))
    assert [n for n, (write, post) in enumerate(zip(gate.writes, asked, strict=True)) if write != post] == [query]


@pytest.mark.parametrize(
    ("answer", "limit"),
    [
        pytest.param({"status": 429, "headers": {"Retry-After": "7"}}, Limit(7, named=True), id="retry-after"),
        pytest.param(
            {"status": 403, "message": "You have exceeded a secondary rate limit."},
            Limit(60, named=False),
            id="bare-secondary-limit",
        ),
        pytest.param({"status": 403, "message": "Resource not accessible by integration"}, None, id="no-permission"),
        pytest.param({"status": 502}, None, id="broken"),
    ],
)
def test_only_a_limit_closes_the_gate(bench, answer, limit) -> None:
    bench.fault("GET", "/branches/", times=9, **answer)
    gate = Recorder()
    with worker(bench, gate) as writer, pytest.raises(Exception, match="GitHub"):
        writer.branch_sha("main")
    assert gate.limits == ([limit] if limit else [])


def test_a_used_up_hour_closes_the_gate_until_its_end(bench) -> None:
    bench.hub.gate.rate_limit = 0
    gate = Recorder()
    with worker(bench, gate) as writer, pytest.raises(RateLimited):
        writer.branch_sha("main")
    assert 3500 < gate.limits[0].seconds < 3700


def test_after_a_limit_no_worker_asks_anything(bench, sqlite_store) -> None:
    """The simulator's record is the proof: one request in all, whoever else wanted to."""
    bench.fault("POST", "/git/refs", status=403, headers={"Retry-After": "7"})
    with ExitStack() as opened:
        workers = [opened.enter_context(worker(bench, InstallationGate(sqlite_store, 7))) for _ in range(3)]
        workers[0].branch_sha("main")
        before = len(bench.hub.requests)
        with pytest.raises(RateLimited):
            workers[0].create_branch("x", bench.head())
        for each in workers:
            with pytest.raises(RateLimited) as caught:
                each.branch_sha("main")
            assert 0 < caught.value.retry_after <= 7
            with pytest.raises(RateLimited):
                each.create_branch("x", bench.head())
    asked = [(exchange.method, exchange.status) for exchange in list(bench.hub.requests)[before:]]
    assert asked == [("GET", 404), ("POST", 403)]  # the look before it, and the one that met the limit


def test_a_write_over_the_budget_is_not_sent(bench, sqlite_store) -> None:
    with worker(bench, InstallationGate(sqlite_store, 7, WriteLimits(in_a_minute=2))) as writer:
        for name in ("a", "b"):
            writer.create_branch(name, bench.head())
        with pytest.raises(RateLimited, match="its 2 writes of the last minute"):
            writer.create_branch("c", bench.head())
        assert writer.branch_sha("c") is None
    assert bench.made() == ["ref", "ref"]
