"""The HTTP server of the web process: one event loop, a parser in C, and an end to every request."""

from __future__ import annotations

import asyncio

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_SECONDS = 14.0
"""From the first byte of a request to its answer. GitHub itself gives up after 10."""
_GRACE_SECONDS = 10


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


def server(app: ASGIApp, listen: str) -> uvicorn.Server:
    """Return a server that can be run; `listen` is HOST:PORT."""
    host, _, port = listen.rpartition(":")
    config = uvicorn.Config(
        app,
        host=host.strip("[]"),
        port=int(port),
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
    )
    return uvicorn.Server(config)
