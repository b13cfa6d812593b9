"""Which code may work with which tables, while old and new processes run side by side.

Migrations only add, so a process goes on while a newer one migrates the tables under it. A migration that
older code cannot live with raises the floor (`schema_floor`); code below the floor refuses, with a sentence.
"""

from __future__ import annotations

from importlib.resources import files

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from tasks.errors import GoldseamError


class TooOld(GoldseamError):
    """Raised when the tables were changed by a newer Goldseam in a way that this one cannot work with."""


def configuration() -> Config:
    """Return Alembic's configuration for our migrations."""
    config = Config()
    config.set_main_option("script_location", str(files("tasks.store") / "migrations"))
    return config


def newest() -> str:
    """Return the revision that this code was written for."""
    return ScriptDirectory.from_config(configuration()).get_current_head() or ""


def known_revisions() -> frozenset[str]:
    """Return every revision that this code knows."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions())


def found_revision(connection: Connection) -> str | None:
    """Return the tables' revision; None where there are none."""
    return MigrationContext.configure(connection).get_current_revision()


def is_newer(connection: Connection) -> bool:
    """Say whether the tables are of a revision that this code does not know; TooOld when it must not touch them."""
    found = found_revision(connection)
    if found is None or found in known_revisions():
        return False
    ours, floor = newest(), _floor(connection)
    if floor > ours:
        raise TooOld(
            f"The database was brought to revision {found} by a newer Goldseam, which works with code of revision "
            f"{floor} or newer; this is {ours}. Start the new version here; nothing was changed."
        )
    return True


def _floor(connection: Connection) -> str:
    """Return the lowest revision whose code may go on; revisions have four digits, so they compare as text."""
    if not inspect(connection).has_table("schema_floor"):
        return ""
    return connection.execute(text("SELECT max(revision) FROM schema_floor")).scalar() or ""
