"""Bystanders: pull requests of others at which the approval check passes, and which repositories wish for it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "bystanders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("repository", sa.Text(), nullable=False),
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("head_sha", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bystanders"),
        sa.UniqueConstraint("repository_id", "number", name="uq_bystanders_repository_id"),
    )
    op.create_index("ix_bystanders_due_at", "bystanders", ["due_at"], unique=False)
    op.create_table(
        "wishes",
        sa.Column("repository_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("approval_check", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("repository_id", name="pk_wishes"),
    )
