"""What the runs of the server's own test cannot show: the event for which the rest is asked."""

from __future__ import annotations

from app.setup.manifest import EVENTS, PERMISSIONS
from app.simulator.registration import NEEDED


def test_every_event_can_be_sent_and_statuses_are_asked_for_one_of_them() -> None:
    assert [event for event in EVENTS if not set(NEEDED[event]) & set(PERMISSIONS)] == []
    assert [event for event in EVENTS if NEEDED[event] == ("statuses",)] == ["status"]
