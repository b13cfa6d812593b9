"""Tidy: when a person has answered the pull request, its branch goes, unless somebody else pushed to it."""

from __future__ import annotations

from tasks.github.protocol import Writer
from tasks.policy.decide import Action
from tasks.policy.load import effective
from tasks.policy.model import REPOSITORY_FILE, ServerPolicy
from tasks.stages.doors import OpenWriter
from tasks.stages.effect import Hand, Made, NotNow
from tasks.stages.settle import hold
from tasks.stages.turn import Turn, Turns
from tasks.store import effects, threads
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
    commit = _last_commit(turn)
    why = "There is no branch."
    if commit is not None:
        try:
            why = _delete(Hand(turn, policy, None), writer, commit)
        except NotNow as refused:
            if refused.decision.clause.startswith("stop:"):
                return hold(turn, refused.decision)
            why = "Policy lets the branch stand."
    return turn.finish(State.DONE, why=why, sentence=turn.attempt.sentence)


def _delete(hand: Hand, writer: Writer, commit: Effect) -> str:
    branch, expected = commit.target, commit.remote_id
    there = writer.branch_sha(branch)
    if there not in {None, expected}:
        return "Somebody else pushed to the branch, so it stands."

    def gone() -> Made | None:
        return Made(expected) if writer.branch_sha(branch) is None else None

    def delete() -> Made:
        writer.delete_branch(branch, expected)
        return Made(expected)

    hand.make(Action.DELETE, kind="delete", target=branch, look=gone, do=delete)
    return "The branch was deleted."


def _last_commit(turn: Turn) -> Effect | None:
    """Return the last commit that Goldseam made on the branch of the thread."""
    with turn.store.read() as session:
        for attempt in threads.line_of(session, turn.attempt):
            made = [
                each for each in effects.of_attempt(session, attempt.id) if each.kind == "commit" and each.remote_id
            ]
            if made:
                return made[-1]
    return None
