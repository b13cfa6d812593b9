"""One worker's turn at one attempt: leased, kept alive, ended by compare-and-set.

The lease keeps others away while the worker lives; the fencing number keeps a
worker that slept through its lease from changing anything afterwards.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

import structlog
from pydantic import BaseModel
from sqlalchemy.orm import Session

from fixers.model import Reason
from tasks.errors import Waiting
from tasks.failpoint import K, failpoint
from tasks.ledger.chain import append
from tasks.ledger.entry import Actor, Note
from tasks.stages.alive import kept_alive
from tasks.stop import Stopped, StopSwitch
from tasks.store import attempts, documents, threads
from tasks.store.attempts import Lease, LostTurn
from tasks.store.database import Store
from tasks.store.documents import AnyModel, Kind
from tasks.store.models import Attempt
from tasks.store.states import STAGES, TERMINAL, State

Documents = Mapping[Kind, BaseModel]
_SECONDS_TO_WAIT = 60.0
"""When nobody knows for how long."""

log = structlog.get_logger()


@dataclass(slots=True)
class Held:
    """The leases that this process holds now."""

    _leases: set[Lease] = field(default_factory=set)
    _closed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, lease: Lease) -> bool:
        """Note a lease; False when the process is about to end and must begin nothing."""
        with self._lock:
            if not self._closed:
                self._leases.add(lease)
            return not self._closed

    def drop(self, lease: Lease) -> None:
        """Forget a lease that was given back."""
        with self._lock:
            self._leases.discard(lease)

    def close(self) -> tuple[Lease, ...]:
        """Let no further turn begin; return what is held."""
        with self._lock:
            self._closed = True
            return tuple(self._leases)


@dataclass(frozen=True, slots=True)
class Turns:
    """What a worker needs to take turns."""

    store: Store
    stop: StopSwitch
    owner: str
    """Names the worker in the table, for people."""
    seconds: float = 30.0
    """Length of a lease, renewed while the stage runs: after a crash the attempt waits at most this long."""
    held: Held = field(default_factory=Held)

    @contextmanager
    def take(self, attempt_id: int, state: State) -> Iterator[Turn | None]:
        """Give the turn, or None when the attempt is elsewhere, held by another worker, or stopped.

        A turn that ends without `finish`, by an error too, gives the attempt back as it was.
        `Waiting` is no failure: the attempt is given back with the time to wait, nobody takes
        it up before, and the sweep does afterwards.
        When another worker has taken over meanwhile, the block is left quietly: what
        follows it should return `state_of`, as for None.
        """
        attempt = self._free(attempt_id, state)
        if attempt is None:
            yield None
            return
        with self.store.write() as session:
            lease = attempts.lease(session, attempt_id, state=state, owner=self.owner, seconds=self.seconds)
        if lease is None:
            yield None
            return
        if not self.held.add(lease):
            with self.store.write() as session:
                attempts.hand_back(session, lease)
            yield None
            return
        turn = Turn(self.store, self.stop, lease, attempt)
        try:
            with self._alive(lease), suppress(LostTurn), _waiting(self.store, lease):
                failpoint(K.LEASED)
                yield turn
        finally:
            with self.store.write() as session:
                attempts.release(session, lease)
            self.held.drop(lease)

    def hand_back(self) -> int:
        """Give every attempt of this process to the next worker at once, because the process ends; return how many.

        A stage that still runs here can change nothing any more, and no other begins.
        """
        leases = self.held.close()
        with self.store.write() as session:
            for lease in leases:
                attempts.hand_back(session, lease)
        return len(leases)

    def _alive(self, lease: Lease) -> AbstractContextManager[None]:
        renew = partial(attempts.renew, held=lease, seconds=self.seconds)
        return kept_alive(self.store, renew, name=str(lease.attempt_id), seconds=self.seconds)

    def state_of(self, attempt_id: int) -> State:
        """Return the state in which the attempt is now."""
        with self.store.read() as session:
            return session.get_one(Attempt, attempt_id).state

    def _free(self, attempt_id: int, state: State) -> Attempt | None:
        with self.store.read() as session:
            attempt = session.get_one(Attempt, attempt_id)
        if state in TERMINAL or attempt.state is not state:
            return None
        if self.stop.is_stopped(repository_id=attempt.repository_id) is not None:
            return None
        return attempt


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to work on an attempt until the context ends."""

    store: Store
    stop: StopSwitch
    lease: Lease
    attempt: Attempt
    """As it was when the turn began; do not change it."""

    @property
    def actor(self) -> Actor:
        """Who the ledger says did it: the stage."""
        return Actor(id=STAGES[self.lease.state])

    @property
    def key(self) -> str:
        """What the keys of this turn's effects end in."""
        return str(self.attempt.id)

    def stopped(self) -> Stopped | None:
        """Say whether the attempt's repository is stopped now."""
        return self.stop.is_stopped(repository_id=self.attempt.repository_id)

    def get(self, kind: Kind, model: type[AnyModel]) -> AnyModel:
        """Return a document of an earlier stage."""
        with self.store.read() as session:
            return documents.get(session, self.attempt.id, kind, model)

    def find(self, kind: Kind, model: type[AnyModel]) -> AnyModel | None:
        """Return a document if a stage has written it."""
        with self.store.read() as session:
            return documents.find(session, self.attempt.id, kind, model)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session for changes within the turn; LostTurn when another worker has taken over."""
        with self.store.write() as session:
            attempts.guard(session, self.lease)
            yield session

    def finish(
        self,
        to: State,
        *,
        why: str,
        reason: Reason | None = None,
        sentence: str = "",
        found: Documents | None = None,
        also: Callable[[Session], object] | None = None,
    ) -> State:
        """Move the attempt on, with its documents and its ledger entry, in one transaction; return its state.

        `why` goes to the ledger, so it holds no text of the repository; `sentence` is for people.
        A worker that lost its turn changes nothing: LostTurn.
        """
        with self.store.write() as session:
            attempts.advance(session, self.lease, to=to, reason=reason, sentence=sentence)
            threads.settle_hands(session, self.attempt, to)
            for kind, document in (found or {}).items():
                documents.put(session, self.attempt.id, kind, document)
            if also is not None:
                also(session)
            append(session, self._moved(to, why, found or {}))
        return to

    def _traced(self) -> dict[str, str]:
        return {"trace_id": self.attempt.trace_id} if self.attempt.trace_id else {}

    def _moved(self, to: State, why: str, found: Documents) -> Note:
        return Note(
            kind="state",
            action=f"{self.lease.state}>{to}",
            result="done",
            why=why,
            actor=self.actor,
            attempt=self.attempt.id,
            repository_id=self.attempt.repository_id,
            target={"base": self.attempt.base, "head_sha": self.attempt.head_sha},
            inputs={kind.value: _digest(document) for kind, document in found.items()} | self._traced(),
        )


@contextmanager
def _waiting(store: Store, lease: Lease) -> Iterator[None]:
    try:
        yield
    except Waiting as error:
        log.info("waiting", attempt=lease.attempt_id, why=str(error))
        with store.write() as session:
            attempts.wait(session, lease, seconds=error.retry_after or _SECONDS_TO_WAIT, why=str(error))


def _digest(document: BaseModel) -> str:
    return "sha256:" + hashlib.sha256(document.model_dump_json().encode()).hexdigest()
