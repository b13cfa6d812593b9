"""The search for red runs that GitHub never told of: a hook that was switched off, an event lost on its side.

A run that is found is put into the inbox as the delivery that should have come, so that
all that is known of deliveries (repetition, order, staleness) holds for it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from tasks.broker.hooks import Document, Installed
from tasks.github.payloads import moment as moment_of
from tasks.github.talk import OWN_BRANCHES
from tasks.store import rounds
from tasks.store.database import Store, now
from tasks.store.deliveries import Incoming, receive_all

NAME = "unsent"
LOOK_BACK = timedelta(days=1)
TOLD_LATE = timedelta(minutes=15)
"""A younger run may still be told of, or be sent again."""
MOST_REPOSITORIES = 100
"""Of an installation, in one search."""
_RED = frozenset({"failure", "timed_out"})

log = structlog.get_logger()


class Runs(Protocol):
    """Reads the runs of an installation's repositories."""

    def repositories(self) -> Iterator[Document]:
        """Yield the repositories."""

    def red_runs(self, full_name: str, since: datetime) -> list[Document]:
        """Return the failed runs since a time, newest first."""


class Installations(Protocol):
    """The App's installations."""

    def installations(self) -> Iterator[Installed]:
        """Yield those that may be read."""

    def reading(self, installation_id: int) -> AbstractContextManager[Runs]:
        """Lend a reader of one."""


def search_unsent(app: Installations, store: Store) -> int:
    """Put red heads that no attempt and no delivery knows into the inbox; return how many."""
    with store.read() as session:
        moment = now(session)
    count = 0
    for installed in app.installations():
        since = max(installed.since, moment - LOOK_BACK)
        with app.reading(installed.id) as runs:
            for repository in _lively(runs, since):
                found = _untold(runs, repository, since, moment - TOLD_LATE)
                count += _put(store, installed.id, repository, found)
    with store.write() as session:
        rounds.covered(session, NAME, ended_at=moment, until=moment)
    return count


def _lively(runs: Runs, since: datetime) -> list[Document]:
    found = []
    for repository in runs.repositories():
        pushed = moment_of(repository.get("pushed_at"))
        if pushed is not None and pushed >= since and not repository.get("archived"):
            found.append(repository)
    return found[:MOST_REPOSITORIES]


def _untold(runs: Runs, repository: Document, since: datetime, until: datetime) -> list[Document]:
    """Return the red runs of the newest commit of each branch that is red."""
    heads: dict[str, str] = {}
    found = []
    for run in runs.red_runs(str(repository["full_name"]), since):
        branch, ended = str(run.get("head_branch") or ""), moment_of(run.get("updated_at"))
        if ended is None or not since <= ended <= until or branch.startswith(OWN_BRANCHES):
            continue
        is_head = heads.setdefault(branch, str(run["head_sha"])) == run["head_sha"]
        if is_head and run.get("conclusion") in _RED:
            found.append(run)
    return found


def _put(store: Store, installation_id: int, repository: Document, found: list[Document]) -> int:
    named = {_guid(run): run for run in found}
    with store.write() as session:
        attempted = rounds.attempted(session, int(repository["id"]), [str(run["head_sha"]) for run in found])
        known = rounds.stored_guids(session, named)
        new = {guid: run for guid, run in named.items() if guid not in known and run["head_sha"] not in attempted}
        bodies = [Incoming(guid, "workflow_run", _body(run, repository, installation_id)) for guid, run in new.items()]
        if bodies:
            receive_all(session, bodies)
    for guid, run in new.items():
        log.warning("run_never_told", guid=guid, repository=repository["full_name"], run=run["id"])
    return len(new)


def _guid(run: Document) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{run['url']}/attempts/{run.get('run_attempt') or 1}"))


def _body(run: Document, repository: Document, installation_id: int) -> bytes:
    document = {
        "action": "completed",
        "workflow_run": dict(run),
        "repository": dict(repository),
        "installation": {"id": installation_id},
        "sender": run.get("triggering_actor"),
    }
    return json.dumps(document).encode()
