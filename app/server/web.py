"""The receiving door: a delivery is verified, stored durably, and only then acknowledged."""

from __future__ import annotations

import uuid

import structlog
from flask import Flask, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from app.config import Settings, receiving_settings
from app.pages.routes import pages
from app.server.health import health
from app.server.stores import stop_switch, store_of
from tasks.celery import Sender, application
from tasks.failpoint import K, failpoint
from tasks.github.webhook import verify_signature
from tasks.store.database import Store, upgrade
from tasks.store.deliveries import receive

BODY_LIMIT = 25 << 20
"""GitHub's own cap on payloads."""

log = structlog.get_logger()


def create() -> Flask:
    """Make the application from the environment; what gunicorn calls."""
    return make_app(receiving_settings())


def make_app(config: Settings) -> Flask:
    """Make the application. It holds the webhook secret and no key."""
    app = Flask("goldseam", template_folder=None, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    store = store_of(config)
    upgrade(store.engine)
    celery = application(config.broker_url)
    metrics = Metrics()
    _add_webhook(app, config, store, Sender(celery), metrics)
    app.register_blueprint(pages(store, stop_switch(config, store)))

    @app.get("/healthz")
    def healthz() -> Response:
        """Answer 200 when every process is up, else 503 and which is not."""
        status = health(config, store, celery)
        return _json(status.model_dump_json(), 200 if status.healthy else 503)

    @app.get("/metrics")
    def metrics_page() -> Response:
        """Answer Prometheus text."""
        return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)

    return app


class Metrics:
    """What this process counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.deliveries = Counter(
            "goldseam_deliveries_total", "Deliveries by outcome.", ["outcome"], registry=self.registry
        )
        self.seconds = Histogram("goldseam_delivery_seconds", "Seconds from request to answer.", registry=self.registry)


def _add_webhook(app: Flask, config: Settings, store: Store, sender: Sender, metrics: Metrics) -> None:
    secrets = (config.webhook_secret, config.webhook_secret_old)

    @app.post("/webhooks/github")
    def webhook() -> Response:
        """Store a signed delivery and answer 202; 401 for a wrong signature, 503 when it cannot be stored."""
        with metrics.seconds.time():
            body = request.get_data(cache=False)
            if not verify_signature(secrets, body, request.headers.get("X-Hub-Signature-256")):
                metrics.deliveries.labels("refused").inc()
                return _said("The signature does not fit the body.", 401)
            guid = request.headers.get("X-GitHub-Delivery", "")
            event = request.headers.get("X-GitHub-Event", "")
            if not _is_guid(guid) or not event:
                metrics.deliveries.labels("malformed").inc()
                return _said("X-GitHub-Delivery or X-GitHub-Event is missing or malformed.", 400)
            try:
                with store.write() as session:
                    delivery_id = receive(session, guid=guid, event=event[:100], body=body)
                    failpoint(K.RECEIVED)
            except SQLAlchemyError as error:
                metrics.deliveries.labels("not_stored").inc()
                log.error("not_stored", guid=guid, why=type(error).__name__)  # noqa: TRY400 - no body in logs
                return _said("The delivery could not be stored; send it again.", 503)
            failpoint(K.UNSENT)
            sender.delivery(delivery_id)
            failpoint(K.STORED)
            metrics.deliveries.labels("stored").inc()
            return _said("Stored.", 202)

    @app.errorhandler(413)
    def too_large(_: HTTPException) -> Response:
        metrics.deliveries.labels("too_large").inc()
        return _said(f"The body is larger than {BODY_LIMIT >> 20} MiB.", 413)


def _is_guid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _said(sentence: str, status: int) -> Response:
    return Response(sentence + "\n", status=status, content_type="text/plain; charset=utf-8")


def _json(text: str, status: int) -> Response:
    return Response(text, status=status, content_type="application/json")
