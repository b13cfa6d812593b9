"""Onboarding: one pull request asks a repository whether it wants to be looked after; nothing else is written before.

Two chores, as everywhere: one reads with a token that cannot write, one opens the pull
request. Each may be killed anywhere: branch, commit and request are looked for before
they are made, and a request that a person closed is found on GitHub even by a server
that has lost its database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import structlog
from sqlalchemy.orm import Session

from tasks.errors import GoldseamError, Retryable
from tasks.github.protocol import Pull, Reader, Writer
from tasks.ledger.chain import append
from tasks.ledger.entry import Actor, EffectRecord, Note
from tasks.policy.decide import Action, Decision, decide
from tasks.policy.load import effective
from tasks.policy.model import REPOSITORY_FILE, ServerPolicy
from tasks.stages.redruns import Survey, look_back
from tasks.stages.settle import said
from tasks.stop import StopSwitch
from tasks.store import onboardings
from tasks.store.attempts import LostTurn
from tasks.store.database import Store
from tasks.store.models_people import Onboarding, OnboardingState
from tasks.store.onboardings import READING, WRITING, Held

BRANCH = "goldseam/onboarding"
LEASE_SECONDS = 600.0
LOOK_SECONDS = 6 * 3600.0
"""How often an open request is looked at of which nobody said anything."""
TRIES = 10
_LONGEST_BACK_OFF_SECONDS = 900.0

log = structlog.get_logger()

OpenReader = Callable[[Onboarding], AbstractContextManager[Reader]]
OpenWriter = Callable[[Onboarding], AbstractContextManager[Writer]]


class Texts(Protocol):
    """What the pull request says."""

    def file(self) -> bytes:
        """Return the repository's file that is proposed."""

    def pull(self, survey: Survey) -> tuple[str, str]:
        """Return title and body; neutralizes every text that came from a repository."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What both chores need."""

    store: Store
    stop: StopSwitch
    owner: str
    server: ServerPolicy


def read_next(desk: Desk, readers: OpenReader) -> bool:
    """Survey a repository that is new, or look at how a request was answered; False when none is due."""

    def read(row: Onboarding, held: Held) -> None:
        with readers(row) as reader:
            if held.state is OnboardingState.OPEN:
                _look(desk, reader, row, held)
            else:
                _survey(desk, reader, row, held)

    return _one(desk, READING, read)


def write_next(desk: Desk, writers: OpenWriter, texts: Texts) -> bool:
    """Open the pull request of a repository that was surveyed; False when none is due."""

    def write(row: Onboarding, held: Held) -> None:
        with writers(row) as writer:
            _propose(desk, writer, row, held, texts)

    return _one(desk, WRITING, write)


def _one(desk: Desk, states: Sequence[OnboardingState], work: Callable[[Onboarding, Held], None]) -> bool:
    with desk.store.read() as session:
        rows = onboardings.due(session, states)
    free = (row for row in rows if desk.stop.is_stopped(repository_id=row.repository_id) is None)
    row = next(free, None)
    if row is None:
        return False
    with desk.store.write() as session:
        held = onboardings.lease(session, row, owner=desk.owner, seconds=LEASE_SECONDS)
    if held is None:
        return True  # another worker was quicker; there may be more
    with structlog.contextvars.bound_contextvars(onboarding=row.id):
        try:
            work(row, held)
        except LostTurn:
            log.info("onboarding_lost")
        except Retryable as error:
            _later(desk, row, held, error)
        except GoldseamError as error:
            log.warning("onboarding_ended", why=str(error))
            _end(desk, held, OnboardingState.FAILED, str(error))
        except Exception:  # the door of the worker: one broken repository must not come back for ever
            log.exception("onboarding_broken")
            _end(desk, held, OnboardingState.FAILED, "Goldseam itself broke on this repository; its log says how.")
    return True


def _survey(desk: Desk, reader: Reader, row: Onboarding, held: Held) -> None:
    settled = _settled(desk, reader)
    if settled is not None:
        _end(desk, held, *settled)
        return
    survey = look_back(reader, repository=row.repository, repository_id=row.repository_id)
    with desk.store.write() as session:
        onboardings.move(session, held, OnboardingState.SURVEYED, survey=survey.model_dump_json())


def _look(desk: Desk, reader: Reader, row: Onboarding, held: Held) -> None:
    if row.pull_number is None:
        raise GoldseamError(f"Onboarding {row.id} is open and has no pull request.")
    pull = reader.pull(row.pull_number)
    if pull.state == "open":
        with desk.store.write() as session:
            onboardings.move(session, held, OnboardingState.OPEN, again=LOOK_SECONDS)
        return
    _end(desk, held, *_answer(pull))


