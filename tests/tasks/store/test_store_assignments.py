"""Tokens are for the attempt, the repository and the stage that are worked on now, and for nothing else."""

from __future__ import annotations

import pytest

from tasks.broker.known import Assignment
from tasks.store import attempts
from tasks.store.assignments import StoreKnown
from tasks.store.database import Store
from tasks.store.models import Attempt
from tasks.store.states import STAGES, WRITING, State


def leased(store: Store, state: State, *, seconds: float = 30, installation: int | None = 3) -> str:
    with store.write() as session:
        attempt = Attempt(semantic_key="k", repository_id=7, repository="o/r", base="main", head_sha="a" * 40)
        attempt.state, attempt.installation_id = state, installation
        attempts.open_attempt(session, attempt)
        attempts.lease(session, attempt.id, state=state, owner="w", seconds=seconds)
        return str(attempt.id)


@pytest.mark.parametrize("state", list(State))
def test_a_token_is_for_the_stage_the_attempt_is_in(store: Store, state: State) -> None:
    """T61, T62: only the stages that write get a token that does, and an ended attempt gives none."""
    known = StoreKnown(store)
    attempt = leased(store, state)
    granted = {stage for stage in ("analyze", "publish") if known.known(attempt, stage)}
    assert granted == ({"publish"} if state in WRITING else {"analyze"} if state in STAGES else set())
    assert {known.known(attempt, stage) for stage in granted} <= {Assignment(3, "o/r")}


def test_without_a_worker_there_is_no_token(store: Store) -> None:
    assert StoreKnown(store).known(leased(store, State.PUBLISHING, seconds=-1), "publish") is None


def test_without_an_installation_there_is_no_token(store: Store) -> None:
    assert StoreKnown(store).known(leased(store, State.PUBLISHING, installation=None), "publish") is None


@pytest.mark.parametrize("name", ["2", "", "-1", "1 OR 1=1", "9" * 40, "²", "1\n"])
def test_an_attempt_nobody_knows_gets_none(sqlite_store: Store, name: str) -> None:
    leased(sqlite_store, State.PUBLISHING)
    assert StoreKnown(sqlite_store).known(name, "publish") is None
