"""Watch: a person answers the pull request, and the incident is closed with the answer."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tasks.errors import GoldseamError
from tasks.github.protocol import Pull, Reader
from tasks.stages.documents import Order
from tasks.stages.doors import OpenReader
from tasks.stages.turn import Turn, Turns
from tasks.stages.upkeep import is_ours, of_no_use, rebase_on_conflict, superseding
from tasks.store import incidents
from tasks.store.documents import Kind
from tasks.store.states import State


def watch(attempt_id: int, *, turns: Turns, readers: OpenReader) -> State:
    """Move an attempt from WATCHING to TIDYING when its pull request was merged, closed or is of no use any more.

    The event that told of it only wakes this stage; what counts is what GitHub says now,
    so a lost or early event changes nothing.
    """
    with turns.take(attempt_id, State.WATCHING) as turn:
        if turn is not None:
            return _watch(turn, readers)
    return turns.state_of(attempt_id)


def _watch(turn: Turn, readers: OpenReader) -> State:
    number, incident = turn.attempt.pull_number, turn.attempt.incident_id
    if number is None or incident is None:
        raise GoldseamError(f"Attempt {turn.attempt.id} is watched but has no pull request.")
    with readers(turn.attempt) as reader:
        pull = reader.pull(number)
        if pull.state == "open":
            return _look_after(turn, reader, pull, incident)
    answer = "merged" if pull.merged else "declined"

    def close(session: Session) -> None:
        incidents.close(session, incident, because=answer, by=f"pull request #{number}")

    sentence = f"Pull request #{number} was {'merged' if pull.merged else 'closed without merging'}."
    return turn.finish(State.TIDYING, why=f"The pull request was {answer}.", sentence=sentence, also=close)


def _look_after(turn: Turn, reader: Reader, pull: Pull, incident: int) -> State:
    """Let a pull request go that is of no use, prove one anew that conflicts; what others pushed to is theirs."""
    if not is_ours(turn.store, turn.attempt, pull):
        return State.WATCHING
    order = turn.get(Kind.ORDER, Order)
    why, because, by = of_no_use(reader, turn.attempt, order.runs), "gone", "the branch itself"
    later = superseding(turn.store, turn.attempt, order)
    if not why and later is not None:
        why = f"#{later.pull_number} repairs the same tests, at the newer commit {later.head_sha[:7]}."
        because, by = "superseded", f"attempt {later.id}"
    if not why:
        # A branch that only fell behind merges as it is; nobody is told of every step of a busy base.
        if pull.mergeable is False:
            rebase_on_conflict(turn, reader)
        return State.WATCHING

    def close(session: Session) -> None:
        incidents.close(session, incident, because=because, by=by)

    words = "The fault is gone." if because == "gone" else "Another pull request repairs it as well."
    return turn.finish(State.TIDYING, why=words, sentence=why, also=close)
