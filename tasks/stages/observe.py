"""Observe: from the run's logs to an incident, or to the reason why nothing is repaired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fixers.failures import run_fingerprint
from fixers.model import Declined, Failure, Reason
from tasks.conversation.grammar import CALL
from tasks.github.protocol import Reader
from tasks.policy.load import effective
from tasks.policy.model import REPOSITORY_FILE, EffectivePolicy, ServerPolicy
from tasks.stages.before import Base, without_base
from tasks.stages.documents import Order, RedRun, Seen
from tasks.stages.doors import OpenReader
from tasks.stages.ending import decline
from tasks.stages.installed import unasked
from tasks.stages.logs import Observation, observe_runs
from tasks.stages.turn import Turn, Turns
from tasks.store import attempts, bystanders, incidents
from tasks.store.database import now
from tasks.store.documents import Kind
from tasks.store.models import Attempt
from tasks.store.states import State

QUIET = timedelta(days=7)
"""For how long a fault is left alone after a person closed a pull request for it."""


def observe(attempt_id: int, *, turns: Turns, readers: OpenReader, server: ServerPolicy) -> State:
    """Move an attempt from RECEIVED to REPRODUCING, or declined to DECIDING.

    Reads the logs of every red run of the commit, names the fault by its fingerprint
    and joins the attempt to the fault's incident. How the tests run is read from the
    default branch here, once.
    """
    with turns.take(attempt_id, State.RECEIVED) as turn:
        if turn is not None:
            with readers(turn.attempt) as reader:
                return _observe(turn, reader, server)
    return turns.state_of(attempt_id)


def _observe(turn: Turn, reader: Reader, server: ServerPolicy) -> State:
    policy = effective(server, reader.file_at(REPOSITORY_FILE, reader.default_branch()))
    with turn.writing() as session:
        bystanders.wish(session, turn.attempt.repository_id, approval_check=policy.repository.approval_check)
    seen = unasked(turn, policy) or observe_runs(reader, turn.attempt, forks=policy.forks)
    if isinstance(seen, Observation) and seen.base is not None:
        seen = _without_base(turn, seen, seen.base)
    if isinstance(seen, Declined):
        return decline(turn, seen, found={Kind.SEEN: Seen(run_ids=_named(turn.attempt))})
    order = _order(reader, turn.attempt, seen, policy)
    found = {Kind.ORDER: order, Kind.SEEN: Seen(run_ids=tuple(run.id for run in seen.runs))}
    refused = join(turn, order) if order.failures else None  # else running the tests has to show the fault first
    if refused is not None:
        return decline(turn, refused, found=found)
    why = f"{len(order.failures)} failures in {len(order.runs)} runs."
    return turn.finish(State.REPRODUCING, why=why, found=found)


def _without_base(turn: Turn, seen: Observation, base: Base) -> Observation | Declined:
    """Leave to the base what is red there as well."""
    with turn.writing() as session:

        def known(sha: str) -> int | None:
            return attempts.known(session, f"ci:{turn.attempt.repository_id}:{sha}")

        own = without_base(seen.failures, base, known)
    if isinstance(own, Declined) or own == seen.failures:
        return own if isinstance(own, Declined) else seen
    note = f"{len(seen.failures) - len(own)} of its failures are those of {base.branch}, and are left to it."
    return replace(seen, failures=own, notes=(*seen.notes, note))


def _order(reader: Reader, attempt: Attempt, seen: Observation, policy: EffectivePolicy) -> Order:
    asked = policy.repository
    return Order(
        repository=attempt.repository,
        clone_url=reader.clone_url(),
        head_sha=attempt.head_sha,
        base=seen.branch or attempt.base,
        fingerprint=named(attempt, seen.failures, seen.branch) if seen.failures else "",
        runs=tuple(RedRun(id=run.id, name=run.name, html_url=run.html_url, attempt=run.attempt) for run in seen.runs),
        failures=seen.failures,
        expected=tuple(dict.fromkeys(test for failure in seen.failures for test in failure.test_ids)),
        test_command=asked.test_command,
        setup=asked.setup,
        python=asked.python,
        consent=policy.consent.word,
        notes=(*seen.notes, *((policy.problem,) if policy.problem else ())),
        fork_pull=seen.fork_pull,
    )


def named(attempt: Attempt, failures: Sequence[Failure], base: str) -> str:
    """Return the fingerprint of a set of failures."""
    return run_fingerprint(failures, repository=str(attempt.repository_id), base=base)


def join(turn: Turn, order: Order) -> Declined | None:
    """Join the attempt to its incident; say so when somebody else is at it, or a person wants it left alone."""
    with turn.writing() as session:
        attempt = session.get_one(Attempt, turn.attempt.id)
        attempt.base = order.base
        unwanted = _unwanted(session, attempt, order.fingerprint) if attempt.follows is None else None
        if unwanted is not None:
            return unwanted
        rival = incidents.attach(session, attempt, fingerprint=order.fingerprint, title=_title(order.failures))
    if rival is None:
        return None
    return Declined(
        Reason.SUPERSEDED,
        f"Attempt {rival.id} already works on this fault, at {rival.base} {rival.head_sha[:7]}.",
        "Wait for its result.",
    )


def _unwanted(session: Session, attempt: Attempt, fingerprint: str) -> Declined | None:
    """Return why no repair of a fault is wanted, when a person has said so."""
    closed = incidents.last_closed(session, attempt, fingerprint=fingerprint)
    if closed is not None and closed.closed_because == "ignored":
        return Declined(
            Reason.REFUSED_BY_POLICY,
            "A person asked Goldseam to leave this fault alone.",
            f"Repair it by hand, or ask with `{CALL} retry` on the pull request that was closed.",
        )
    if closed is not None and closed.closed_because == "declined" and _recent(session, closed.closed_at):
        return Declined(
            Reason.REFUSED_BY_POLICY,
            f"A person closed {closed.closed_by}, which proposed a repair of this fault.",
            f"Repair it by hand; after {QUIET.days} days Goldseam looks at it again.",
        )
    return None


def _recent(session: Session, closed_at: datetime | None) -> bool:
    return closed_at is not None and now(session) - closed_at < QUIET


def _title(failures: tuple[Failure, ...]) -> str:
    first = failures[0]
    return first.test_ids[0] if first.test_ids else first.exception or first.message[:120]


def _named(attempt: Attempt) -> tuple[int, ...]:
    return () if attempt.run_id is None else (attempt.run_id,)
