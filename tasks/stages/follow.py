"""Attempts that people ask for: each carries a pull request on, with what the attempt before it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel
from sqlalchemy.orm import Session

from fixers.evidence import Localized, Observed, Proposal, Repair, Trace
from fixers.guidance import Guidance, Remark
from fixers.model import Reason
from fixers.patch import digest
from tasks.ledger.chain import append
from tasks.ledger.entry import Actor, Note
from tasks.stages.documents import Order, Seen
from tasks.store import documents, threads
from tasks.store.documents import Kind
from tasks.store.models import Attempt, Priority, Purpose
from tasks.store.states import State

_AFRESH = frozenset({Reason.NOT_REPRODUCED, Reason.FLAKY, Reason.INFRASTRUCTURE, Reason.ENVIRONMENT_FAILED})
"""After these a further attempt begins with the logs again: what was found then is what is in doubt."""


@dataclass(frozen=True, slots=True)
class Following:
    """What a further attempt is to do."""

    purpose: Purpose
    state: State
    """Where it begins."""
    found: Mapping[Kind, BaseModel] = field(default_factory=dict)
    """The documents that it begins with."""
    head_sha: str = ""
    """Empty: that of the attempt before."""
    shows: int | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What the attempts of a thread have found so far."""

    attempt: Attempt
    """The one that stands."""
    shown: Attempt
    """The one whose proposal, or reason, is shown now."""
    before: Attempt | None
    """The one whose proposal was shown before it."""
    before_trace: Trace | None
    order: Order | None
    seen: Seen | None
    observed: Observed | None
    localized: Localized | None
    trace: Trace | None
    """Of what is shown now."""
    traces: tuple[Trace, ...]
    """Of the proposals, in their order, the shown one last."""
    repairs: tuple[Repair, ...]
    """Newest first."""
    guidance: Guidance


def past_of(session: Session, attempt: Attempt) -> Past:
    """Gather what is known of a thread."""
    shown = threads.origin(session, attempt)
    earlier = [each for each in threads.proposals(session, attempt) if each.id != shown.id]
    line = (*earlier, shown)
    found = {each.id: documents.find(session, each.id, Kind.TRACE, Trace) for each in line}
    repairs = [documents.find(session, each.id, Kind.REPAIRS, Repair) for each in reversed(line)]
    before = threads.before(session, shown)
    return Past(
        attempt=attempt,
        shown=shown,
        before=before,
        before_trace=found.get(before.id) if before is not None else None,
        order=documents.find(session, shown.id, Kind.ORDER, Order),
        seen=documents.find(session, shown.id, Kind.SEEN, Seen),
        observed=documents.find(session, shown.id, Kind.REPRODUCTION, Observed),
        localized=documents.find(session, shown.id, Kind.LOCALIZATION, Localized),
        trace=found[shown.id],
        traces=tuple(trace for each in line if (trace := found[each.id]) is not None),
        repairs=tuple(repair for repair in repairs if repair is not None),
        guidance=documents.find(session, shown.id, Kind.GUIDANCE, Guidance) or Guidance(),
    )


def retry(past: Past, *, by: str, hint: str, remarks: Sequence[Remark] = ()) -> Following:
    """Look for another repair: none of those that were proposed, and first where the person says."""
    declined = tuple(dict.fromkeys(digest(trace.patch) for trace in past.traces if trace.patch))
    guidance = Guidance(said_by=by, hint=hint, remarks=tuple(remarks), declined=declined)
    afresh = past.trace is not None and past.trace.reason in _AFRESH
    if past.order is None or past.observed is None or afresh:
        return Following(Purpose.RETRY, State.RECEIVED, {Kind.GUIDANCE: guidance})
    return Following(Purpose.RETRY, State.LOCALIZING, {**_known(past), Kind.GUIDANCE: guidance})


def pick(past: Past, proposal: Proposal, *, by: str) -> Following | None:
    """Prove one of the alternatives; None when there is nothing to prove it on."""
    if past.order is None or past.observed is None or past.localized is None:
        return None
    found = {**_known(past), Kind.LOCALIZATION: past.localized}
    return Following(Purpose.PICK, State.REPAIRING, {**found, Kind.GUIDANCE: Guidance(said_by=by, picked=proposal)})


def undo(past: Past) -> Following | None:
    """Show the proposal before this one again; None when this is the first."""
    if past.before is None or past.before_trace is None or past.before_trace.status != "fixed":
        return None
    known = {**_known(past), Kind.TRACE: past.before_trace}
    return Following(Purpose.UNDO, State.DECIDING, known, shows=past.before.id)


def rebase(past: Past, proposal: Proposal, head_sha: str, *, by: str) -> Following | None:
    """Prove the same proposal on another commit of its base."""
    if past.order is None:
        return None
    order = past.order.model_copy(update={"head_sha": head_sha})
    known = {Kind.ORDER: order, Kind.GUIDANCE: Guidance(said_by=by, picked=proposal)}
    return Following(Purpose.REBASE, State.REPRODUCING, known, head_sha=head_sha)


def replay(past: Past) -> Following | None:
    """Run the shown attempt again, as it was asked for."""
    if past.order is None:
        return None
    known = {Kind.ORDER: past.order, Kind.GUIDANCE: past.guidance}
    return Following(Purpose.REPLAY, State.REPRODUCING, known, shows=past.shown.id)


def open_following(session: Session, attempt: Attempt, following: Following, *, key: str, by: int | None) -> Attempt:
    """Add the attempt; one with the same key is returned as it is. `by` is the account that asked, if one did."""
    after = Attempt(
        semantic_key=key,
        state=following.state,
        purpose=following.purpose,
        head_sha=following.head_sha or attempt.head_sha,
        shows=following.shows,
        priority=Priority.COMMAND if by is not None else Priority.PULL_REQUEST,
    )
    opened = threads.carry_on(session, attempt, after)
    if opened is not after:
        return opened
    for kind, document in following.found.items():
        documents.put(session, opened.id, kind, document)
    append(session, _note(opened, by))
    return opened


def _known(past: Past) -> dict[Kind, BaseModel]:
    known = {Kind.ORDER: past.order, Kind.SEEN: past.seen, Kind.REPRODUCTION: past.observed}
    return {kind: document for kind, document in known.items() if document is not None}


def _note(opened: Attempt, by: int | None) -> Note:
    return Note(
        kind="state",
        action=f">{opened.state}",
        result="done",
        why=f"{'A person asked' if by is not None else 'The base conflicts'}: {opened.purpose}.",
        actor=Actor(type="user", id=str(by)) if by is not None else Actor(id="watch"),
        attempt=opened.id,
        repository_id=opened.repository_id,
        target={"base": opened.base, "head_sha": opened.head_sha, "follows": str(opened.follows)},
    )
