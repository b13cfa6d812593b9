"""Group commit: requests hand their deliveries to one thread, and wait for the commit that theirs is in.

A commit costs a wait for the disk, however much is in it. While one is under way the
next batch gathers, so that a durable acknowledgement costs a share of a commit.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Full, Queue

from sqlalchemy.exc import DataError, IntegrityError

from tasks.errors import Retryable
from tasks.failpoint import K, failpoint
from tasks.store.database import Store
from tasks.store.deliveries import Incoming, receive_all

MOST_WAITING = 2_000
MOST_TOGETHER = 100
_MOST_BYTES = 4 << 20
_SECONDS = 8.0
"""GitHub gives up on an answer after 10 s."""


class NotStored(Retryable):
    """Raised when a delivery could not be committed: the sender must send it again."""


@dataclass(slots=True)
class _Waiting:
    """A delivery and who waits for it; a bare lock, because a future's condition costs as much as the rest."""

    incoming: Incoming
    stored: int | Exception | None = None
    told: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.told.acquire()

    def tell(self, stored: int | Exception) -> None:
        self.stored = stored
        self.told.release()

    def wait(self, seconds: float) -> int:
        if not self.told.acquire(timeout=seconds) or self.stored is None:
            raise NotStored("The database did not commit in time.")
        if isinstance(self.stored, Exception):
            raise NotStored(f"The database refused: {type(self.stored).__name__}.") from self.stored
        return self.stored


@dataclass(slots=True)
class Inbox:
    """Stores deliveries durably; share one in a process, and make it after a fork, never before."""

    store: Store
    turn: Path | None = None
    """A file that processes lock in turn: SQLite's own waiting sleeps longer than a commit takes."""
    _queue: Queue[_Waiting] = field(default_factory=lambda: Queue(MOST_WAITING))
    _starting: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None

    def put(self, incoming: Incoming) -> int:
        """Return the id of the delivery once it is on disk; NotStored when that fails or takes too long."""
        self._start()
        waiting = _Waiting(incoming)
        try:
            self._queue.put_nowait(waiting)
        except Full:
            raise NotStored("Too many deliveries wait to be stored.") from None
        return waiting.wait(_SECONDS)

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            with self._starting:
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(target=self._write, name="inbox", daemon=True)
                    self._thread.start()

    def _write(self) -> None:
        while True:
            batch = [self._queue.get()]
            try:
                with self._turn():
                    batch += self._gathered(len(batch[0].incoming.body))
                    ids = self._committed(batch)
                # After the turn: whoever is told runs, and the next process need not wait for that.
                _tell(batch, ids)
            except (DataError, IntegrityError):  # the fault of a row, not of the database
                self._one_by_one(batch)
            except Exception as error:  # noqa: BLE001 - the requests must hear of it, and the thread must live
                _fail(batch, error)

    def _gathered(self, size: int) -> Iterator[_Waiting]:
        """Yield what came while the thread waited for its turn."""
        for _ in range(MOST_TOGETHER - 1):
            if size >= _MOST_BYTES:
                return
            try:
                one = self._queue.get_nowait()
            except Empty:
                return
            size += len(one.incoming.body)
            yield one

    def _committed(self, batch: Sequence[_Waiting]) -> Mapping[str, int]:
        with self.store.write() as session:
            ids = receive_all(session, [one.incoming for one in batch])
            failpoint(K.RECEIVED)
        return ids

    def _one_by_one(self, batch: Sequence[_Waiting]) -> None:
        """Let one that cannot be stored not take the others with it."""
        for one in batch:
            try:
                with self._turn():
                    ids = self._committed([one])
                _tell([one], ids)
            except Exception as error:  # noqa: BLE001 - as in `_write`
                _fail([one], error)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self.turn is None:
            yield
            return
        handle = os.open(self.turn, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _tell(batch: Sequence[_Waiting], ids: Mapping[str, int]) -> None:
    for one in batch:
        one.tell(ids[one.incoming.guid])


def _fail(batch: Sequence[_Waiting], error: Exception) -> None:
    for one in batch:
        one.tell(error)
