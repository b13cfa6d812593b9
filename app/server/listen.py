"""The HTTP server of the web process: one event loop, a parser in C, and an end to every request."""

from __future__ import annotations

import asyncio
import errno
import socket
import time

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tasks.errors import BadInput

MOST_SECONDS = 14.0
"""From the first byte of a request to its answer. GitHub itself gives up after 10."""
_GRACE_SECONDS = 10
_PATIENCE_SECONDS = 15.0
"""For the address: more than a web process takes to end."""
_LOOK_SECONDS = 0.2
_BACKLOG = 2048
MOST_CONNECTIONS = 512
"""Each may hold a quarter of a MiB before its signature is known; the rest hear 503, and GitHub is asked again."""
_LAST_PORT = 65535


class BoundedProtocol(HttpToolsProtocol):
    """Ends the connection of a request that is neither read nor answered in time, and one that asks nothing."""

    _end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin the time of the first request."""
        super().connection_made(transport)
        self._begin()

    def data_received(self, data: bytes) -> None:
        """Begin the time of a later request with its first byte."""
        if self._end is None:
            self._begin()
        super().data_received(data)

    def on_response_complete(self) -> None:
        """End the time; between requests the server's own limit holds."""
        self._stop()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the time."""
        self._stop()
        super().connection_lost(exc)

    def _begin(self) -> None:
        self._end = self.loop.call_later(MOST_SECONDS, self.transport.abort)

    def _stop(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None


def serve(app: ASGIApp, listen: str, *, patience: float = _PATIENCE_SECONDS) -> None:
    """Serve at HOST:PORT until SIGTERM; BadInput when that address cannot be had within `patience` seconds."""
    with _bound(listen, patience) as door:
        server(app).run([door])


def server(app: ASGIApp) -> uvicorn.Server:
    """Return a server that can be run on a socket."""
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        lifespan="off",
        loop="asyncio",
        interface="asgi3",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        log_level="warning",
        timeout_graceful_shutdown=_GRACE_SECONDS,
        limit_concurrency=MOST_CONNECTIONS,
    )
    return uvicorn.Server(config)


def _bound(listen: str, patience: float) -> socket.socket:
    """Bind, and wait meanwhile for a process before us that still finishes what it took."""
    host, _, port = listen.rpartition(":")
    if not port.isdecimal() or int(port) > _LAST_PORT:
        raise BadInput(f"GOLDSEAM_LISTEN is {listen!r}; it is HOST:PORT, like 127.0.0.1:8000.")
    over = time.monotonic() + patience
    while True:
        try:
            family, _, _, _, address = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)[0]
            door = socket.create_server(address[:2], family=family, backlog=_BACKLOG)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                why = f"Cannot listen at {listen}: {error.strerror}. Set GOLDSEAM_LISTEN to an address of this machine."
                raise BadInput(why) from None
            if time.monotonic() > over:
                raise BadInput(f"Something else listens at {listen}; end it, or set GOLDSEAM_LISTEN.") from None
        else:
            # Handed down to each connection. An answer is two small pieces, and the second would wait 40 ms for a word
            # that the first has come; asyncio sees to that only at sockets it makes itself.
            door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return door
        time.sleep(_LOOK_SECONDS)
