"""What holds requests back: gates, reserved writes, slots, and the time that an attempt waits for."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add three tables and two columns; older workers use none of them."""
    op.create_table(
        "gates",
        sa.Column("installation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("closed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("guesses", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("installation_id", name="pk_gates"),
    )
    op.create_table(
        "writes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_writes"),
    )
    op.create_index("ix_writes_installation_id", "writes", ["installation_id", "at"])
    op.create_table(
        "slots",
        sa.Column("attempt_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name="fk_slots_attempt_id"),
        sa.PrimaryKeyConstraint("attempt_id", name="pk_slots"),
    )
    op.add_column("attempts", sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("attempts", sa.Column("waits_for", sa.Text(), server_default="", nullable=False))
