"""Onboardings on both databases: asked once, held by one, tokens only while held."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tasks.broker.known import Assignment
from tasks.store import onboardings
from tasks.store.assignments import StoreKnown
from tasks.store.attempts import LostTurn
from tasks.store.database import Store
from tasks.store.models_people import Onboarding, OnboardingState
from tasks.store.onboardings import READING, WRITING, Held


def wanted(store: Store, state: OnboardingState = OnboardingState.WAITING) -> Onboarding:
    with store.write() as session:
        assert onboardings.want(session, repository_id=7, repository="o/r", installation_id=3)
        row = onboardings.find(session, 7)
        row.state = state
        return row


def held(store: Store, row: Onboarding, *, seconds: float = 60) -> Held:
    with store.write() as session:
        taken = onboardings.lease(session, row, owner="w", seconds=seconds)
    assert taken is not None
    return taken


def test_a_repository_is_wanted_once_and_follows_its_name(store: Store) -> None:
    wanted(store)
    with store.write() as session:
        assert not onboardings.want(session, repository_id=7, repository="o/renamed", installation_id=4)
        row = onboardings.find(session, 7)
        assert (row.repository, row.installation_id, row.state) == ("o/renamed", 4, OnboardingState.WAITING)


def test_where_asking_failed_it_is_tried_again_after_a_day(store: Store) -> None:
    row = wanted(store)
    again = {"repository_id": 7, "repository": "o/r", "installation_id": 3}
    with store.write() as session:
        onboardings.move(session, onboardings.lease(session, row, owner="w", seconds=60), OnboardingState.FAILED)
        assert not onboardings.want(session, **again)
    with store.write() as session:
        session.get_one(Onboarding, row.id).changed_at -= timedelta(hours=25)
    with store.write() as session:
        assert onboardings.want(session, **again)
        assert onboardings.find(session, 7).state is OnboardingState.WAITING


def test_it_is_due_until_somebody_holds_it_and_again_when_that_one_died(store: Store) -> None:
    row = wanted(store)
    with store.read() as session:
        assert [each.id for each in onboardings.due(session, READING)] == [row.id]
        assert list(onboardings.due(session, WRITING)) == []
    held(store, row)
    with store.read() as session:
        assert list(onboardings.due(session, READING)) == []
    with store.write() as session:
        session.get_one(Onboarding, row.id).lease_until = None
    first, second = held(store, row, seconds=-1), held(store, row)
    with store.write() as session, pytest.raises(LostTurn):
        onboardings.move(session, first, OnboardingState.SURVEYED)
    with store.write() as session:
        onboardings.move(session, second, OnboardingState.SURVEYED, survey="{}")
    with store.read() as session:
        assert [(each.tries, each.survey) for each in onboardings.due(session, WRITING)] == [(0, "{}")]


def test_an_app_that_leaves_takes_the_turn_away(store: Store) -> None:
    taken = held(store, wanted(store))
    with store.write() as session:
        onboardings.leave(session, installation_id=3)
    with store.write() as session, pytest.raises(LostTurn):
        onboardings.move(session, taken, OnboardingState.SURVEYED)
    with store.write() as session:
        assert onboardings.want(session, repository_id=7, repository="o/r", installation_id=5)


def test_leaving_one_repository_leaves_the_others(store: Store) -> None:
    wanted(store)
    with store.write() as session:
        onboardings.leave(session, repository_ids=[8])
        assert onboardings.find(session, 7).state is OnboardingState.WAITING


@pytest.mark.parametrize("state", list(OnboardingState))
def test_a_token_is_for_what_is_done_now(store: Store, state: OnboardingState) -> None:
    row = wanted(store, state)
    known, name = StoreKnown(store), f"o{row.id}"
    assert known.known(name, "analyze") is None, "nobody holds it"
    held(store, row)
    granted = {stage for stage in ("analyze", "publish") if known.known(name, stage)}
    assert granted == ({"publish"} if state in WRITING else {"analyze"} if state in READING else set())
    assert {known.known(name, stage) for stage in granted} <= {Assignment(3, "o/r")}
    assert known.known(str(row.id), "publish") is None, "an attempt's number is not an onboarding's"


@pytest.mark.parametrize("name", ["o", "o1o1", "o-1", "x1", "o 1", "o²", ":1", "onboard:1"])
def test_a_name_that_is_none_gets_no_token(sqlite_store: Store, name: str) -> None:
    held(sqlite_store, wanted(sqlite_store))
    assert StoreKnown(sqlite_store).known(name, "analyze") is None