def _propose(desk: Desk, writer: Writer, row: Onboarding, held: Held, texts: Texts) -> None:
    settled = _settled(desk, writer)
    if settled is not None:
        _end(desk, held, *settled)
        return
    base = writer.default_branch()
    decision = _decide(desk, writer, row)
    if decision.result != "allow":
        with desk.store.write() as session:
            append(session, _note(row, base, "decision", decision))
        _end(desk, held, OnboardingState.FAILED, decision.sentence)
        return
    with desk.store.write() as session:
        onboardings.guard(session, held)
        append(session, _note(row, base, "intent", decision))
    pull = writer.last_pull(BRANCH) or _open(writer, base, row, texts)

    def conclude(session: Session) -> None:
        append(session, _note(row, base, "outcome", decision, made=pull))

    with desk.store.write() as session:
        onboardings.move(
            session,
            held,
            OnboardingState.OPEN,
            sentence=f"Pull request #{pull.number} asks.",
            again=LOOK_SECONDS,
            pull_number=pull.number,
            url=pull.html_url,
        )
        conclude(session)


def _open(writer: Writer, base: str, row: Onboarding, texts: Texts) -> Pull:
    """Make branch, commit and request; what a worker that was killed has made already is used."""
    start = writer.branch_sha(base)
    if start is None:
        raise GoldseamError(f"{row.repository} has no commit on {base} yet.")
    head = writer.branch_sha(BRANCH)
    if head is None:
        writer.create_branch(BRANCH, start)
        head = start
    if writer.file_at(REPOSITORY_FILE, BRANCH) is None:
        writer.commit(BRANCH, head, "Set up Goldseam", {REPOSITORY_FILE: texts.file()})
    title, body = texts.pull(Survey.model_validate_json(row.survey))
    return writer.open_pull(head=BRANCH, base=base, title=title, body=body, draft=False)


def _settled(desk: Desk, reader: Reader) -> tuple[OnboardingState, str] | None:
    """Return where the repository stands when there is nothing to ask."""
    if reader.file_at(REPOSITORY_FILE, reader.default_branch()) is not None:
        return OnboardingState.UNNEEDED, f"{REPOSITORY_FILE} is there already."
    if not desk.server.onboarding:
        return OnboardingState.FAILED, "The server's policy lets no repository be asked."
    pull = reader.last_pull(BRANCH)
    if pull is not None and pull.state != "open":
        return _answer(pull)
    return None


def _answer(pull: Pull) -> tuple[OnboardingState, str]:
    if pull.merged:
        return OnboardingState.MERGED, f"Pull request #{pull.number} was merged."
    return OnboardingState.DECLINED, f"Pull request #{pull.number} was closed: this repository is left alone."


def _decide(desk: Desk, writer: Writer, row: Onboarding) -> Decision:
    policy = effective(desk.server, writer.file_at(REPOSITORY_FILE, writer.default_branch()))
    stopped = desk.stop.is_stopped(repository_id=row.repository_id)
    if stopped is not None:
        raise Retryable(f"Goldseam is stopped: {stopped.reason}")
    return decide(Action.ONBOARD, None, policy, stopped)


def _note(row: Onboarding, base: str, kind: str, decision: Decision, made: Pull | None = None) -> Note:
    return Note.model_validate(
        {
            "kind": kind,
            "action": Action.ONBOARD,
            "result": "done" if made else decision.result,
            "why": {
                "decision": f"Settled by {decision.clause}.",
                "intent": "About to be made.",
                "outcome": "It stands.",
            }[kind],
            "actor": Actor(id="onboard"),
            "repository_id": row.repository_id,
            "target": {"base": base, "branch": BRANCH},
            "policy": None if made else said(decision),
            "effect": EffectRecord(key=f"onboard:{row.repository_id}", remote_id=str(made.number) if made else ""),
        }
    )


def _later(desk: Desk, row: Onboarding, held: Held, error: Retryable) -> None:
    named = getattr(error, "retry_after", None)
    if named is None and row.tries + 1 >= TRIES:
        _end(desk, held, OnboardingState.FAILED, f"{error} It was tried {TRIES} times.")
        return
    wait = min(_LONGEST_BACK_OFF_SECONDS, 5.0 * 2**row.tries) if named is None else float(named)
    log.warning("onboarding_later", why=str(error), seconds=wait)
    with desk.store.write() as session:
        onboardings.put_off(session, held, sentence=str(error), seconds=wait)


def _end(desk: Desk, held: Held, state: OnboardingState, sentence: str) -> None:
    log.info("onboarding", state=state)
    with desk.store.write() as session:
        onboardings.move(session, held, state, sentence=sentence)
