"""Looking after a pull request of our own: is it still of use, and how it says goodbye when it is not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.conversation.choices import choices
from tasks.github.protocol import Pull, Reader, Run, Writer
from tasks.policy.decide import Action
from tasks.report.neutral import inline
from tasks.stages.documents import Order, RedRun
from tasks.stages.effect import Hand, Made
from tasks.stages.follow import open_following, past_of, rebase
from tasks.stages.turn import Turn
from tasks.store import documents, effects, threads
from tasks.store.database import Store
from tasks.store.documents import Kind
from tasks.store.models import Attempt, Effect

STICKY = "<!-- goldseam:sticky -->"
"""Marks the one comment that is edited in place; only what our own bot wrote is looked at."""


def of_no_use(reader: Reader, attempt: Attempt, runs: Sequence[RedRun]) -> str:
    """Return why the pull request is of no use any more, as a sentence; empty while it is.

    Its base branch is gone, or every workflow that was red has passed on the branch
    at a later commit, without the repair.
    """
    head = reader.branch_sha(attempt.base)
    if head is None:
        return f"The branch {inline(attempt.base)} is gone."
    wanted = {run.name for run in runs}
    if head == attempt.head_sha or not wanted:
        return ""
    newest = _newest(reader.runs_of(head), attempt.base)
    if all(name in newest and newest[name].conclusion == "success" for name in wanted):
        return f"{inline(attempt.base)} is green again at {head[:7]}, without this change."
    return ""


def superseding(store: Store, attempt: Attempt, order: Order) -> Attempt | None:
    """Return the attempt whose pull request repairs, at a later commit, every test that this one repairs."""
    wanted = set(order.expected)
    with store.read() as session:
        for later in threads.later_at(session, attempt) if wanted else ():
            theirs = documents.find(session, later.id, Kind.ORDER, Order)
            if theirs is not None and wanted <= set(theirs.expected) and later.head_sha != attempt.head_sha:
                return later
    return None


def last_commit(store: Store, attempt: Attempt) -> Effect | None:
    """Return the last commit that Goldseam made on the branch of the attempt's thread."""
    with store.read() as session:
        for each in threads.line_of(session, attempt):
            made = [effect for effect in effects.of_attempt(session, each.id) if effect.kind == "commit"]
            if any(effect.remote_id for effect in made):
                return [effect for effect in made if effect.remote_id][-1]
    return None


def is_ours(store: Store, attempt: Attempt, pull: Pull) -> bool:
    """Say whether nobody but us has pushed to the pull request's branch."""
    commit = last_commit(store, attempt)
    return commit is not None and commit.remote_id == pull.head_sha


def rebase_on_conflict(turn: Turn, reader: Reader) -> bool:
    """Open an attempt that proves the proposal on what its base has become; once for each commit of the base."""
    attempt = turn.attempt
    head = reader.branch_sha(attempt.base)
    if head is None or head == attempt.head_sha or attempt.superseded_by is not None:
        return False
    with turn.writing() as session:
        past = past_of(session, attempt)
        listed = choices(past.traces, past.repairs)
        following = rebase(past, listed[0].proposal, head, by="") if listed else None
        if following is None:
            return False
        open_following(session, attempt, following, key=f"rebase:{attempt.id}:{head}", by=None)
    return True


def say(hand: Hand, writer: Writer, number: int, text: str) -> None:
    """Say something in the one comment that we keep below a pull request; nothing when it says so already."""
    body = f"{text}\n\n{STICKY}"

    def look() -> Made | None:
        there = writer.find_comment(number, STICKY)
        return Made(str(there.id), there.html_url) if there is not None and _same(there.body, body) else None

    def do() -> Made:
        there = writer.find_comment(number, STICKY)
        if there is None:
            return Made(str(writer.comment(number, body)))
        writer.edit_comment(there.id, body)
        return Made(str(there.id), there.html_url)

    hand.make(Action.COMMENT, kind="comment", target=f"#{number}", look=look, do=do)


def withdraw(hand: Hand, writer: Writer, pull: Pull, sentence: str) -> None:
    """Close a pull request of ours, and say why in its comment: of no use any more, or superseded by another."""
    say(hand, writer, pull.number, f"{sentence} So I close this pull request; reopen it if you want it all the same.")

    def closed() -> Made | None:
        return Made(str(pull.number)) if writer.pull(pull.number).state == "closed" else None

    def close() -> Made:
        writer.close_pull(pull.number)
        return Made(str(pull.number))

    hand.make(Action.EDIT, kind="close", target=f"#{pull.number}", look=closed, do=close)


def delete_branch(hand: Hand, writer: Writer, commit: Effect) -> str:
    """Delete our branch while it stands at our last commit; return what became of it, as a sentence."""
    branch, expected = commit.target, commit.remote_id

    def gone() -> Made | None:
        return Made(expected) if writer.branch_sha(branch) is None else None

    def delete() -> Made:
        writer.delete_branch(branch, expected)
        return Made(expected)

    hand.make(Action.DELETE, kind="delete", target=branch, look=gone, do=delete)
    return "The branch was deleted."


def _newest(runs: Sequence[Run], branch: str) -> dict[str, Run]:
    """Return the newest run of each workflow on a branch."""
    found: dict[str, Run] = {}
    for run in sorted(runs, key=lambda run: run.id):
        if run.head_branch == branch:
            found[run.name] = run
    return found


def _same(there: str, body: str) -> bool:
    # GitHub may give line ends back as it likes.
    return re.sub(r"\s+", " ", there).strip() == re.sub(r"\s+", " ", body).strip()
