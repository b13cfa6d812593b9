"""The web process: webhooks, pages, health and metrics."""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST
from werkzeug import Request

from app.config import Settings, receiving_settings
from app.pages.routes import pages
from app.server.door import BODY_LIMIT, Door
from app.server.exits import OLD
from app.server.health import database, health
from app.server.metrics import count_delivery, page, timed_delivery
from app.server.stores import owner_of, stop_switch, store_of
from app.server.telemetry import Pulse, export_spans, log_lines
from tasks.celery import Sender, application
from tasks.store.database import Store, upgrade
from tasks.store.inbox import Inbox
from tasks.tracing import root

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HOOK = "/webhooks/github"
"""Where GitHub sends deliveries: POST stores a signed one and answers 202."""


def create() -> Flask:
    """Make the application from the environment; what gunicorn calls, once in each of its workers."""
    config = receiving_settings()
    log_lines("web")
    export_spans("web")
    app = make_app(config)
    beating = Pulse(store_of(config), "web", owner_of("web"), lambda _: os._exit(OLD))
    beating.start()
    atexit.register(beating.stop)
    return app


def make_app(config: Settings) -> Flask:
    """Make the application. It holds the webhook secret and no key."""
    app = Flask("goldseam", template_folder=None, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT + 1  # werkzeug refuses what reaches it
    store = store_of(config)
    upgrade(store.engine)
    celery = application(config.broker_url)
    _add_webhook(app, config, store, Sender(celery))
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


def _add_webhook(app: Flask, config: Settings, store: Store, sender: Sender) -> None:
    door = Door(
        secrets=(config.webhook_secret, config.webhook_secret_old),
        inbox=Inbox(store, turn=None if config.database_url else config.run_dir / "inbox.lock"),
        wake=sender.delivery,
        folder=config.data_dir,
    )
    config.run_dir.mkdir(parents=True, exist_ok=True)

    pages_and_rest = app.wsgi_app

    def hook_first(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # Flask's contexts and routing would cost an acknowledgement a third of its time.
        if environ["PATH_INFO"] != HOOK or environ["REQUEST_METHOD"] != "POST":
            return pages_and_rest(environ, start_response)
        request = Request(environ)
        with timed_delivery(), root(request.headers.get("X-GitHub-Delivery", "")) as here:
            answer = door.take(request)
            here.set_attribute("goldseam.outcome", answer.outcome)
            count_delivery(answer.outcome)
        return answer.response()(environ, start_response)

    app.wsgi_app = hook_first  # type: ignore[method-assign]


def _json(text: str, status: int) -> Response:
    return Response(text, status=status, content_type="application/json")
