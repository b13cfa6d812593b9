"""A database that is away for a while ends no attempt and costs no lease."""

import threading

import pytest
from sqlalchemy.exc import InterfaceError, OperationalError
from test_lanes import Worker, raising, worker

from tasks.lanes import TRIES
from tasks.stages.alive import kept_alive
from tasks.store.database import Store
from tasks.store.states import State

__all__ = ["worker"]


def away(kind: type[OperationalError | InterfaceError] = OperationalError) -> Exception:
    return kind("SELECT 1", {}, Exception("the server closed the connection unexpectedly"))


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_a_stage_that_lost_the_database_is_run_again_however_often(worker: Worker, kind) -> None:
    worker.says = raising(away(kind))
    for _ in range(TRIES + 2):
        assert worker.step()
        assert worker.given_up == []
        assert not worker.step(), "it waits a moment"
        worker.hurry()
    worker.says = lambda number: worker.move(number, State.DECIDING)
    assert worker.step()
    assert worker.row().state is State.DECIDING


def test_renewals_that_fail_cost_no_lease() -> None:
    asked = []
    again = threading.Event()

    class Away(Store):
        def write(self):
            asked.append(1)
            if len(asked) > 1:
                again.set()
            raise away()

    with kept_alive(Away(None), lambda session: True, name="1", seconds=0.15):
        assert again.wait(5)
