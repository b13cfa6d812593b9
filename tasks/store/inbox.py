"""Group commit: deliveries gather while a commit is under way, and the next one takes them all.

A commit costs a wait for the disk, however much is in it, so a durable acknowledgement costs a share of a commit.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeAlias

from sqlalchemy.exc import DataError, IntegrityError

from tasks.errors import Retryable
from tasks.failpoint import K, failpoint
from tasks.store.database import Store
from tasks.store.deliveries import Incoming, receive_all

MOST_WAITING = 2_000
MOST_WAITING_BYTES = 64 << 20
"""What waits is in memory; a database that hangs must not fill it."""
MOST_TOGETHER = 100
_MOST_BYTES = 4 << 20
_SECONDS = 8.0
"""GitHub gives up on an answer after 10 s."""

_Told: TypeAlias = "asyncio.Future[None]"


class NotStored(Retryable):
    """Raised when a delivery could not be committed: the sender must send it again."""


@dataclass(slots=True)
class Inbox:
    """Stores deliveries durably; share one in an event loop."""

    store: Store
    wake: Callable[[], object] = lambda: None
    """Called after each commit, before anybody is told of it; must not wait for Redis."""
    _waiting: deque[tuple[Incoming, _Told]] = field(default_factory=deque)
    _bytes: int = 0
    """Of the bodies that wait."""
    _writing: asyncio.Task[None] | None = None
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "inbox"))

    async def put(self, incoming: Incoming) -> None:
        """Return once the delivery is on disk; NotStored when that fails or takes too long."""
        size = len(incoming.body)
        if len(self._waiting) >= MOST_WAITING or (self._waiting and self._bytes + size > MOST_WAITING_BYTES):
            raise NotStored("Too many deliveries wait to be stored.")
        told: _Told = asyncio.get_running_loop().create_future()
        self._waiting.append((incoming, told))
        self._bytes += size
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        try:
            async with asyncio.timeout(_SECONDS):
                await told
        except TimeoutError:
            raise NotStored("The database did not commit in time.") from None

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch = list(self._gathered())
            outcomes = await loop.run_in_executor(self._thread, self._stored, [incoming for incoming, _ in batch])
            for (_, told), outcome in zip(batch, outcomes, strict=True):
                if told.done():  # nobody waits for it any more
                    continue
                if outcome is None:
                    told.set_result(None)
                else:
                    told.set_exception(outcome)

    def _gathered(self) -> Iterator[tuple[Incoming, _Told]]:
        size = 0
        for _ in range(min(MOST_TOGETHER, len(self._waiting))):
            incoming, told = self._waiting.popleft()
            self._bytes -= len(incoming.body)
            yield incoming, told
            size += len(incoming.body)
            if size >= _MOST_BYTES:
                return

    def _stored(self, batch: Sequence[Incoming]) -> list[NotStored | None]:
        """Commit, wake and return an error or None for each; runs in the inbox's own thread."""
        try:
            self._commit(batch)
        except (DataError, IntegrityError) as error:  # the fault of a row, not of the database
            if len(batch) > 1:
                return [outcome for one in batch for outcome in self._stored([one])]
            return [_refused(error)]
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
            return [_refused(error)] * len(batch)
        return [None] * len(batch)

    def _commit(self, batch: Sequence[Incoming]) -> None:
        with self.store.write() as session:
            receive_all(session, batch)
            failpoint(K.RECEIVED)
        failpoint(K.UNSENT)
        self.wake()
        failpoint(K.STORED)


def _refused(error: Exception) -> NotStored:
    refused = NotStored(f"The database refused: {type(error).__name__}.")
    refused.__cause__ = error
    return refused
