"""Public names that libraries for terminals, clocks, tasks and threads renamed or moved.

As in `renamed_apis`: an entry is used only where the installed release lacks the old name and has the new one.
"""

from __future__ import annotations

from collections.abc import Mapping

SYMBOLS: Mapping[str, str] = {
    "pendulum.Period": "pendulum.Interval",
    "pendulum.period": "pendulum.interval",
    # AnyIO 3 and 4, Trio
    **{
        f"anyio.{old}": f"anyio.{new}"
        for old, new in (
            ("aopen", "open_file"),
            ("current_default_worker_thread_limiter", "to_thread.current_default_thread_limiter"),
            ("run_async_from_thread", "from_thread.run"),
            ("run_sync_from_thread", "from_thread.run_sync"),
            ("run_sync_in_process", "to_process.run_sync"),
            ("run_sync_in_worker_thread", "to_thread.run_sync"),
            ("start_blocking_portal", "from_thread.start_blocking_portal"),
        )
    },
    "trio.run_sync_in_worker_thread": "trio.to_thread.run_sync",
    "trio.current_default_worker_thread_limiter": "trio.to_thread.current_default_thread_limiter",
    # Celery, kombu
    "celery.five.monotonic": "time.monotonic",
    "kombu.five.monotonic": "time.monotonic",
    # Flask-SQLAlchemy 3, docker, textual, prompt_toolkit
    "flask_sqlalchemy.get_debug_queries": "flask_sqlalchemy.record_queries.get_recorded_queries",
    "docker.Client": "docker.APIClient",
    "textual.widgets.TextLog": "textual.widgets.RichLog",
    "prompt_toolkit.token.Token": "pygments.token.Token",
    "prompt_toolkit.contrib.completers.WordCompleter": "prompt_toolkit.completion.WordCompleter",
}
"""Old dotted name to new."""
