"""The pull request: a branch at the red commit, one commit on it, and the request itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from fixers.evidence import Trace
from fixers.model import Declined, Reason
from fixers.patch import PatchDoesNotApply, apply, digest
from tasks.failpoint import K, failpoint
from tasks.github.errors import Conflict
from tasks.github.protocol import Pull, Writer
from tasks.policy.decide import Action
from tasks.stages.doors import PullContext, Renderer
from tasks.stages.effect import Hand, Made
from tasks.stages.habits import attend
from tasks.store import effects
from tasks.store.models import Attempt

_SUBJECT = 72
_MERGE_BY_HAND = "Apply the patch from the trace by hand, or wait for the next red run."


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is to be proposed, and where."""

    branch: str
    files: Mapping[str, bytes]
    """The whole new contents."""
    title: str
    body: str
    message: str
    """Of the commit."""
    draft: bool


def propose(
    hand: Hand, writer: Writer, trace: Trace, context: PullContext, renderer: Renderer, *, draft: bool
) -> int | Declined:
    """Open the pull request, or find it; return its number, or why it cannot be opened any more."""
    before = _contents(writer, hand, context.head_sha)
    try:
        edits = apply(trace.patch, {path: data.decode() for path, data in before.items()})
    except (PatchDoesNotApply, UnicodeDecodeError):
        return Declined(
            Reason.REFUSED_BY_INTEGRITY,
            "The proven patch does not fit the files at the red commit, byte for byte.",
            "Report this: the tree that was proven is not the tree that GitHub has.",
        )
    stale = _stale(hand, writer, before)
    if stale is not None:
        return stale
    title, body = renderer.render_pull(trace, context)
    proposal = Proposal(
        branch=_branch(hand, context.fingerprint),
        files={edit.path: edit.after.encode() for edit in edits},
        title=title,
        body=body,
        message=message(title, trace, context),
        draft=draft,
    )
    try:
        number = _open(hand, writer, proposal)
    except Conflict as error:
        return Declined(Reason.SUPERSEDED, f"Somebody else changed {proposal.branch}: {error}", _MERGE_BY_HAND)
    attend(hand, writer, number, proposal.files, draft=draft)
    return number


def _open(hand: Hand, writer: Writer, proposal: Proposal) -> int:
    attempt, branch = hand.turn.attempt, proposal.branch

    def begun() -> Made | None:
        # With our commit on it already, where a database was put back to a moment before it knew of the branch.
        at_start = writer.branch_sha(branch) == attempt.head_sha
        return Made(attempt.head_sha) if at_start or committed() else None

    def create() -> Made:
        writer.create_branch(branch, attempt.head_sha)
        return Made(attempt.head_sha)

    def committed() -> Made | None:
        head = writer.branch_sha(branch)
        if head is None or head == attempt.head_sha:
            return None
        ours = all(writer.file_at(path, head) == data for path, data in proposal.files.items())
        return Made(head) if ours else None

    def commit() -> Made:
        return Made(writer.commit(branch, attempt.head_sha, proposal.message, proposal.files).sha)

    def opened() -> Made | None:
        pull = writer.find_pull(branch, attempt.base)
        return None if pull is None else _made(pull)

    def open_it() -> Made:
        request = {"head": branch, "base": attempt.base, "title": proposal.title, "body": proposal.body}
        return _made(writer.open_pull(**request, draft=proposal.draft))

    hand.make(Action.BRANCH, kind="branch", target=branch, look=begun, do=create)
    hand.make(Action.COMMIT, kind="commit", target=branch, look=committed, do=commit)
    failpoint(K.BRANCHED)
    action = Action.DRAFT if proposal.draft else Action.READY
    return int(hand.make(action, kind="pull", target=branch, look=opened, do=open_it).remote_id)


def _made(pull: Pull) -> Made:
    return Made(str(pull.number), pull.html_url)


def _contents(writer: Writer, hand: Hand, ref: str) -> dict[str, bytes]:
    paths = [path for change in hand.facts.changes for path in change.paths] if hand.facts else []
    found = {path: writer.file_at(path, ref) for path in paths}
    return {path: data for path, data in found.items() if data is not None}


def _stale(hand: Hand, writer: Writer, before: Mapping[str, bytes]) -> Declined | None:
    """Say whether the base branch has left the proven commit behind, in a way that concerns the patch.

    A busy branch moves on all the time, so only a change of the patched files counts.
    What is begun is finished: once there is a branch, there is a pull request.
    """
    attempt = hand.turn.attempt
    with hand.turn.store.read() as session:
        if any(effect.kind == "branch" for effect in effects.of_attempt(session, attempt.id)):
            return None
    head = writer.branch_sha(attempt.base)
    if head == attempt.head_sha:
        return None
    if head is None:
        return Declined(Reason.SUPERSEDED, f"The branch {attempt.base} is gone.", "Nothing to do.")
    changed = [path for path, data in before.items() if writer.file_at(path, head) != data]
    if not changed and writer.holds(head, attempt.head_sha):
        return None
    if not changed:
        sentence = f"{attempt.base} was rewritten and no longer holds the red commit."
        return Declined(Reason.SUPERSEDED, sentence, _MERGE_BY_HAND)
    return Declined(
        Reason.SUPERSEDED,
        f"{attempt.base} has moved on to {head[:7]}, which changes {changed[0]} as well.",
        _MERGE_BY_HAND,
    )


def _branch(hand: Hand, fingerprint: str) -> str:
    """Name the branch after the base and the fault; a fault that comes back gets a number as well."""
    attempt: Attempt = hand.turn.attempt
    slug = re.sub(r"[^A-Za-z0-9]+", "-", attempt.base).strip("-").lower()[:40] or "branch"
    name = f"goldseam/fix/{slug}-{fingerprint[:8]}"
    with hand.turn.store.read() as session:
        earlier = effects.count_earlier(session, attempt, kind="branch", target=name)
    return name if earlier == 0 else f"{name}-{earlier + 1}"


def message(title: str, trace: Trace, context: PullContext) -> str:
    """Return the commit's message: GitHub keeps it, so its trailers anchor the ledger outside this database."""
    subject = (title.splitlines() or ["Repair the failing tests"])[0][:_SUBJECT]
    trailers = (
        f"Goldseam-Attempt: {context.attempt_id}",
        f"Goldseam-Fingerprint: {context.fingerprint}",
        f"Goldseam-Patch: {digest(trace.patch)}",
        f"Goldseam-Ledger: {context.ledger}",
        *context.trailers,
    )
    return "\n".join((subject, "", *trailers, ""))
