"""What the runs of the server's own test do not show: the calls, and the event, for which the rest is asked."""

from __future__ import annotations

from app.setup.manifest import EVENTS, PERMISSIONS
from app.simulator.registration import NEEDED


def test_jobs_are_run_again_and_comments_answered_with_what_is_asked_for_them(bench) -> None:
    writer = bench.writer
    run = bench.hub.add_run(bench.repository, bench.head(), "main", jobs=[("test", b"", "Run pytest")])
    writer.create_branch("goldseam/fix/x", bench.head())
    writer.commit("goldseam/fix/x", bench.head(), "Fix", {"README.md": b"# other\n"})
    pull = writer.open_pull(head="goldseam/fix/x", base="main", title="t", body="b", draft=False)
    comment = bench.hub.comment(bench.repository, pull.number, "acme", "/goldseam help")
    bench.hub.uses.clear()
    writer.rerun_failed(run.id)
    assert ("actions:write",) in bench.hub.uses
    bench.hub.uses.clear()
    writer.react("comment", comment.id, "eyes")
    assert ("issues:write",) in bench.hub.uses


def test_every_event_can_be_sent_and_statuses_are_asked_for_one_of_them() -> None:
    assert [event for event in EVENTS if not set(NEEDED[event]) & set(PERMISSIONS)] == []
    assert [event for event in EVENTS if NEEDED[event] == ("statuses",)] == ["status"]
