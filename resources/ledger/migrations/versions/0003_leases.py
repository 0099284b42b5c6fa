"""Leases: who may do something alone, for how much longer, so that nobody waits for a process that is gone."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table; a lease that nobody holds any more is a row whose time has passed."""
    op.create_table(
        "ledger_lease",
        sa.Column("purpose", sa.String(120), primary_key=True),
        sa.Column("token", sa.String(36), nullable=False),
        sa.Column("holder", sa.Text, nullable=False, comment="the run, for people"),
        sa.Column("machine", sa.Text, nullable=False, comment="what kernel can say whether the holder lives"),
        sa.Column("until", sa.Float, nullable=False, comment="seconds since 1970, by the database's clock"),
    )
