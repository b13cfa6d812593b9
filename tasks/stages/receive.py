"""Receive: from a delivery to what it asks for. Needs no GitHub."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath
from traceback import extract_tb

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tasks.conversation.said import row_for
from tasks.errors import Retryable
from tasks.github.events import KNOWN
from tasks.github.signal import (
    BoxTicked,
    ButtonPressed,
    CiFailure,
    Command,
    Ignored,
    InstallationChanged,
    PullChanged,
    PullClosed,
    Pushed,
    Signal,
    semantic_key,
)
from tasks.github.talk import OWN_BRANCHES
from tasks.github.webhook import parse_event
from tasks.ledger.chain import append
from tasks.ledger.entry import Actor, Note
from tasks.stages import bystand, installed
from tasks.stages.documents import Seen
from tasks.store import attempts, commands, deliveries, documents, effects, threads
from tasks.store.counts import TALLY
from tasks.store.database import Store
from tasks.store.documents import Kind
from tasks.store.models import Attempt, Priority
from tasks.store.queue import look_at_branch
from tasks.store.states import State
from tasks.tracing import trace_id_of

STALE = timedelta(days=3)
"""GitHub sends a delivery again for three days; what comes later was captured by somebody."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Wake:
    """Who should be woken because of a delivery."""

    attempt: int | None = None
    command: int | None = None


Taken = tuple[Wake | int | None, str]
"""The attempt or whoever else should be looked at now, if any, and what was made of the delivery, as one sentence."""

TRIES = 3
_BROKEN = "Goldseam itself broke on this delivery: {} at {}."
_WORDS = {"Ignored": "ignored", "Dropped": "dropped", "The same event": "repeated"}
"""By how the reason begins, for the counter."""
_ANSWERED = "The pull request that asks this repository was answered."


def receive(delivery_id: int, *, store: Store, own_app_id: int | None = None) -> Wake | None:
    """Make of a delivery what it asks for; return who should be woken now, if anybody.

    One transaction: after a crash the delivery waits as before. A delivery that was
    handled already gives None. One on which Goldseam itself breaks is given up after
    a few tries, so that it does not stand in the way of the others for ever.
    """
    try:
        with store.write() as session:
            return _receive(session, delivery_id, own_app_id)
    except (OperationalError, Retryable):  # the database is away: nothing can be said of the delivery
        raise
    except Exception as error:  # noqa: BLE001 - whatever a stranger's text can do to us
        # No traceback: its message may quote the body.
        place = extract_tb(error.__traceback__)[-1]
        at = f"{PurePath(place.filename).name}:{place.lineno}"
        log.error("delivery_failed", delivery=delivery_id, why=type(error).__name__, at=at)  # noqa: TRY400
        with store.write() as session:
            deliveries.failed(session, delivery_id, most=TRIES, reason=_BROKEN.format(type(error).__name__, at))
        return None


def _receive(session: Session, delivery_id: int, own_app_id: int | None) -> Wake | None:
    delivery = deliveries.claim(session, delivery_id)
    if delivery is None:
        return None
    signal = parse_event(delivery.event, delivery.body, own_app_id=own_app_id)
    if isinstance(signal, Ignored):
        found, reason = None, f"Ignored: {signal.reason}."
    else:
        known = _stale(signal, delivery.received_at) or _told_before(session, signal, delivery_id)
        found, reason = known or _taken(session, signal, delivery.guid)
    wake = Wake(attempt=found) if isinstance(found, int) else found
    deliveries.finish(session, delivery_id, reason=reason, attempt_id=wake.attempt if wake else None)
    TALLY.add("received", event=delivery.event if delivery.event in KNOWN else "unknown", outcome=_word(reason))
    return wake


def _word(reason: str) -> str:
    return next((word for start, word in _WORDS.items() if reason.startswith(start)), "taken")


def _stale(signal: Signal, received_at: datetime) -> Taken | None:
    if signal.happened_at is None or received_at - signal.happened_at <= STALE:
        return None
    return None, f"Dropped: it happened more than {STALE.days} days before it was delivered."


def _told_before(session: Session, signal: Signal, delivery_id: int) -> Taken | None:
    """Link a delivery to the one that told of the same event under another id, as a second hook does."""
    key = semantic_key(signal)
    if not key or isinstance(signal.what, CiFailure | Command):  # attempts and commands have keys of their own
        return None
    first = deliveries.first_of(session, delivery_id, key)
    return None if first is None else (first.attempt_id, f"The same event as delivery {first.guid}.")


