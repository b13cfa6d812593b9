"""gunicorn's threaded worker with an end to every request: a slow sender must not hold a thread for ever."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

MOST_SECONDS = 14.0
"""From the first byte of a request to its answer. GitHub itself gives up after 10."""
_LOOK_SECONDS = 0.5


class BoundedWorker(ThreadWorker):  # type: ignore[misc]
    """Shuts the connection of a request that is neither read nor answered in time; its thread then finds the end."""

    def init_process(self) -> None:
        """Start the clock in the worker itself, after the fork."""
        self.clock = Clock()
        threading.Thread(target=self.clock.run, name="clock", daemon=True).start()
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """Handle one request of a connection."""
        with self.clock.watching(conn.sock):
            return super().handle(conn)


class Clock:
    """Knows since when each connection is being served."""

    def __init__(self, seconds: float = MOST_SECONDS) -> None:
        self.seconds = seconds
        self._since: dict[socket.socket, float] = {}

    @contextmanager
    def watching(self, connection: socket.socket) -> Iterator[None]:
        """Let the connection be shut when the block takes too long."""
        self._since[connection] = time.monotonic()
        try:
            yield
        finally:
            del self._since[connection]

    def run(self) -> None:
        """Look again and again, for as long as the process lives."""
        while True:
            self.cut()
            time.sleep(_LOOK_SECONDS)

    def cut(self) -> None:
        """Shut every connection that is served for too long."""
        latest = time.monotonic() - self.seconds
        for connection, since in list(self._since.items()):
            if since < latest:
                with suppress(OSError):  # it was closed meanwhile
                    connection.shutdown(socket.SHUT_RDWR)
