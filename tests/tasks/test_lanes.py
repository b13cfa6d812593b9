"""What a worker makes of what its stages say: on, later, or at an end with a sentence."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.config import Settings
from app.server.analyze import analyze_work
from app.server.publish import publish_work
from tasks import lanes
from tasks.broker.client import BrokerClient
from tasks.errors import Refused, Retryable, Waiting
from tasks.lanes import TRIES, Work, lanes_of
from tasks.stages.receive import Wake
from tasks.stop import StopSwitch
from tasks.store import attempts, commands, deliveries
from tasks.store.counts import TALLY
from tasks.store.database import Store
from tasks.store.models import Attempt
from tasks.store.models_people import CommandRow, CommandState
from tasks.store.states import STAGES, WRITING, State


class Later(Waiting):
    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.retry_after = seconds


class Bell:
    """Stands for the sender: remembers whom it woke."""

    def __init__(self) -> None:
        self.rung: list[str] = []

    def ring(self, queue: str) -> None:
        self.rung.append(queue)


@dataclass
class Worker:
    """A worker whose one stage does what the test says."""

    store: Store
    stop_file: Path
    says: Callable[[int], State] = lambda _: State.RECEIVED
    given_up: list[str] = field(default_factory=list)
    bell: Bell = field(default_factory=Bell)
    received: Callable[[int], Wake | None] = lambda _: None
    answer: Callable[[int], CommandState] | None = None
    calls: int = 0

    def lanes(self):
        def stage(number: int) -> State:
            self.calls += 1
            return self.says(number)

        def give_up(number: int, sentence: str) -> State:
            self.given_up.append(sentence)
            self.move(number, State.FAILED)
            return State.FAILED

        switch = StopSwitch((self.stop_file,), self.store)
        work = Work(self.store, self.received, {"observe": stage}, give_up, switch, answer=self.answer)
        return {lane.name: lane.step for lane in lanes_of(work, self.bell)}

    def step(self, lane: str = "stages") -> bool:
        return self.lanes()[lane]()

    def move(self, number: int, state: State) -> State:
        with self.store.write() as session:
            held = attempts.lease(session, number, state=State.RECEIVED, owner="w", seconds=30)
            if held is not None:
                attempts.advance(session, held, to=state)
        return state

    def hurry(self) -> None:
        """Let every wait be over."""
        with self.store.write() as session:
            session.execute(update(Attempt).values(not_before=None))

    def row(self) -> Attempt:
        with self.store.read() as session:
            return session.query(Attempt).one()


@pytest.fixture
def worker(sqlite_store: Store, tmp_path: Path) -> Worker:
    TALLY.take()
    with sqlite_store.write() as session:
        row = Attempt(semantic_key="ci:7:a", repository_id=7, repository="o/r", base="main", head_sha="a" * 40)
        attempts.open_attempt(session, row)
    return Worker(sqlite_store, tmp_path / "STOP")


def raising(error: Exception) -> Callable[[int], State]:
    def stage(_: int) -> State:
        raise error

    return stage


def test_a_stage_that_moves_its_attempt_wakes_whoever_comes_next(worker: Worker) -> None:
    worker.says = lambda number: worker.move(number, State.DECIDING)
    assert [worker.step(), worker.step()] == [True, False]
    assert worker.bell.rung == ["analyze"]
    assert "stage_seconds_count" in {name for name, _ in TALLY.take()}


def test_every_stage_rings_at_the_worker_that_has_it(tmp_path: Path) -> None:
    config = Settings(_env_file=None, data_dir=tmp_path)
    assert set(publish_work(config).stages) == {STAGES[state] for state in WRITING}
    assert set(analyze_work(config).stages) == {STAGES[state] for state in set(STAGES) - WRITING}


def test_waiting_for_a_budget_burns_no_try_and_keeps_its_time(worker: Worker) -> None:
    worker.says = raising(Later(120))
    for _ in range(TRIES + 5):
        assert worker.step()
        assert not worker.step()
        worker.hurry()
    assert worker.given_up == []
    assert worker.row().tries == 0


def test_a_broker_that_is_away_burns_no_try(worker: Worker, tmp_path: Path) -> None:
    def ask(_: int) -> State:
        with BrokerClient(tmp_path / "nobody.sock", "analyze").token("1", "o/r"):
            return State.REPRODUCING

    worker.says = ask
    assert worker.step()
    assert (worker.row().tries, worker.given_up) == (0, [])


def test_an_error_that_may_pass_is_tried_again_and_in_the_end_said(worker: Worker) -> None:
    worker.says = raising(Retryable("GitHub answered 502."))
    for _ in range(TRIES):
        assert worker.given_up == []
        worker.step()
        assert not worker.step()
        worker.hurry()
    assert worker.given_up == [f"GitHub answered 502. It was tried {TRIES} times."]


def test_a_worker_that_dies_on_an_attempt_does_so_a_limited_number_of_times(worker: Worker) -> None:
    """Death leaves no error to count: the try was counted when it began."""
    worker.says = raising(KeyboardInterrupt())
    for _ in range(TRIES):
        with pytest.raises(KeyboardInterrupt):
            worker.step()
        worker.hurry()
    worker.step()
    assert (worker.calls, worker.given_up) == (TRIES, [f"The process that worked on it died {TRIES} times."])


@pytest.mark.parametrize(
    ("error", "said"),
    [(Refused("Install the App."), "Install the App."), (TypeError("x"), "Goldseam itself broke")],
    ids=["ours", "a bug"],
)
def test_what_cannot_pass_ends_the_attempt_at_once(worker: Worker, error: Exception, said: str) -> None:
    worker.says = raising(error)
    worker.step()
    assert [sentence[: len(said)] for sentence in worker.given_up] == [said]


def test_while_everything_is_stopped_no_stage_begins(worker: Worker) -> None:
    worker.stop_file.touch()
    assert [worker.step(), worker.calls] == [False, 0]
    worker.stop_file.unlink()
    assert [worker.step(), worker.calls] == [True, 1]


def test_one_broken_delivery_holds_up_no_other(worker: Worker) -> None:
    with worker.store.write() as session:
        first, second = (deliveries.receive(session, guid=f"g{n}", event="push", body=b"{}") for n in range(2))
    handled = []

    def receive(number: int) -> Wake:
        if number == first:
            raise ValueError("hostile")
        handled.append(number)
        with worker.store.write() as session:
            deliveries.finish(session, number, reason="done")
        return Wake(attempt=1, command=2)

    worker.received = receive
    inbox = worker.lanes()["inbox"]
    assert [inbox(), inbox(), inbox()] == [True, True, False]
    assert (handled, worker.bell.rung) == ([second], ["analyze", "publish"])


def test_a_command_that_github_cannot_take_now_is_answered_later_and_holds_up_no_other(worker: Worker) -> None:
    first, second = (said(worker.store, number) for number in (1, 2))
    answered = []

    def answer(number: int) -> CommandState:
        if number == first and not answered:
            raise Later(0.05)
        answered.append(number)
        with worker.store.write() as session:
            session.execute(update(CommandRow).where(CommandRow.id == number).values(state=CommandState.DONE))
        return CommandState.DONE

    worker.answer = answer
    lane = worker.lanes()["commands"]
    assert [lane(), lane()] == [True, True]
    time.sleep(0.06)
    assert [lane(), lane()] == [True, False]
    assert answered == [second, first]


def test_a_command_is_answered_as_soon_as_its_attempt_rests(worker: Worker) -> None:
    number, states = said(worker.store, 1), [CommandState.WAITING, CommandState.DONE]

    def answer(_: int) -> CommandState:
        state = states.pop(0)
        with worker.store.write() as session:
            opened = session.scalars(select(Attempt.id)).one()
            row = update(CommandRow).where(CommandRow.id == number)
            session.execute(row.values(state=state, opened_id=opened, lease_until=None))
        return state

    worker.answer = answer
    lane = worker.lanes()["commands"]
    assert [lane(), lane()] == [True, False], "its attempt works"
    worker.says = lambda attempt: worker.move(attempt, State.SUPERSEDED)
    worker.bell.rung.clear()
    assert worker.step()
    assert worker.bell.rung == ["publish"]
    assert [lane(), lane(), states] == [True, False, []]


def test_a_command_that_a_stop_holds_is_looked_at_now_and_then(worker: Worker) -> None:
    said(worker.store, 1)
    asked = []

    def answer(number: int) -> CommandState:
        asked.append(number)
        return CommandState.RECEIVED

    worker.answer = answer
    lane = worker.lanes()["commands"]
    assert [lane(), lane(), lane()] == [True, False, False]
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("error", "tries"), [(RuntimeError("ours"), 3), (Refused("not installed"), 1)], ids=["ours", "no"]
)
def test_a_command_that_cannot_be_answered_ends(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, error: Exception, tries: int
) -> None:
    monkeypatch.setattr(lanes, "_BROKEN_SECONDS", 0.0)
    number, asked = said(worker.store, 1), []

    def answer(_: int) -> CommandState:
        asked.append(1)
        raise error

    worker.answer = answer
    lane = worker.lanes()["commands"]
    while lane():
        pass
    assert len(asked) == tries
    with worker.store.read() as session:
        assert session.get_one(CommandRow, number).state is CommandState.REFUSED


def said(store: Store, number: int) -> int:
    with store.write() as session:
        row = CommandRow(semantic_key=f"c{number}", repository_id=7, repository="o/r", verb="help", body="{}")
        return commands.open_command(session, row)[0].id
