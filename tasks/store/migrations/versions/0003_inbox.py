"""Deliveries know the event they tell of, and how often making something of them failed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; workers of the version before do without them."""
    op.add_column("deliveries", sa.Column("semantic_key", sa.Text(), nullable=True))
    op.add_column("deliveries", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("uq_deliveries_semantic_key", "deliveries", ["semantic_key"], unique=True)
