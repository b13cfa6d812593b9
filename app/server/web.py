"""The web process: webhooks, pages, health and metrics."""

from __future__ import annotations

from flask import Flask, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest

from app.config import Settings, receiving_settings
from app.pages.routes import pages
from app.server.door import BODY_LIMIT, Door
from app.server.health import health
from app.server.stores import stop_switch, store_of
from tasks.celery import Sender, application
from tasks.store.database import Store, upgrade
from tasks.store.inbox import Inbox


def create() -> Flask:
    """Make the application from the environment; what gunicorn calls."""
    return make_app(receiving_settings())


def make_app(config: Settings) -> Flask:
    """Make the application. It holds the webhook secret and no key."""
    app = Flask("goldseam", template_folder=None, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT + 1  # werkzeug refuses what reaches it
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
    door = Door(
        secrets=(config.webhook_secret, config.webhook_secret_old),
        inbox=Inbox(store, turn=None if config.database_url else config.run_dir / "inbox.lock"),
        wake=sender.delivery,
        folder=config.data_dir,
    )
    config.run_dir.mkdir(parents=True, exist_ok=True)

    @app.post("/webhooks/github")
    def webhook() -> Response:
        """Store a signed delivery and answer 202; 401 for a wrong signature, 503 when it cannot be stored."""
        with metrics.seconds.time():
            answer = door.take(request)
            metrics.deliveries.labels(answer.outcome).inc()
            return answer.response()


def _json(text: str, status: int) -> Response:
    return Response(text, status=status, content_type="application/json")
