"""Deliveries that GitHub really sent are read; what is missing or null in them never breaks the reading."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tasks.github.events import EVENTS
from tasks.github.signal import Ignored, Signal
from tasks.github.webhook import parse_event

pytestmark = pytest.mark.github_contract
Recorded = list[tuple[str, dict[str, Any]]]


def read(event: str, payload: object) -> Signal | Ignored:
    return parse_event(event, json.dumps(payload).encode(), own_app_id=1)


def test_every_recorded_delivery_is_read(recorded: Recorded) -> None:
    ours = [(event, payload) for event, payload in recorded if event in EVENTS]
    assert {event for event, _ in ours} == set(EVENTS)
    unreadable = [found for found in (read(*one) for one in ours) if _is_unreadable(found)]
    assert unreadable == []


def test_every_other_recorded_event_is_ignored_by_its_name(recorded: Recorded) -> None:
    others = [(event, payload) for event, payload in recorded if event not in EVENTS]
    assert len({event for event, _ in others}) > 30
    assert {read(*one) for one in others} == {Ignored("unknown event")}


def test_a_null_anywhere_is_read_or_refused_by_name(recorded: Recorded) -> None:
    """One recorded delivery of each event, with each of its parts null, and each missing, in turn."""
    first = {event: payload for event, payload in recorded if event in EVENTS}
    outcomes: Counter[bool] = Counter()
    for event, payload in first.items():
        for broken in _broken(payload):
            found = read(event, broken)
            assert isinstance(found, Signal) or "None" not in found.reason
            outcomes[_is_unreadable(found)] += 1
    assert outcomes[False] > 10 * outcomes[True]  # only identities, commits and names are needed


def test_actions_of_the_future_are_ignored(recorded: Recorded) -> None:
    # Pushes and statuses have no action; a run is judged by its conclusion.
    for event, payload in recorded:
        if event in EVENTS and event not in {"push", "status", "workflow_run"}:
            found = read(event, payload | {"action": "transmogrified"})
            assert isinstance(found, Ignored), (event, found)
            assert not _is_unreadable(found)


def _is_unreadable(found: Signal | Ignored) -> bool:
    return isinstance(found, Ignored) and found.reason.startswith("unreadable")


def _broken(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key, value in payload.items():
        yield {**payload, key: None}
        yield {k: v for k, v in payload.items() if k != key}
        if isinstance(value, dict):
            for inner in value:
                yield {**payload, key: {**value, inner: None}}
                yield {**payload, key: {k: v for k, v in value.items() if k != inner}}
