"""Everything that is known of one attempt, read in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.pages.record import LedgerLine, lines_of
from fixers.evidence import Family, Localized, Observed, Repair, Reproduction, Trace
from fixers.model import Failure, Suspect
from tasks.policy.decide import Decision
from tasks.stages.documents import Order
from tasks.store import effects
from tasks.store.database import now
from tasks.store.documents import AnyModel, Kind
from tasks.store.models import Attempt, Document, Effect, Incident


@dataclass(frozen=True, slots=True)
class Stored:
    """One document, as the ledger names it."""

    kind: str
    digest: str
    """`sha256:` of the stored text: what the ledger has under `inputs`."""
    size: int
    """In bytes."""


@dataclass(frozen=True, slots=True)
class Link:
    """One effect, with where it can be seen; empty when nobody knows."""

    effect: Effect
    address: str


@dataclass(frozen=True, slots=True)
class AttemptView:
    """What the page of an attempt shows. Before there is a trace, what the stages have found so far."""

    attempt: Attempt
    incident: Incident | None
    siblings: Sequence[Attempt]
    """Other attempts on the same incident, newest first."""
    order: Order | None
    trace: Trace | None
    unreadable: str
    """The kinds of documents that this version cannot read, for people; empty when it can read all."""
    failures: tuple[Failure, ...]
    reproduction: Reproduction | None
    places: tuple[Suspect, ...]
    families: tuple[Family, ...]
    decision: Decision | None
    links: tuple[Link, ...]
    ledger: tuple[LedgerLine, ...]
    documents: tuple[Stored, ...]
    moment: datetime


def read_attempt(session: Session, attempt_id: int) -> AttemptView | None:
    """Return the attempt; None when there is none of that number."""
    attempt = session.get(Attempt, attempt_id)
    if attempt is None:
        return None
    folder = _Folder(_bodies(session, attempt_id), [])
    order, trace = folder.read(Kind.ORDER, Order), folder.read(Kind.TRACE, Trace)
    observed, localized = folder.read(Kind.REPRODUCTION, Observed), folder.read(Kind.LOCALIZATION, Localized)
    repair, decision = folder.read(Kind.REPAIRS, Repair), folder.read(Kind.DECISION, Decision)
    return AttemptView(
        attempt=attempt,
        incident=session.get(Incident, attempt.incident_id) if attempt.incident_id is not None else None,
        siblings=_siblings(session, attempt),
        order=order,
        trace=trace,
        unreadable=", ".join(folder.unreadable),
        failures=trace.failures if trace else observed.failures if observed else order.failures if order else (),
        reproduction=trace.reproduction if trace else observed.reproduction if observed else None,
        places=trace.localization if trace else localized.suspects if localized else (),
        families=trace.families if trace else repair.families if repair else (),
        decision=decision,
        links=tuple(_link(effect, order) for effect in effects.of_attempt(session, attempt_id)),
        ledger=lines_of(session, attempt_id),
        documents=tuple(_stored(kind, body) for kind, body in folder.bodies.items()),
        moment=now(session),
    )


def read_trace(session: Session, attempt_id: int) -> str | None:
    """Return the stored trace, byte for byte, so that its digest is the ledger's; None without one."""
    return _bodies(session, attempt_id).get(Kind.TRACE)


def read_evidence(session: Session, attempt_id: int) -> str | None:
    """Return the evidence in the stored trace, with every field it has; None without one."""
    body = read_trace(session, attempt_id)
    # Not through our model: that would drop what a newer minor version added.
    evidence = None if body is None else json.loads(body).get("evidence")
    return None if evidence is None else json.dumps(evidence, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class _Folder:
    """The documents of an attempt, and which of them could not be read."""

    bodies: Mapping[str, str]
    unreadable: list[str]

    def read(self, kind: Kind, model: type[AnyModel]) -> AnyModel | None:
        body = self.bodies.get(kind)
        try:
            return None if body is None else model.model_validate_json(body)
        except ValidationError:
            self.unreadable.append(kind)
            return None


def _bodies(session: Session, attempt_id: int) -> dict[str, str]:
    rows = session.execute(
        select(Document.kind, Document.body).where(Document.attempt_id == attempt_id).order_by(Document.id)
    )
    return {row.kind: row.body for row in rows}


def _siblings(session: Session, attempt: Attempt) -> Sequence[Attempt]:
    if attempt.incident_id is None:
        return ()
    others = select(Attempt).where(Attempt.incident_id == attempt.incident_id, Attempt.id != attempt.id)
    return session.scalars(others.order_by(Attempt.id.desc()).limit(20)).all()


def _stored(kind: str, body: str) -> Stored:
    data = body.encode()
    return Stored(kind, "sha256:" + hashlib.sha256(data).hexdigest(), len(data))


def _link(effect: Effect, order: Order | None) -> Link:
    """Find an effect's page: GitHub tells it for pull requests only; the others are known by their ids."""
    home = order.clone_url.removesuffix(".git") if order else ""
    if effect.url or not home or not effect.remote_id:
        return Link(effect, effect.url)
    page = {"check": "runs", "commit": "commit"}.get(effect.kind)
    return Link(effect, f"{home}/{page}/{effect.remote_id}" if page else "")
