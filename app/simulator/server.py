"""The simulated GitHub as a Flask application, and a server for it on loopback."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server

from app.simulator import git_http, graphql, pages, registration
from app.simulator.access import NOT_FOUND, Problem
from app.simulator.hub import Hub
from app.simulator.journal import Effect, Exchange, Fault, FaultKind
from app.simulator.rest import actions, apps, checks, comments, contents, issues, objects, pulls, reviews
from app.simulator.rest.door import API, EXTENSION, answer, digest, hub, refusal

MUTABLE = {"POST", "PUT", "PATCH", "DELETE"}
POLL_SECONDS = 0.02
"""How soon the server sees that it should stop."""
DROPPED = "goldseam.dropped"


def create(state: Hub) -> Flask:
    """Make the application that answers for a hub."""
    app = Flask(__name__)
    app.extensions[EXTENSION] = state
    for part in (apps, contents, objects, actions, checks, pulls, issues, comments, reviews):
        app.register_blueprint(part.routes, url_prefix=API)
    for blueprint in (graphql.routes, git_http.routes, actions.blobs, registration.routes, pages.routes):
        app.register_blueprint(blueprint)
    app.get("/_simulator/journal")(journal)
    app.register_error_handler(Problem, refusal)
    app.register_error_handler(HTTPException, _unknown)
    app.before_request(_strike)
    app.after_request(_spoil)  # runs after the one below: the last registered goes first
    app.after_request(_keep)
    app.wsgi_app = _Droppable(app.wsgi_app)  # type: ignore[method-assign]
    return app


class Simulator:
    """A hub being served on a free loopback port, from `with` to its end."""

    def __init__(self, state: Hub, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.hub = state
        self._server = make_server(host, port, create(state), threaded=True, request_handler=_Quiet)
        # A client that is gone again before `accept` would block the server for good.
        self._server.socket.settimeout(1.0)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(POLL_SECONDS,), name="simulator", daemon=True
        )
        state.url = f"http://{host}:{self._server.server_port}"

    @property
    def url(self) -> str:
        """Return the address of the pages; the API is below `/api/v3`."""
        return self.hub.url

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def serve(state: Hub, *, host: str = "127.0.0.1", port: int = 0) -> Simulator:
    """Serve a hub; use the result in a `with` statement. Port 0 is any free one."""
    return Simulator(state, host=host, port=port)


def journal() -> Response:
    """Answer every call that tried to change a repository, in order."""
    with hub().lock:
        return answer([_effect(item) for item in hub().journal])


def _effect(item: Effect) -> dict[str, Any]:
    return {
        "sequence": item.sequence,
        "method": item.method,
        "path": item.path,
        "permissions": dict(item.permissions),
        "status": item.status,
        "digest": item.digest,
        "made": list(item.made),
    }


def _unknown(error: HTTPException) -> Response:
    """Answer an address or method that nothing serves, in the API's form below the API."""
    if request.path.startswith("/api/"):
        return refusal(Problem(error.code or 500, NOT_FOUND[1] if error.code == 404 else str(error.description)))
    response = Response(error.get_body(), error.code)
    response.headers.extend(error.get_headers())
    return response


def _strike() -> Response | None:
    """Let the first fault that was written for this call happen."""
    fault = _take_fault()
    if fault is None:
        return None
    match fault.kind:
        case FaultKind.STATUS | FaultKind.DROP_BEFORE:
            request.environ[DROPPED] = fault.kind is FaultKind.DROP_BEFORE
            return refusal(Problem(fault.status, fault.message, headers=fault.headers))
        case FaultKind.LATENCY:
            time.sleep(fault.seconds)
        case FaultKind.DROP_AFTER_COMMIT:
            request.environ[DROPPED] = True
        case FaultKind.THEN:
            fault.then()
        case _:
            g.fault = fault
    return None


def _spoil(response: Response) -> Response:
    """Let a fault happen to an answer whose work is done and recorded."""
    fault: Fault | None = g.get("fault")
    if fault is None:
        return response
    if fault.kind is FaultKind.HANG_AFTER_COMMIT:
        time.sleep(fault.seconds)
    elif fault.kind is FaultKind.STATUS_AFTER_COMMIT:
        return refusal(Problem(fault.status, fault.message, headers=fault.headers))
    elif fault.kind is FaultKind.PAGE_AFTER_COMMIT:
        return Response("<html><title>Please sign in</title></html>", content_type="text/html")
    elif fault.kind is FaultKind.TRUNCATE_AFTER_COMMIT:
        whole = response.get_data()
        response.set_data(whole[: len(whole) // 2])
    return response


def _take_fault() -> Fault | None:
    with hub().lock:
        for fault in hub().faults:
            if fault.strikes(request.method, request.full_path.rstrip("?")):
                fault.times -= 1
                return fault
    return None


def _keep(response: Response) -> Response:
    """Record the exchange and, for a write to a repository, the effect."""
    path = request.path
    with hub().lock:
        if "window" in g:
            response.headers.update(g.window.headers())
        response.headers["X-GitHub-Request-Id"] = f"{hub().next_id():X}"
        if path.startswith("/api/"):
            hub().requests.append(_exchange(response))
        if "needed" in g and response.status_code < 400:
            hub().uses.setdefault(g.needed, f"{request.method} {path}")
        if _is_effect(path):
            number = len(hub().journal) + 1
            made = tuple(g.get("made", ()))
            effect = Effect(number, request.method, path, _permissions(), response.status_code, digest(), made)
            hub().journal.append(effect)
    return response


def _is_effect(path: str) -> bool:
    """Say whether a call was meant to change a repository; tokens and deliveries are not repositories."""
    if request.method not in MUTABLE:
        return False
    return path.startswith((f"{API}/repos/", "/api/graphql")) or path.endswith("/git-receive-pack")


def _exchange(response: Response) -> Exchange:
    return Exchange(
        method=request.method,
        path=request.path.removeprefix(API).removeprefix("/api"),
        parameters={name: str(value) for name, value in (request.view_args or {}).items()},
        query=request.args.to_dict(),
        body=_parsed(request.get_data(cache=True)),
        status=response.status_code,
        content_type=response.content_type or "",
        answer=_parsed(response.get_data()) if response.is_json else None,
        permissions=_permissions(),
    )


def _permissions() -> Mapping[str, str]:
    return dict(g.token.permissions) if "token" in g else {}


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return None


class _Droppable:
    """Closes the connection instead of answering when a fault says so."""

    def __init__(self, inner: Callable[..., Iterable[bytes]]) -> None:
        self.inner = inner

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = self.inner(environ, start_response)
        if not environ.get(DROPPED):
            return body
        connection: socket.socket = environ["werkzeug.socket"]
        connection.shutdown(socket.SHUT_RDWR)
        raise ConnectionResetError("a fault was written for this call")


class _Quiet(WSGIRequestHandler):
    """Keeps the server's request lines at debug level."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the name is werkzeug's
        logging.getLogger(__name__).debug("%s %s", type, message % args)
