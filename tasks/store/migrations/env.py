"""Alembic's entry: runs on the connection that `upgrade` holds, inside its transaction."""

from alembic import context

from tasks.store.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
