"""Operations: the queue's columns, shares, processes, counters, and which code may live with the tables."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns with defaults and new tables; workers of the version before go on."""
    op.add_column("attempts", sa.Column("priority", sa.Integer(), nullable=False, server_default="30"))
    op.add_column("attempts", sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
    op.add_column("attempts", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("attempts", sa.Column("trace_id", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_attempts_lease_until", "attempts", ["lease_until"])
    op.create_table(
        "shares",
        sa.Column("installation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("installation_id", name="pk_shares"),
    )
    op.create_table(
        "processes",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_processes"),
    )
    op.create_table(
        "counts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", "labels", name="pk_counts"),
    )
    floor = op.create_table(
        "schema_floor",
        sa.Column("revision", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("revision", name="pk_schema_floor"),
    )
    op.bulk_insert(floor, [{"revision": "0001"}])
