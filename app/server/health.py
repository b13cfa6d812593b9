"""Whether every process of the server is up, asked of each."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Literal

from celery import Celery
from kombu.exceptions import OperationalError
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.config import Settings
from tasks.broker.server import socket_path
from tasks.celery import ANALYZE, PUBLISH
from tasks.store.database import Store

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


def health(config: Settings, store: Store, celery: Celery) -> Health:
    """Ask every part; takes at most about two seconds."""
    parts = (_database(store), *_workers(celery), *_broker(config))
    return Health(healthy=all(part.up for part in parts), parts=parts)


def _database(store: Store) -> Part:
    try:
        with store.read() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return Part(name="database", up=False, detail=type(error).__name__)
    return Part(name="database", up=True)


def _workers(celery: Celery) -> Iterator[Part]:
    try:
        queues = celery.control.inspect(timeout=_SECONDS).active_queues() or {}
    except (OperationalError, OSError) as error:
        yield Part(name="redis", up=False, detail=type(error).__name__)
        return
    yield Part(name="redis", up=True)
    served = {queue["name"] for worker in queues.values() for queue in worker}
    for name in (ANALYZE, PUBLISH):
        yield Part(name=f"{name} worker", up=name in served, detail="" if name in served else "no worker answers")


def _broker(config: Settings) -> Iterator[Part]:
    for stage in ("analyze", "publish"):
        path = socket_path(config.token_dir, stage)
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
                door.settimeout(_SECONDS)
                door.connect(str(path))
        except OSError as error:
            yield Part(name=f"token broker, {stage}", up=False, detail=error.strerror or type(error).__name__)
        else:
            yield Part(name=f"token broker, {stage}", up=True)
