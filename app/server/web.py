"""The web process: webhooks, pages, health and metrics."""

from __future__ import annotations

import gc
import os
import signal
import sys
from functools import partial
from typing import cast

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi_typing import WSGIApp
from celery import Celery
from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.types import ASGIApp, Receive, Scope, Send

from app.config import Settings
from app.pages.routes import pages
from app.server import listen
from app.server.door import Answer, Door, Request
from app.server.exits import OLD
from app.server.health import database, health
from app.server.metrics import count_delivery, page, timed_delivery
from app.server.stores import owner_of, stop_switch, store_of
from app.server.telemetry import export_spans, log_lines, pulse
from tasks.celery import ANALYZE, Sender, application
from tasks.store.database import Store, upgrade
from tasks.store.inbox import Inbox
from tasks.tracing import root

HOOK = "/webhooks/github"
"""Where GitHub sends deliveries: POST stores a signed one and answers 202."""
_PAGES_AT_ONCE = 8


def serve(config: Settings) -> None:
    """Be the web process, until SIGTERM."""
    log_lines("web")
    export_spans("web")
    app = make_app(config)
    for number in (signal.SIGTERM, signal.SIGINT):  # the server raises again what ended it, when it has ended
        signal.signal(number, lambda *_: sys.exit(0))
    with pulse(store_of(config), name="web", owner=owner_of("web"), too_old=lambda _: os._exit(OLD)):
        gc.collect()
        gc.freeze()  # what was imported stays; looking through it again and again costs a third of the throughput
        listen.serve(app, config.listen)


def make_app(config: Settings) -> ASGIApp:
    """Make the application. It holds the webhook secret and no key."""
    store = store_of(config)
    upgrade(store.engine)
    celery = application(config.broker_url)
    door = Door(
        secrets=(config.webhook_secret, config.webhook_secret_old),
        inbox=Inbox(store, wake=partial(Sender(celery).ring, ANALYZE)),
        folder=config.data_dir,
    )
    flask = cast("WSGIApp", _pages(config, store, celery))
    rest = cast("ASGIApp", WSGIMiddleware(flask, workers=_PAGES_AT_ONCE))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == HOOK and scope["method"] == "POST":
            answer = await _received(door, Request(dict(scope["headers"]), receive))
            await answer.send(send)
        else:
            await rest(scope, receive, send)

    return app


async def _received(door: Door, request: Request) -> Answer:
    with timed_delivery(), root(request.header(b"x-github-delivery")) as here:
        answer = await door.take(request)
        here.set_attribute("goldseam.outcome", answer.outcome)
        count_delivery(answer.outcome)
    return answer


def _pages(config: Settings, store: Store, celery: Celery) -> Flask:
    app = Flask("goldseam", template_folder=None, static_folder=None)
    app.register_blueprint(pages(store, stop_switch(config, store)))

    @app.get("/healthz")
    def healthz() -> Response:
        """Answer 200 when every process is up, else 503 and which is not."""
        status = health(store, celery)
        return _json(status.model_dump_json(), 200 if status.healthy else 503)

    @app.get("/readyz")
    def readyz() -> Response:
        """Answer 200 when deliveries can be stored here, whatever else is down: what a load balancer should ask."""
        part = database(store)
        return _json(part.model_dump_json(), 200 if part.up else 503)

    @app.get("/metrics")
    def metrics_page() -> Response:
        """Answer Prometheus text."""
        return Response(page(store), content_type=CONTENT_TYPE_LATEST)

    return app


def _json(text: str, status: int) -> Response:
    return Response(text, status=status, content_type="application/json")
