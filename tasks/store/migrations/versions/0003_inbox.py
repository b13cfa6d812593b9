"""Deliveries know the event they tell of and how often they failed; rounds know how far they came."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table; workers of the version before do without them."""
    op.add_column("deliveries", sa.Column("semantic_key", sa.Text(), nullable=True))
    op.add_column("deliveries", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("uq_deliveries_semantic_key", "deliveries", ["semantic_key"], unique=True)
    op.create_table(
        "rounds",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("covered_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_rounds"),
    )
