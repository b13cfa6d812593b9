"""The approval check at pull requests that are not Goldseam's: it passes, so that a branch rule can require it.

Only where the repository's policy wishes for it. What it wished for last is kept, so
that the pull requests of all others cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import structlog
from sqlalchemy.orm import Session

from tasks.errors import GoldseamError, Retryable
from tasks.github.protocol import CheckOutput, Writer
from tasks.github.signal import PullChanged, Pushed, Signal
from tasks.github.talk import OWN_BRANCHES
from tasks.ledger.chain import append
from tasks.ledger.entry import Actor, EffectRecord, Note
from tasks.policy.decide import Action, Decision, decide
from tasks.policy.load import effective
from tasks.policy.model import REPOSITORY_FILE
from tasks.stages.approval import APPROVAL
from tasks.stages.onboard import Desk
from tasks.stages.settle import said
from tasks.store import bystanders
from tasks.store.attempts import LostTurn
from tasks.store.bystanders import ALL, Held
from tasks.store.models_people import Bystander

LEASE_SECONDS = 120.0
TRIES = 8
_LONGEST_BACK_OFF_SECONDS = 900.0
_PASSES = CheckOutput(
    "Not a proposal of Goldseam",
    "This check waits for an approval on pull requests that Goldseam opened. This is none of them, so it passes.",
)

log = structlog.get_logger()

OpenWriter = Callable[[Bystander], AbstractContextManager[Writer]]


def seen(session: Session, signal: Signal, change: PullChanged | Pushed) -> bool:
    """Note a pull request of somebody else, or a change of the policy; False when neither needs anything."""
    if signal.installation_id is None:
        return False
    if isinstance(change, Pushed):
        if change.branch != signal.default_branch or not change.touches_policy:
            return False
        number, head = ALL, change.after
    else:
        # Of a fork a branch may have any name, ours too.
        ours = change.head_repository in {"", signal.repository} and change.head_branch.startswith(OWN_BRANCHES)
        if ours or not bystanders.is_wished(session, signal.repository_id):
            return False
        number, head = change.number, change.head_sha
    bystanders.see(
        session,
        repository_id=signal.repository_id,
        repository=signal.repository,
        installation_id=signal.installation_id,
        number=number,
        head_sha=head,
    )
    return True


def pass_next(desk: Desk, writers: OpenWriter) -> bool:
    """Let the check pass at one pull request; False when none waits."""
    with desk.store.read() as session:
        waiting = bystanders.waiting(session)
    stopped = frozenset(each for each in waiting if desk.stop.is_stopped(repository_id=each) is not None)
    if waiting == stopped:
        return False
    with desk.store.write() as session:
        taken = bystanders.lease(session, seconds=LEASE_SECONDS, but=stopped)
    if taken is None:
        return False
    row, held = taken
    try:
        with writers(row) as writer:
            _settle(desk, writer, row)
        with desk.store.write() as session:
            bystanders.done(session, held)
    except LostTurn:
        log.info("bystander_moved_on")
    except Retryable as error:
        _later(desk, row, held, error)
    except GoldseamError as error:
        log.warning("bystander_left", why=str(error))
        _forget(desk, held)
    except Exception:  # the door of the worker: one broken repository must not come back for ever
        log.exception("bystander_broken")
        _forget(desk, held)
    return True


def _settle(desk: Desk, writer: Writer, row: Bystander) -> None:
    policy = effective(desk.server, writer.file_at(REPOSITORY_FILE, writer.default_branch()))
    wished = policy.repository.approval_check
    with desk.store.write() as session:
        bystanders.wish(session, row.repository_id, approval_check=wished)
    if not wished:
        return
    for number, head in _heads(writer, row):
        stopped = desk.stop.is_stopped(repository_id=row.repository_id)
        if stopped is not None:
            raise Retryable(f"Goldseam is stopped: {stopped.reason}")
        decision = decide(Action.REPORT, None, policy, stopped)
        if decision.result != "allow":
            return
        _pass(desk, writer, row, number, head, decision)


def _heads(writer: Writer, row: Bystander) -> Iterator[tuple[int, str]]:
    if row.number != ALL:
        yield row.number, row.head_sha
        return
    for pull in writer.open_pulls(""):
        if not pull.head_branch.startswith(OWN_BRANCHES):
            yield pull.number, pull.head_sha


def _pass(desk: Desk, writer: Writer, row: Bystander, number: int, head: str, decision: Decision) -> None:
    key = f"approval:pull:{row.repository_id}:{number}:{head}"

    def note(kind: str, result: str, why: str, made: str = "") -> None:
        entry = Note.model_validate(
            {
                "kind": kind,
                "action": decision.action,
                "result": result,
                "why": why,
                "actor": Actor(id="bystand"),
                "repository_id": row.repository_id,
                "target": {"pull": f"#{number}", "head_sha": head},
                "policy": said(decision) if kind == "intent" else None,
                "effect": EffectRecord(key=key, remote_id=made),
            }
        )
        with desk.store.write() as session:
            append(session, entry)

    note("intent", decision.result, "About to be made.")
    # `create_check` finds the one that a worker made who was killed.
    made = writer.create_check(
        name=APPROVAL,
        head_sha=head,
        conclusion="success",
        output=_PASSES,
        external_id=f"goldseam-approval:pull:{number}",
    )
    note("outcome", "done", "It was made.", str(made))


def _later(desk: Desk, row: Bystander, held: Held, error: Retryable) -> None:
    named = getattr(error, "retry_after", None)
    if named is None and row.tries >= TRIES:
        log.warning("bystander_left", why=str(error))
        _forget(desk, held)
        return
    wait = min(_LONGEST_BACK_OFF_SECONDS, 5.0 * 2**row.tries) if named is None else float(named)
    with desk.store.write() as session:
        bystanders.put_off(session, held, seconds=wait)


def _forget(desk: Desk, held: Held) -> None:
    with desk.store.write() as session:
        try:
            bystanders.done(session, held)
        except LostTurn:
            log.info("bystander_moved_on")
