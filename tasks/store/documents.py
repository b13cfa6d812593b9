"""What stages hand to each other: one JSON document of each kind for an attempt."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from pydantic import BaseModel
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tasks.store.models import Document

AnyModel = TypeVar("AnyModel", bound=BaseModel)


class Kind(StrEnum):
    """The documents of an attempt."""

    ORDER = "order"
    """What is to be repaired, and how its tests run."""
    SEEN = "seen"
    """Which runs were looked at."""
    GUIDANCE = "guidance"
    """What people said of an earlier proposal; only attempts that a person asked for have one."""
    REPRODUCTION = "reproduction"
    LOCALIZATION = "localization"
    REPAIRS = "repairs"
    """Candidates that turn the failing tests green; not proven."""
    TRACE = "trace"
    """The whole reasoning, with the evidence and the patch when there is one."""
    DECISION = "decision"
    """What policy said last."""


def put(session: Session, attempt_id: int, kind: Kind, document: BaseModel) -> None:
    """Store a document; one of the same kind is replaced, so a stage that runs twice leaves one."""
    row = session.scalars(_row(attempt_id, kind)).one_or_none()
    if row is None:
        session.add(Document(attempt_id=attempt_id, kind=kind, body=document.model_dump_json()))
    else:
        row.body = document.model_dump_json()


def find(session: Session, attempt_id: int, kind: Kind, model: type[AnyModel]) -> AnyModel | None:
    """Return a document, or None when no stage has written it."""
    row = session.scalars(_row(attempt_id, kind)).one_or_none()
    return None if row is None else model.model_validate_json(row.body)


def get(session: Session, attempt_id: int, kind: Kind, model: type[AnyModel]) -> AnyModel:
    """Return a document that an earlier stage must have written; LookupError when it has not."""
    found = find(session, attempt_id, kind, model)
    if found is None:
        raise LookupError(f"attempt {attempt_id} has no {kind} document")
    return found


def _row(attempt_id: int, kind: Kind) -> Select[Document]:
    return select(Document).where(Document.attempt_id == attempt_id, Document.kind == kind)