def _taken(session: Session, signal: Signal, guid: str) -> Taken:
    match signal.what:
        case CiFailure() as failure:
            return _failed(session, signal, failure, guid)
        case PullClosed() as closed:
            return _closed(session, signal, closed)
        case Command() | ButtonPressed() | BoxTicked() as what:
            return _commanded(session, signal, what, guid)
        case InstallationChanged() as change:
            return None, installed.changed(session, signal, change)
        case PullChanged(number=number, head_branch=branch) if installed.answered(
            session, signal, number=number, head_branch=branch
        ):
            return None, _ANSWERED
        case PullChanged() | Pushed() as change:
            return _changed(session, signal, change)


def _changed(session: Session, signal: Signal, change: PullChanged | Pushed) -> Taken:
    """Have what is watched looked at again: somebody took the branch over, or the base moved on."""
    bystands = bystand.seen(session, signal, change)
    if isinstance(change, Pushed):
        attempt = look_at_branch(session, signal.repository_id, change.branch)
    else:
        attempt = threads.watched(session, signal.repository_id, change.number)
    if attempt is None:
        return None, "Noted for the approval check." if bystands else "Ignored: no pull request of Goldseam's is there."
    return attempt, f"Attempt {attempt} is looked at again."


def _commanded(session: Session, signal: Signal, what: Command | ButtonPressed | BoxTicked, guid: str) -> Taken:
    row = row_for(signal, what, guid)
    if row is None:
        return None, "Ignored: no command."
    command, new = commands.open_command(session, row)
    return Wake(command=command.id), f"Command {command.id} {'was stored' if new else 'is known already'}."


def _failed(session: Session, signal: Signal, failure: CiFailure, guid: str) -> Taken:
    if failure.head_branch.startswith(OWN_BRANCHES):
        owner = _owner(session, signal, failure.head_branch)
        return None, f"Ignored: a branch of Goldseam's own, of attempt {owner}."
    if failure.app_slug == "github-actions":
        # A job's check comes while other jobs still run; the workflow run tells of all at its end.
        known = attempts.known(session, semantic_key(signal))
        return known, f"Attempt {known} is at that commit already." if known else "Ignored: its workflow run tells."
    return _attempt_for(session, signal, failure, guid)


def _closed(session: Session, signal: Signal, closed: PullClosed) -> Taken:
    if installed.answered(session, signal, number=closed.number, head_branch=closed.head_branch):
        return None, _ANSWERED
    standing = threads.standing(session, signal.repository_id, closed.number)
    owner = standing.id if standing is not None else _owner(session, signal, closed.head_branch)
    return owner, f"Pull request of attempt {owner}." if owner else "Ignored: not a pull request of Goldseam's."


def _attempt_for(session: Session, signal: Signal, failure: CiFailure, guid: str) -> tuple[int | None, str]:
    key = semantic_key(signal)
    attempt, new = _open(session, signal, failure, key, guid)
    if not new and _is_another_run(session, attempt, failure):
        # A second workflow of the same commit went red after the first had been looked at.
        attempt, new = _open(session, signal, failure, f"{key}:{failure.run_id}", guid)
    if not new:
        return attempt.id, f"Attempt {attempt.id} is at that commit already."
    note = Note(
        kind="state",
        action=f">{State.RECEIVED}",
        result="done",
        why="A red run was reported.",
        actor=Actor(id="observe"),
        attempt=attempt.id,
        repository_id=attempt.repository_id,
        target={"base": attempt.base, "head_sha": attempt.head_sha},
        inputs={"event_guid": guid},
    )
    append(session, note)
    return attempt.id, f"Attempt {attempt.id} was opened."


def _open(session: Session, signal: Signal, failure: CiFailure, key: str, guid: str) -> tuple[Attempt, bool]:
    return attempts.open_attempt(
        session,
        Attempt(
            semantic_key=key,
            repository_id=signal.repository_id,
            repository=signal.repository,
            installation_id=signal.installation_id,
            base=failure.head_branch or failure.base_branch,
            head_sha=failure.head_sha,
            run_id=failure.run_id,
            trace_id=trace_id_of(guid),
            priority=_priority(signal, failure),
        ),
    )


def _priority(signal: Signal, failure: CiFailure) -> Priority:
    pushed = failure.head_repository in {"", signal.repository} and not failure.pull_numbers
    on_default = failure.head_branch == signal.default_branch != ""
    return Priority.DEFAULT_BRANCH if pushed and on_default else Priority.PULL_REQUEST


def _is_another_run(session: Session, attempt: Attempt, failure: CiFailure) -> bool:
    if failure.run_id is None or attempt.state is State.RECEIVED:
        return False
    seen = documents.find(session, attempt.id, Kind.SEEN, Seen)
    return seen is not None and failure.run_id not in seen.run_ids


def _owner(session: Session, signal: Signal, branch: str) -> int | None:
    return effects.attempt_that_made(session, repository_id=signal.repository_id, kind="branch", target=branch)
