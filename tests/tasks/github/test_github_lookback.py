"""What onboarding asks of GitHub: the last red runs, and whether the repository was asked before."""

from __future__ import annotations

RED = [("test", b"E   assert 5 == 0\n", "Run pytest")]
GREEN = [("test", b"fine\n", "")]


def test_the_last_red_runs_come_newest_first_without_green_ones(bench) -> None:
    made = [bench.hub.add_run(bench.repository, bench.head(), "main", jobs=jobs) for jobs in (RED, RED, GREEN, RED)]
    assert [run.id for run in bench.reader.red_runs(2)] == [made[3].id, made[1].id]
    assert len(bench.reader.red_runs(10)) == 3
    assert {run.path for run in bench.reader.red_runs(10)} == {".github/workflows/ci.yml"}


def test_a_request_is_found_open_and_closed_and_after_it_was_closed_again(bench) -> None:
    assert bench.reader.last_pull("goldseam/onboarding") is None
    writer = bench.writer
    writer.create_branch("goldseam/onboarding", bench.head())
    writer.commit("goldseam/onboarding", bench.head(), "Set up", {".github/goldseam.yml": b"version: 1\n"})
    first = writer.open_pull(head="goldseam/onboarding", base="main", title="t", body="b", draft=False)
    assert bench.reader.last_pull("goldseam/onboarding").number == first.number
    bench.repository.pulls[first.number].state = "closed"
    found = bench.reader.last_pull("goldseam/onboarding")
    assert (found.number, found.state, found.merged) == (first.number, "closed", False)
    second = writer.open_pull(head="goldseam/onboarding", base="main", title="t", body="b", draft=False)
    assert bench.reader.last_pull("goldseam/onboarding").number == second.number != first.number
