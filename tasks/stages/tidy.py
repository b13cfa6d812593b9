"""Tidy: a pull request of no use is closed, and the branch of an answered one goes, unless others pushed to it."""

from __future__ import annotations

from tasks.github.protocol import Writer
from tasks.policy.load import effective
from tasks.policy.model import REPOSITORY_FILE, ServerPolicy
from tasks.stages.doors import OpenWriter
from tasks.stages.effect import Hand, NotNow
from tasks.stages.settle import hold
from tasks.stages.turn import Turn, Turns
from tasks.stages.upkeep import delete_branch, last_commit, withdraw
from tasks.store.models import Effect
from tasks.store.states import State


def tidy(attempt_id: int, *, turns: Turns, writers: OpenWriter, server: ServerPolicy) -> State:
    """Move an attempt from TIDYING to DONE; a stop leaves it where it is."""
    with turns.take(attempt_id, State.TIDYING) as turn:
        if turn is not None:
            with writers(turn.attempt) as writer:
                return _tidy(turn, writer, server)
    return turns.state_of(attempt_id)


def _tidy(turn: Turn, writer: Writer, server: ServerPolicy) -> State:
    policy = effective(server, writer.file_at(REPOSITORY_FILE, writer.default_branch()))
    commit = last_commit(turn.store, turn.attempt)
    why = "There is no branch."
    if commit is not None:
        try:
            why = _put_away(Hand(turn, policy, None), writer, commit)
        except NotNow as refused:
            if refused.decision.clause.startswith("stop:"):
                return hold(turn, refused.decision)
            why = "Policy lets the branch stand."
    return turn.finish(State.DONE, why=why, sentence=turn.attempt.sentence)


def _put_away(hand: Hand, writer: Writer, commit: Effect) -> str:
    attempt = hand.turn.attempt
    there = writer.branch_sha(commit.target)
    if there not in {None, commit.remote_id}:
        return "Somebody else pushed to the branch, so it stands."
    if attempt.pull_number is not None:
        pull = writer.pull(attempt.pull_number)
        if pull.state == "open":
            withdraw(hand, writer, pull, attempt.sentence)
    return delete_branch(hand, writer, commit)
