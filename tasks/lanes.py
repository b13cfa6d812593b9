"""What a worker does: the inbox, the commands, the stages; each a lane of its crew."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import SQLAlchemyError

from tasks.celery import ANALYZE, PUBLISH, Sender
from tasks.crew import Lane
from tasks.errors import GoldseamError, Retryable
from tasks.stages.receive import Wake
from tasks.stop import StopSwitch
from tasks.store import commands
from tasks.store.counts import TALLY
from tasks.store.database import AWAY, Store
from tasks.store.deliveries import waiting
from tasks.store.models_people import CommandState
from tasks.store.queue import UNSEEN, Picked, next_attempt, put_off
from tasks.store.states import STAGES, TERMINAL, WRITING, State
from tasks.tracing import span

TRIES = 10
"""How often a stage is begun before Goldseam gives up: errors that may pass, and workers that died in it."""
_LONGEST_BACK_OFF_SECONDS = 300.0
_IDLE_SECONDS = 5.0
"""When a stage left an attempt as it was: somebody stopped it, or another worker has it."""
_BROKEN_SECONDS = 60.0
_COMMAND_TRIES = 3
_AWAY_SECONDS = 2.0
"""A database that is restarted is back in about this time."""

log = structlog.get_logger()

RunStage = Callable[[int], State]
Receive = Callable[[int], Wake | None]
AnswerCommand = Callable[[int], CommandState]
GiveUp = Callable[[int, str], State]


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker can do: the stages it has dependencies for."""

    store: Store
    receive: Receive
    stages: Mapping[str, RunStage]
    give_up: GiveUp
    """Ends an attempt whose stage was tried often enough; the sentence is for people."""
    stop: StopSwitch
    answer: AnswerCommand | None = None
    """Answers commands; only the worker that can write has it."""
    chores: Sequence[Callable[[], bool]] = ()
    """Quick things beside the stages: each does one piece of what waits, False when nothing does."""
    hand_back: Callable[[], int] = lambda: 0
    """Gives what is under way to the next worker."""
    threads: int = 1
    owner: str = "worker"


def lanes_of(work: Work, sender: Sender) -> tuple[Lane, ...]:
    """Return the lanes of a worker; the inbox belongs to whoever observes."""
    lanes = [Lane("stages", Stages(work, sender).take_one, work.threads)]
    if "observe" in work.stages:
        lanes.append(Lane("inbox", Inbox(work, sender).take_one))
    lanes += [Lane(f"chore-{number}", chore) for number, chore in enumerate(work.chores)]
    if work.answer is not None:
        lanes.append(Lane("commands", Commands(work, work.answer, sender).take_one))
    return tuple(lanes)


@dataclass(slots=True)
class Inbox:
    """Makes of each delivery what it asks for, oldest first."""

    work: Work
    sender: Sender
    _broken: dict[int, float] = field(default_factory=dict)
    """Deliveries that raised, and when: one of them must not hold up the others."""

    def take_one(self) -> bool:
        """Handle one delivery; False when none waits."""
        now = time.monotonic()
        self._broken = {number: at for number, at in self._broken.items() if now - at < _BROKEN_SECONDS}
        with self.work.store.read() as session:
            found = waiting(session, limit=1 + len(self._broken))
        number = next((number for number in found if number not in self._broken), None)
        if number is None:
            return False
        with structlog.contextvars.bound_contextvars(delivery=number):
            self._receive(number)
        return True

    def _receive(self, number: int) -> None:
        try:
            with span("receive", delivery=number):
                wake = self.work.receive(number)
        except SQLAlchemyError:  # nothing can be said of the delivery
            raise
        except Exception:
            self._broken[number] = time.monotonic()
            log.exception("delivery_broken")
            return
        if wake is not None and wake.attempt is not None:
            self.sender.ring(ANALYZE)
        if wake is not None and wake.command is not None:
            self.sender.ring(PUBLISH)


