"""Revise: another proposal on the pull request that stands, as a commit on top of what reviewers have seen.

Nothing is rewritten: a reviewer's comments keep their place, and the history tells
which proposal came after which. Only a rebase moves the branch, because that is
what was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fixers.evidence import Trace
from fixers.model import Declined, Reason
from fixers.patch import PatchDoesNotApply, apply, read
from tasks.github.errors import Conflict
from tasks.github.protocol import Pull, Writer
from tasks.policy.decide import Action
from tasks.stages.effect import Hand, Made
from tasks.store import documents, effects, threads
from tasks.store.documents import Kind
from tasks.store.models import Attempt, Purpose

_BY_HAND = "Go on by hand; close the pull request when it is of no use."


@dataclass(frozen=True, slots=True)
class Revision:
    """What the pull request is to show from now on."""

    number: int
    title: str
    body: str
    message: str
    """Of the commit."""
    trace: Trace


def revise(hand: Hand, writer: Writer, revision: Revision) -> int | Declined:
    """Show another proposal on a pull request; return its number, or why it must be left alone."""
    attempt = hand.turn.attempt
    pull = writer.pull(revision.number)
    if pull.state != "open":
        return Declined(Reason.SUPERSEDED, f"Pull request #{pull.number} was closed meanwhile.", "Nothing to do.")
    files = _files(hand, writer, revision.trace)
    if isinstance(files, Declined):
        return files
    head = writer.branch_sha(pull.head_branch)
    if head is None or not (head in _ours(hand, pull) or _holds(writer, head, files)):
        sentence = f"Somebody else pushed to {pull.head_branch}, so Goldseam keeps its hands off it."
        return Declined(Reason.SUPERSEDED, sentence, _BY_HAND)
    try:
        _commit(hand, writer, pull, head, files, revision.message)
    except Conflict as error:
        return Declined(Reason.SUPERSEDED, f"Somebody else changed {pull.head_branch}: {error}", _BY_HAND)

    def edit() -> Made:
        writer.update_pull(pull.number, title=revision.title, body=revision.body)
        return Made(str(pull.number), pull.html_url)

    hand.make(Action.EDIT, kind="edit", target=f"#{pull.number}", look=lambda: None, do=edit)
    return _note_branch(hand, attempt, pull)


def _note_branch(hand: Hand, attempt: Attempt, pull: Pull) -> int:
    """Let the branch be found under the attempt that stands for it now."""
    with hand.turn.writing() as session:
        made, new = effects.intend(
            session, key=f"branch:{attempt.id}", attempt_id=attempt.id, kind="branch", target=pull.head_branch
        )
        if new:
            effects.conclude(session, made.id, outcome="found", remote_id=attempt.head_sha, url="")
    return pull.number


def _files(hand: Hand, writer: Writer, trace: Trace) -> dict[str, bytes] | Declined:
    """Return the whole new contents: the proposal's files, and what earlier proposals touched as it was before."""
    attempt = hand.turn.attempt
    with hand.turn.store.read() as session:
        earlier = [documents.find(session, each.id, Kind.TRACE, Trace) for each in threads.proposals(session, attempt)]
    paths = {file.path for each in (*earlier, trace) if each is not None and each.patch for file in read(each.patch)}
    found = {path: writer.file_at(path, attempt.head_sha) for path in sorted(paths)}
    before = {path: data for path, data in found.items() if data is not None}
    try:
        edits = apply(trace.patch, {path: data.decode() for path, data in before.items()})
    except (PatchDoesNotApply, UnicodeDecodeError):
        return Declined(
            Reason.REFUSED_BY_INTEGRITY,
            "The proven patch does not fit the files at the red commit, byte for byte.",
            "Report this: the tree that was proven is not the tree that GitHub has.",
        )
    return {**before, **{edit.path: edit.after.encode() for edit in edits}}


def _commit(hand: Hand, writer: Writer, pull: Pull, head: str, files: Mapping[str, bytes], message: str) -> None:
    attempt, branch = hand.turn.attempt, pull.head_branch

    def committed() -> Made | None:
        moved = attempt.purpose is Purpose.REBASE and head in _ours(hand, pull)
        return Made(head) if not moved and _holds(writer, head, files) else None

    def commit() -> Made:
        if attempt.purpose is Purpose.REBASE:
            return _move(writer, attempt, branch, head, files, message)
        return Made(writer.commit(branch, head, message, files).sha)

    hand.make(Action.COMMIT, kind="commit", target=branch, look=committed, do=commit)


def _move(writer: Writer, attempt: Attempt, branch: str, head: str, files: Mapping[str, bytes], message: str) -> Made:
    """Put the commit on the new base beside the branch first: a branch without commits would close its request."""
    beside = f"{branch}-rebase-{attempt.id}"
    writer.create_branch(beside, attempt.head_sha)
    sha = writer.commit(beside, attempt.head_sha, message, files).sha
    writer.move_branch(branch, sha, expected=head)
    writer.delete_branch(beside, sha)
    return Made(sha)


def _ours(hand: Hand, pull: Pull) -> set[str]:
    """Return the commits that Goldseam made on the branch of a pull request."""
    with hand.turn.store.read() as session:
        line = list(threads.line_of(session, hand.turn.attempt))
        made = [effect for each in line for effect in effects.of_attempt(session, each.id)]
    return {effect.remote_id for effect in made if effect.kind == "commit" and effect.target == pull.head_branch}


def _holds(writer: Writer, head: str, files: Mapping[str, bytes]) -> bool:
    return all(writer.file_at(path, head) == data for path, data in files.items())
