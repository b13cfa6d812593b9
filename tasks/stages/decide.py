"""Decide: ask policy how far the result may go, before anybody can write."""

from __future__ import annotations

from functools import partial

from fixers.evidence import Trace
from tasks.policy.load import effective
from tasks.policy.model import REPOSITORY_FILE, EffectivePolicy, ServerPolicy
from tasks.stages.documents import Order
from tasks.stages.doors import OpenReader
from tasks.stages.ending import end, shown
from tasks.stages.replay import divergence
from tasks.stages.settle import hold, record, settle
from tasks.stages.turn import Turn, Turns
from tasks.store import documents
from tasks.store.documents import Kind
from tasks.store.models import Purpose
from tasks.store.states import State


def decide(attempt_id: int, *, turns: Turns, readers: OpenReader, server: ServerPolicy) -> State:
    """Move an attempt from DECIDING to PUBLISHING, or to its end when nothing may be shown outside."""
    with turns.take(attempt_id, State.DECIDING) as turn:
        if turn is not None:
            with readers(turn.attempt) as reader:
                policy = effective(server, reader.file_at(REPOSITORY_FILE, reader.default_branch()))
            return _decide(turn, policy)
    return turns.state_of(attempt_id)


def _decide(turn: Turn, policy: EffectivePolicy) -> State:
    trace = turn.get(Kind.TRACE, Trace)
    if turn.attempt.purpose is Purpose.REPLAY:
        return _compare(turn, trace)
    order = turn.find(Kind.ORDER, Order)
    settled = settle(trace, policy, turn.stopped(), fork=order is not None and order.fork_pull > 0)
    if settled.stopped:
        return hold(turn, settled.last)
    trace = shown(turn, trace, settled)
    write = partial(record, attempt=turn.attempt, stage="decide", decisions=settled.decisions)
    if settled.action is None:
        return end(turn, trace, also=write)
    return turn.finish(
        State.PUBLISHING,
        why=f"Policy allows {settled.action}.",
        reason=trace.reason,
        sentence=trace.sentence,
        found={Kind.TRACE: trace, Kind.DECISION: settled.last},
        also=write,
    )


def _compare(turn: Turn, trace: Trace) -> State:
    """End a replay with what differs from the attempt that it repeats; nothing is shown but the answer."""
    with turn.store.read() as session:
        before = documents.get(session, turn.attempt.shows or turn.attempt.id, Kind.TRACE, Trace)
    differs = divergence(before, trace)
    sentence = f"The replay differs first at {differs}." if differs else "The replay gives the same patch and trace."
    return turn.finish(State.DONE, why="Replayed.", sentence=sentence)