@dataclass(slots=True)
class Commands:
    """Answers what people said, oldest first; gives up only where GitHub forbids it or Goldseam itself breaks."""

    work: Work
    answer: AnswerCommand
    sender: Sender
    _later: dict[int, float] = field(default_factory=dict)
    """Commands that wait for GitHub, and until when; a restart forgets it, and asks once more."""
    _broken: dict[int, int] = field(default_factory=dict)
    """How often Goldseam itself broke on a command."""
    _begun: set[int] = field(default_factory=set)
    """Commands for which an attempt was opened here: it calls when it rests, so nobody has to look meanwhile."""

    def take_one(self) -> bool:
        """Answer one command; False when none is ready, or everything is stopped."""
        if self.work.stop.is_stopped() is not None:
            return False
        now = time.monotonic()
        self._later = {number: until for number, until in self._later.items() if until > now}
        with self.work.store.read() as session:
            found = commands.unanswered(session, limit=1 + len(self._later))
        number = next((number for number in found if number not in self._later), None)
        if number is None:
            return False
        with structlog.contextvars.bound_contextvars(command=number), span("command", command=number):
            state = self._answer(number)
        if state is CommandState.WAITING:
            self.sender.ring(ANALYZE)
        return True

    def _answer(self, number: int) -> CommandState | None:
        try:
            state = self.answer(number)
        except Retryable as error:
            log.warning("retrying", why=str(error))
            self._put_off(number, error.retry_after or _BROKEN_SECONDS)
            return None
        except GoldseamError as error:
            return self._give_up(number, str(error))
        except Exception:
            log.exception("command_broken")
            self._broken[number] = self._broken.get(number, 0) + 1
            if self._broken[number] >= _COMMAND_TRIES:
                return self._give_up(number, "Goldseam itself broke on this command; its log has the traceback.")
            self._put_off(number, _BROKEN_SECONDS)
            return None
        log.info("command_ended", state=str(state))
        if state is CommandState.WAITING and number not in self._begun:
            self._begun.add(number)
        elif state in commands.OPEN:  # held by another worker or by a stop
            self._put_off(number, _IDLE_SECONDS)
        else:
            self._begun.discard(number)
        return state

    def _give_up(self, number: int, sentence: str) -> CommandState:
        log.warning("command_given_up", why=sentence)
        self._broken.pop(number, None)
        with self.work.store.write() as session:
            commands.give_up(session, number, sentence)
        return CommandState.REFUSED

    def _put_off(self, number: int, seconds: float) -> None:
        self._later[number] = time.monotonic() + seconds


@dataclass(frozen=True, slots=True)
class Stages:
    """Runs one stage of one attempt after another."""

    work: Work
    sender: Sender

    def take_one(self) -> bool:
        """Run the stage of the attempt that is next; False when none is ready, or everything is stopped."""
        if self.work.stop.is_stopped() is not None:
            return False
        with self.work.store.write() as session:
            picked = next_attempt(session, tuple(self.work.stages))
        if picked is None:
            return False
        if picked.was_held:
            TALLY.add("leases_taken_over", stage=picked.stage)
        names = {"attempt": picked.id, "stage": picked.stage, "trace_id": picked.trace_id}
        with (
            structlog.contextvars.bound_contextvars(**names),
            span(picked.stage, trace_id=picked.trace_id, attempt=picked.id, tries=picked.tries) as here,
        ):
            began = time.monotonic()
            state = self._run(picked)
            TALLY.observe("stage_seconds", time.monotonic() - began, stage=picked.stage)
            here.set_attribute("goldseam.state", str(state))
            log.info("stage_ended", state=str(state), seconds=round(time.monotonic() - began, 3))
        self._wake_next(picked, state)
        return True

    def _run(self, picked: Picked) -> State:
        """Run the stage; put the attempt off, or end it and say why, when the stage cannot move it."""
        if picked.tries > TRIES:
            return self._give_up(picked, f"The process that worked on it died {TRIES} times.")
        try:
            state = self.work.stages[picked.stage](picked.id)
        except GoldseamError as error:
            return self._failed(picked, error)
        except AWAY as error:
            # Nothing is wrong with the attempt. When this cannot be written either, its lease runs out.
            log.warning("database_away", why=type(error).__name__)
            return self._later(picked, _AWAY_SECONDS, counts=False)
        except Exception:  # the door of the worker: one broken attempt must not come back for ever
            log.exception("broken")
            return self._give_up(picked, "Goldseam itself broke on this attempt; its log has the traceback.")
        if state is picked.state:
            return self._later(
                picked, UNSEEN.total_seconds() if state is State.WATCHING else _IDLE_SECONDS, counts=False
            )
        return state

    def _failed(self, picked: Picked, error: GoldseamError) -> State:
        """Come back when GitHub said so, or after a pause that doubles; end the attempt when that is of no use."""
        if not isinstance(error, Retryable):
            log.warning("ended", why=str(error))
            return self._give_up(picked, str(error))
        if error.retry_after is not None:
            log.info("waiting", why=str(error), seconds=error.retry_after)
            TALLY.add("waits", stage=picked.stage)
            return self._later(picked, error.retry_after, counts=False)
        log.warning("retrying", why=str(error), tries=picked.tries)
        if picked.tries >= TRIES:
            return self._give_up(picked, f"{error} It was tried {TRIES} times.")
        return self._later(picked, min(_LONGEST_BACK_OFF_SECONDS, 2.0**picked.tries), counts=True)

    def _later(self, picked: Picked, seconds: float, *, counts: bool) -> State:
        with self.work.store.write() as session:
            put_off(session, picked, seconds, counts=counts)
        return picked.state

    def _give_up(self, picked: Picked, sentence: str) -> State:
        TALLY.add("given_up", stage=picked.stage)
        return self.work.give_up(picked.id, sentence)

    def _wake_next(self, picked: Picked, state: State) -> None:
        if state is picked.state:
            return
        if state in STAGES:
            self.sender.ring(PUBLISH if state in WRITING else ANALYZE)
        if state is State.WATCHING or state in TERMINAL:
            self.sender.ring(PUBLISH)  # a person's command may wait for it
