"""The worker processes: one Celery worker a role, with the dependencies of that role."""

from __future__ import annotations

from typing import Literal

import structlog

from app.config import Settings
from tasks.celery import ANALYZE, PUBLISH, Work, application, register
from tasks.scratch import own_scratch
from tasks.store.database import upgrade

Role = Literal["analyze", "publish"]


def run_worker(config: Settings, role: Role) -> None:
    """Work until told to stop; a stage under way is finished or taken up by the next worker."""
    log_lines()
    work = _work(config, role)
    upgrade(work.store.engine)
    app = application(config.broker_url)
    register(app, work)
    queue = ANALYZE if role == "analyze" else PUBLISH
    count = config.analyze_workers if role == "analyze" else 1
    # Threads, because stages wait for sandboxed processes and for GitHub, and open their own connections.
    options = ["--pool=threads", f"--concurrency={count}", f"--queues={queue}", f"--hostname={role}@%h"]
    with own_scratch():
        app.worker_main(["worker", *options, "--loglevel=WARNING", "--without-gossip", "--without-mingle"])


def _work(config: Settings, role: Role) -> Work:
    """Import and make the dependencies of one role: the publish worker never loads the engine's stages."""
    if role == "analyze":
        from app.server.analyze import analyze_work  # noqa: PLC0415 - see above

        return analyze_work(config)
    from app.server.publish import publish_work  # noqa: PLC0415 - see above

    return publish_work(config)


def run_beat(config: Settings) -> None:
    """Send the sweep at its intervals until told to stop."""
    log_lines()
    app = application(config.broker_url)
    config.run_dir.mkdir(parents=True, exist_ok=True)
    app.start(["beat", "--loglevel=WARNING", f"--schedule={config.run_dir / 'beat'}", "--pidfile="])


def log_lines() -> None:
    """Log as JSON lines on standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ]
    )
