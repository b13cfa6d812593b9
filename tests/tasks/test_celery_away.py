"""A database that is away for a while ends no attempt and costs no lease."""

import threading
import time
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import InterfaceError, OperationalError

from tasks.celery import TRIES, Step, _Recently
from tasks.stages.turn import _kept_alive
from tasks.store.attempts import Lease
from tasks.store.states import State


class Again(Exception):
    """What Celery raises to have a task delivered again."""


class Task:
    """A task at its n-th try."""

    def __init__(self, tries: int) -> None:
        self.request = SimpleNamespace(retries=tries)

    def retry(self, *, exc: Exception, countdown: float) -> Again:
        assert countdown > 0
        return Again(exc)


def away(kind: type[OperationalError | InterfaceError]) -> Exception:
    return kind("SELECT 1", {}, Exception("the server closed the connection unexpectedly"))


def step(error: Exception) -> Step:
    def run(attempt_id: int) -> State:
        raise error

    return Step(run, lambda *_: pytest.fail("gave up"), SimpleNamespace(), _Recently())


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_a_stage_is_tried_again_while_the_database_is_away(kind):
    with pytest.raises(Again):
        step(away(kind)).take(Task(0), "repair", 1)


def test_after_the_last_try_the_attempt_is_left_to_the_sweep():
    step(away(OperationalError)).take(Task(TRIES), "repair", 1)


def test_one_renewal_that_fails_costs_no_lease():
    asked = []
    renewed = threading.Event()

    class Flaky:
        def write(self):
            asked.append(time.monotonic())
            if len(asked) == 1:
                raise away(OperationalError)
            renewed.set()
            raise away(OperationalError)

    with _kept_alive(Flaky(), Lease(1, State.REPAIRING, 1), 0.15):
        assert renewed.wait(5)
