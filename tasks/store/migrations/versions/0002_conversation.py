"""The conversation: commands of people, and attempts that carry a pull request on."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the columns; what stands keeps its meaning."""
    # Written out: Alembic would copy the table on SQLite, and the rows that refer to it would stand in the way.
    op.execute("ALTER TABLE attempts ADD COLUMN purpose VARCHAR(32) NOT NULL DEFAULT 'repair'")
    for name in ("follows", "shows"):
        op.execute(
            f"ALTER TABLE attempts ADD COLUMN {name} INTEGER CONSTRAINT fk_attempts_{name} REFERENCES attempts (id)"
        )
    op.create_index("ix_attempts_pull", "attempts", ["repository_id", "pull_number", "id"])
    op.create_table(
        "commands",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("semantic_key", sa.Text(), nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("repository", sa.Text(), nullable=False),
        sa.Column("installation_id", sa.BigInteger(), nullable=True),
        sa.Column("pull_number", sa.Integer(), nullable=True),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.Column("opened_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("listing", sa.Text(), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name="fk_commands_attempt_id"),
        sa.ForeignKeyConstraint(["opened_id"], ["attempts.id"], name="fk_commands_opened_id"),
        sa.PrimaryKeyConstraint("id", name="pk_commands"),
        sa.UniqueConstraint("semantic_key", name="uq_commands_semantic_key"),
    )
    op.create_index("ix_commands_state", "commands", ["state", "id"])
    op.create_index("ix_commands_attempt_id", "commands", ["attempt_id"])
    op.create_index("ix_commands_thread", "commands", ["repository_id", "pull_number", "id"])
