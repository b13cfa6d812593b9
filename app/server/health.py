"""Whether every process of the server is up: each says so in the database, every few seconds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from celery import Celery
from kombu.exceptions import OperationalError
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tasks.store import processes
from tasks.store.database import Store

PROCESSES = ("web", "analyze", "publish", "broker", "beat")
_SECONDS = 1.0


class Part(BaseModel):
    """One process or server, and how it is."""

    name: str
    up: bool
    detail: str = ""


class Health(BaseModel):
    """The state of all parts."""

    schema_version: Literal["1.0"] = "1.0"
    healthy: bool
    parts: tuple[Part, ...]


def health(store: Store, celery: Celery) -> Health:
    """Ask for every part; takes at most about a second."""
    parts = (database(store), _redis(celery), *_processes(store))
    return Health(healthy=all(part.up for part in parts), parts=parts)


def database(store: Store) -> Part:
    """Ask the database."""
    try:
        with store.read() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return Part(name="database", up=False, detail=type(error).__name__)
    return Part(name="database", up=True)


def _redis(celery: Celery) -> Part:
    try:
        with celery.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=_SECONDS)
    except (OperationalError, OSError) as error:
        detail = f"{type(error).__name__}; work goes on, each step up to two seconds later"
        return Part(name="redis", up=False, detail=detail)
    return Part(name="redis", up=True)


def _processes(store: Store) -> Iterator[Part]:
    try:
        with store.read() as session:
            alive = processes.alive(session)
    except SQLAlchemyError:
        return  # said already
    for name in PROCESSES:
        number = alive.get(name, 0)
        yield Part(name=name, up=number > 0, detail=f"{number} running" if number else "not heard of lately")
